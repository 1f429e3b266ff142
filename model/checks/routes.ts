import { placeName } from "../place";
import { contains, isLinkLocal, type Prefix } from "../prefix";
import { quote } from "../quote";
import type { Node, RouteEntry } from "../topology/node";
import type { Paths } from "../topology/path";
import type { Topology } from "../topology/topology";
import type { Finding } from "./index";

/** So many of those that a route leads to are asked. */
const TARGETS = 16;

/** Addresses in other places for which this is the route. */
function targetsOf(topology: Topology, node: Node, route: RouteEntry): Prefix[] {
    const found: Prefix[] = [];
    for (const other of topology.nodes.values()) {
        if (other === node || found.length >= TARGETS) continue;
        const addresses = [...other.devices.values()].flatMap(({ addresses }) => addresses);
        const target = addresses.find(
            (address) =>
                !isLinkLocal(address) &&
                contains(route.destination, address) &&
                node.table.find(({ destination }) => contains(destination, address)) === route,
        );
        if (target) found.push(target);
    }
    return found;
}

function check(topology: Topology, paths: Paths, node: Node, route: RouteEntry): Finding | undefined {
    if (route.resource === undefined || route.type !== "unicast") return undefined;
    const base = { kind: "Route", resource: route.resource };
    for (const target of targetsOf(topology, node, route)) {
        const { there, back } = paths.ask(node.place, target.address);
        if (there.missing?.cause === "forwarding") {
            return {
                ...base,
                check: "not-forwarding",
                property: "destination",
                given: quote(route.destination.text),
                expected: `every router on the way to ${target.address} to forward`,
                advice: `${there.missing.what}: ${there.missing.advice}`,
            };
        }
        const { missing } = back ?? {};
        if (missing === undefined || there.end === undefined) continue;
        return {
            ...base,
            check: missing.cause === "forwarding" ? "not-forwarding" : "no-way-back",
            property: "destination",
            given: quote(route.destination.text),
            expected: `a way back from ${placeName(there.end.place)} to ${there.source?.address}`,
            advice: `${missing.what}: ${missing.advice}`,
        };
    }
    return undefined;
}

/** Of each route: whether what it leads to is reached through places that forward, and has a way back. */
export const routesChecked = (topology: Topology, paths: Paths): Finding[] =>
    [...topology.nodes.values()].flatMap((node) =>
        node.routes.flatMap((route) => check(topology, paths, node, route) ?? []),
    );
