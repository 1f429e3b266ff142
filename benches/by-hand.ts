import { parseNexthop } from "../model/route";
import { splitList } from "../model/schema";
import type { Declaration, Topology } from "./topologies";

/** A line of `ip`, and where: undefined is the host. */
interface Line {
    readonly place: string | undefined;
    readonly words: string;
}

const text = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));

function endLines({ inputs }: Declaration, side: "left" | "right"): Line[] {
    const [place, name, master] = ["Namespace", "Name", "Bridge"].map((key) => text(inputs[`${side}${key}`]));
    const addresses = splitList(String(inputs[`${side}Addresses`] ?? ""));
    return [
        ...addresses.map((address) => ({ place, words: `addr add ${address} dev ${name}` })),
        { place, words: `link set dev ${name} ${master === undefined ? "" : `master ${master} `}up` },
    ];
}

const hops = (nexthops: string): string =>
    splitList(nexthops)
        .map(parseNexthop)
        .map(({ gateway, device }) => `nexthop via ${gateway} dev ${device}`)
        .join(" ");

/** What a person would type for a resource. */
function linesOf(one: Declaration): Line[] {
    const { kind, inputs } = one;
    const place = text(inputs["namespace"]);
    const name = String(inputs["name"]);
    switch (kind) {
        case "Namespace":
            return [
                { place: undefined, words: `netns add ${name}` },
                { place: name, words: "link set dev lo up" },
            ];
        case "Bridge": {
            const addresses = splitList(String(inputs["addresses"] ?? ""));
            return [
                { place, words: `link add name ${name} type bridge` },
                ...addresses.map((address) => ({ place, words: `addr add ${address} dev ${name}` })),
                { place, words: `link set dev ${name} up` },
            ];
        }
        case "VethPair": {
            const at = (side: string): string =>
                inputs[`${side}Namespace`] === undefined ? "" : ` netns ${inputs[`${side}Namespace`]}`;
            const made = `link add name ${inputs["leftName"]}${at("left")} type veth peer name ${inputs["rightName"]}${at("right")}`;
            return [{ place: undefined, words: made }, ...endLines(one, "left"), ...endLines(one, "right")];
        }
        case "Route": {
            const { destination, gateway, device, nexthops } = inputs;
            const way = nexthops === undefined ? `via ${gateway} dev ${device}` : hops(String(nexthops));
            return [{ place, words: `route add ${destination} ${way}` }];
        }
        default:
            return [];
    }
}

const forwarding = ({ waves }: Topology): string[] =>
    waves.flat().flatMap(({ kind, inputs }) => (kind === "ForwardingSetting" ? [String(inputs["namespace"])] : []));

const enter = (namespace: string, line: string): string => `nsenter --net=/run/netns/${namespace} ${line}`;
const forward = (namespace: string): string => enter(namespace, "sysctl -q -w net.ipv4.ip_forward=1");

export const operations = (topology: Topology): number =>
    topology.waves.flat().flatMap(linesOf).length + forwarding(topology).length;

/** A script that calls `ip` for each line. */
export const bash = (topology: Topology): string =>
    [
        ...topology.waves
            .flat()
            .flatMap(linesOf)
            .map(({ place, words }) => (place === undefined ? `ip ${words}` : `ip -n ${place} ${words}`)),
        ...forwarding(topology).map(forward),
    ].join("\n");

/** One `ip -batch` for each namespace of the lines, after one of the host's. */
function batch(lines: readonly Line[]): string[] {
    const places = new Map<string | undefined, string[]>([[undefined, []]]);
    for (const { place, words } of lines) places.set(place, [...(places.get(place) ?? []), words]);
    return Array.from(places)
        .filter(([, all]) => all.length > 0)
        .map(([place, all]) => {
            const call = place === undefined ? "ip" : `ip -n ${place}`;
            return `${call} -batch - <<'EOF'\n${all.join("\n")}\nEOF`;
        });
}

/** The same with one `ip -batch` for each namespace: what can be done by hand without reading anything. */
export const batches = (topology: Topology): string =>
    [...batch(topology.waves.flat().flatMap(linesOf)), ...forwarding(topology).map(forward)].join("\n");

/** The same for one resource after the other, as a provider is asked for them: an `ip -batch` in each place that a resource is in. */
export const batchesByResource = (topology: Topology): string =>
    [...topology.waves.flat().flatMap((one) => batch(linesOf(one))), ...forwarding(topology).map(forward)].join("\n");

/** Namespaces with all they hold, then the links that are left on the host. */
export function removal(topology: Topology): string {
    const all = topology.waves.flat();
    const bridges = all.filter(({ kind }) => kind === "Bridge").map(({ inputs }) => `link del dev ${inputs["name"]}`);
    const pairs = all.filter(({ kind, inputs }) => {
        return kind === "VethPair" && inputs["leftNamespace"] === undefined && inputs["rightNamespace"] === undefined;
    });
    const links = pairs.map(({ inputs }) => `link del dev ${inputs["leftName"]}`);
    return `ip -all netns del\nip -batch - <<'EOF'\n${[...links, ...bridges].join("\n")}\nEOF`;
}
