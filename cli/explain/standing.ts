import { isIP } from "node:net";
import type { Place } from "../../model/place.js";
import { parseAddress, parsePrefix } from "../../model/prefix.js";
import { MAIN_TABLE, ROUTE_TYPES } from "../../model/route.js";
import type { RouteEntry } from "../../model/topology/node.js";
import type { Topology } from "../../model/topology/topology.js";
import type { RouteState } from "../../provider/route-state.js";
import { telling } from "../deployed.js";

function entryOf(place: Place, { type: kind, destination, metric, hops, preferredSource }: RouteState): RouteEntry[] {
    // A gateway of the other family (RFC 5549) is none that a packet is followed by here.
    const type = ROUTE_TYPES.find((one) => one === kind);
    if (type === undefined || hops.some(({ gateway }) => gateway !== undefined && isIP(gateway) === 0)) return [];
    const ways = hops.map(({ gateway, device }) => ({ gateway: gateway ? parseAddress(gateway) : undefined, device }));
    const source = preferredSource === undefined ? undefined : parseAddress(preferredSource);
    return [
        {
            place,
            resource: undefined,
            isForeign: true,
            destination: parsePrefix(destination),
            metric,
            type,
            ways,
            source,
        },
    ];
}

/**
 * Adds to what a lab has declared the routes that others have put into its namespaces: a packet goes by them as well. A machine's own
 * namespace has whatever it has, and is not looked at.
 */
export async function addForeignRoutes(topology: Topology): Promise<void> {
    const { view } = await import("../../provider/view.js");
    const places = [...topology.nodes.keys()].filter((place) => topology.isWhole(place));
    const views = await telling(() => Promise.all(places.map(view)));
    for (const { place, routes } of views) {
        const node = topology.node(place);
        const own = new Set(node.routes.map(({ destination, metric }) => `${destination.text} ${metric}`));
        const foreign = routes.filter(
            ({ table, destination, metric }) => table === MAIN_TABLE && !own.has(`${destination} ${metric}`),
        );
        node.routes.push(...foreign.flatMap((route) => entryOf(place, route)));
    }
}
