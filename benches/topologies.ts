import { formatNexthop } from "../model/route";
import { joinList } from "../model/schema";
import type { Inputs, KindName } from "../tests/support/provider";

/** A resource as the provider gets it. */
export interface Declaration {
    readonly kind: KindName;
    readonly name: string;
    readonly inputs: Inputs;
}

/** What is declared, in waves: each depends on those before it, as the engine would ask for them. */
export interface Topology {
    readonly title: string;
    readonly waves: readonly (readonly Declaration[])[];
}

const namespace = (name: string): Declaration => ({ kind: "Namespace", name, inputs: { name } });
const bridge = (name: string): Declaration => ({ kind: "Bridge", name, inputs: { name } });
const forwards = (namespace: string): Declaration => ({
    kind: "ForwardingSetting",
    name: `${namespace}-forwards`,
    inputs: { namespace, ipv4: true },
});
const route = (namespace: string, destination: string, way: Inputs): Declaration => ({
    kind: "Route",
    name: `${namespace}-to-${destination}`,
    inputs: { namespace, destination, ...way },
});

interface End {
    readonly namespace?: string;
    readonly name: string;
    readonly addresses?: string;
    readonly bridge?: string;
}

function pair(left: End, right: End): Declaration {
    const side = (word: string, { namespace, name, addresses, bridge }: End): Inputs => ({
        [`${word}Namespace`]: namespace,
        [`${word}Name`]: name,
        [`${word}Addresses`]: addresses,
        [`${word}Bridge`]: bridge,
    });
    const inputs = { ...side("left", left), ...side("right", right) };
    return { kind: "VethPair", name: `${left.namespace ?? ""}-${left.name}`, inputs };
}

const count = (to: number): number[] => Array.from({ length: to }, (_, at) => at);

/** 10.0.0.1, and so on. */
const numbered = (at: number): string => `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`;

/** A host on a switch of the machine's own. */
const host = (at: number, sw: string): Declaration =>
    pair(
        { namespace: `h${at}`, name: "eth0", addresses: `${numbered(at + 257)}/8` },
        { name: `${sw}-h${at}`, bridge: sw },
    );

/** One switch, and namespaces around it, each with a default route. */
export function star(size: number): Topology {
    const gateway = "10.255.255.254";
    return {
        title: `star(${size})`,
        waves: [
            [
                ...count(size).map((at) => namespace(`h${at}`)),
                { kind: "Bridge", name: "s0", inputs: { name: "s0", addresses: `${gateway}/8` } },
            ],
            count(size).map((at) => host(at, "s0")),
            count(size).map((at) => route(`h${at}`, "default", { gateway, device: "eth0" })),
        ],
    };
}

/** Switches in a row, each with a host: mininet's `linear,SIZE`. */
export function linear(size: number): Topology {
    return {
        title: `linear(${size})`,
        waves: [
            [...count(size).map((at) => namespace(`h${at}`)), ...count(size).map((at) => bridge(`s${at}`))],
            [
                ...count(size).map((at) => host(at, `s${at}`)),
                ...count(size - 1).map((at) =>
                    pair({ name: `s${at}-r`, bridge: `s${at}` }, { name: `s${at + 1}-l`, bridge: `s${at + 1}` }),
                ),
            ],
        ],
    };
}

/** Switches below switches, hosts below the last ones: mininet's `tree,DEPTH,FANOUT`. */
export function tree(depth: number, fanout: number): Topology {
    const switches: Declaration[] = [];
    const links: Declaration[] = [];
    let hosts = 0;
    const grow = (level: number): string => {
        const name = `s${switches.length}`;
        switches.push(bridge(name));
        for (const _ of count(fanout)) {
            if (level === depth) links.push(host(hosts++, name));
            else {
                const below = grow(level + 1);
                links.push(pair({ name: `${name}-${below}`, bridge: name }, { name: `${below}-up`, bridge: below }));
            }
        }
        return name;
    };
    grow(1);
    return {
        title: `tree(${depth},${fanout})`,
        waves: [[...count(hosts).map((at) => namespace(`h${at}`)), ...switches], links],
    };
}

/**
 * A fat tree of k pods, routed: (k/2)² cores, k/2 aggregation and k/2 edge routers a pod, k/2 hosts an edge, all of them
 * namespaces; up by all ways there are, down by one. Al-Fares et al., "A Scalable, Commodity Data Center Network Architecture"
 */
export function fatTree(k: number): Topology {
    const half = k / 2;
    const places: string[] = [];
    const links: Declaration[] = [];
    const routes: Declaration[] = [];
    let nets = 0;
    /** A link of two addresses; the routers' ends are named after who is at the other. */
    const join = (upper: string, lower: string): { up: string; down: string } => {
        const net = nets++;
        const [up, down] = [numbered(0xc80000 + net * 2), numbered(0xc80000 + net * 2 + 1)];
        links.push(
            pair(
                { namespace: upper, name: lower, addresses: `${up}/31` },
                { namespace: lower, name: upper, addresses: `${down}/31` },
            ),
        );
        return { up, down };
    };
    const everywhere = (from: string, ways: readonly { device: string; gateway: string }[]): Declaration =>
        route(from, "default", {
            nexthops: joinList(ways.map((way) => formatNexthop({ ...way, weight: 1 }))),
        });
    const cores = count(half * half).map((at) => `c${at}`);
    places.push(...cores);
    for (const pod of count(k)) {
        const edges = count(half).map((at) => `e${pod}-${at}`);
        const middles = count(half).map((at) => `a${pod}-${at}`);
        places.push(...edges, ...middles);
        const above = new Map<string, { device: string; gateway: string }[]>(edges.map((edge) => [edge, []]));
        for (const [index, middle] of middles.entries()) {
            for (const [at, edge] of edges.entries()) {
                const { up, down } = join(middle, edge);
                above.get(edge)?.push({ device: middle, gateway: up });
                routes.push(route(middle, `10.${pod}.${at}.0/24`, { gateway: down, device: edge }));
            }
            const ways = count(half).map((at) => {
                const core = `c${index * half + at}`;
                const { up, down } = join(core, middle);
                routes.push(route(core, `10.${pod}.0.0/16`, { gateway: down, device: middle }));
                return { device: core, gateway: up };
            });
            routes.push(everywhere(middle, ways));
        }
        for (const [at, edge] of edges.entries()) {
            routes.push(everywhere(edge, above.get(edge) ?? []));
            for (const number of count(half)) {
                const [name, gateway] = [`h${pod}-${at}-${number}`, `10.${pod}.${at}.${number * 4 + 1}`];
                places.push(name);
                links.push(
                    pair(
                        { namespace: edge, name, addresses: `${gateway}/30` },
                        { namespace: name, name: "eth0", addresses: `10.${pod}.${at}.${number * 4 + 2}/30` },
                    ),
                );
                routes.push(route(name, "default", { gateway, device: "eth0" }));
            }
        }
    }
    const routers = places.filter((name) => !name.startsWith("h"));
    return { title: `FatTree(${k})`, waves: [places.map(namespace), [...links, ...routers.map(forwards)], routes] };
}
