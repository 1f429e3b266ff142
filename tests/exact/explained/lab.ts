import { type Declared, declare } from "../../faults/reference/lab";

/** A number from 0 up to a limit. */
export type Lot = (below: number) => number;

type Family = 4 | 6;

/** A place on a network, by its number. */
interface Port {
    readonly namespace: string;
    readonly device: string;
    readonly segment: number;
    readonly host: number;
}

/** A lab in which everybody reaches everybody. */
export interface Whole {
    readonly family: Family;
    readonly declared: readonly Declared[];
    readonly namespaces: readonly string[];
    /** `namespace address`, for each that has one. */
    readonly addresses: readonly { readonly namespace: string; readonly address: string }[];
}

const addressOf = (family: Family, { segment, host }: { segment: number; host: number }): string =>
    family === 4 ? `10.${segment}.0.${host}` : `fd0${segment}::${host}`;
const lengthOf = (family: Family): number => (family === 4 ? 24 : 64);
const networkOf = (family: Family, segment: number): string =>
    family === 4 ? `10.${segment}.0.0/24` : `fd0${segment}::/64`;

/** Networks hung one on another, a tree: each joins a namespace that there is to new ones. */
function portsOf(lot: Lot): Port[][] {
    const namespaces = ["n1"];
    return Array.from({ length: 2 + lot(3) }, (_, index) => {
        const old = namespaces[lot(namespaces.length)] ?? "n1";
        const known = namespaces.length;
        const added = Array.from({ length: 1 + lot(2) }, (_, at) => `n${known + at + 1}`);
        namespaces.push(...added);
        const segment = index + 1;
        return [old, ...added].map((namespace, at) => ({ namespace, device: `s${segment}`, segment, host: at + 1 }));
    });
}

/** A pair for two, or a bridge of the host or of one of the namespaces. */
function linksOf(ports: readonly Port[], family: Family, lot: Lot): Declared[] {
    const end = (port: Port) => ({
        namespace: port.namespace,
        name: port.device,
        addresses: [`${addressOf(family, port)}/${lengthOf(family)}`],
    });
    const [first, second] = ports;
    const segment = first?.segment ?? 0;
    if (first && second && ports.length === 2 && lot(2) === 0)
        return [declare("VethPair", `link${segment}`, { left: end(first), right: end(second) })];
    // In the first one's namespace a bridge has its address itself.
    const isOwn = lot(2) === 0 && first !== undefined;
    const namespace = isOwn ? first.namespace : undefined;
    const name = isOwn ? first.device : `br${segment}`;
    const plugged = isOwn ? ports.slice(1) : ports;
    return [
        declare("Bridge", `bridge${segment}`, {
            namespace,
            name,
            addresses: isOwn ? [`${addressOf(family, first)}/${lengthOf(family)}`] : undefined,
        }),
        ...plugged.map((port) =>
            declare("VethPair", `${port.namespace}-s${segment}`, {
                left: end(port),
                right: { namespace, name: `p${segment}-${port.host}`, bridge: name },
            }),
        ),
    ];
}

/** For each network that a namespace is not on: the next router towards it, breadth first. */
function routesOf(from: string, segments: readonly (readonly Port[])[], family: Family): Declared[] {
    const routes: Declared[] = [];
    const known = new Set(segments.filter((ports) => ports.some(({ namespace }) => namespace === from)));
    const queue = [...known].flatMap((ports) => {
        const own = ports.find(({ namespace }) => namespace === from);
        return ports.filter((port) => port !== own).map((port) => ({ at: port.namespace, by: port, own }));
    });
    for (const { at, by, own } of queue) {
        for (const ports of segments) {
            if (known.has(ports) || !ports.some(({ namespace }) => namespace === at)) continue;
            known.add(ports);
            const segment = ports[0]?.segment ?? 0;
            routes.push(
                declare("Route", `${from}-to-${segment}`, {
                    namespace: from,
                    destination: networkOf(family, segment),
                    gateway: addressOf(family, by),
                    device: own?.device,
                }),
            );
            for (const port of ports) if (port.namespace !== at) queue.push({ at: port.namespace, by, own });
        }
    }
    return routes;
}

export function wholeLab(lot: Lot): Whole {
    const family: Family = lot(2) === 0 ? 4 : 6;
    const segments = portsOf(lot);
    const ports = segments.flat();
    const namespaces = [...new Set(ports.map(({ namespace }) => namespace))];
    const routers = namespaces.filter((name) => ports.filter(({ namespace }) => namespace === name).length > 1);
    return {
        family,
        namespaces,
        declared: [
            ...namespaces.map((name) => declare("Namespace", name, { name })),
            ...segments.flatMap((one) => linksOf(one, family, lot)),
            ...routers.map((namespace) =>
                declare("ForwardingSetting", `${namespace}-forwards`, { namespace, [`ipv${family}`]: true }),
            ),
            ...namespaces.flatMap((name) => routesOf(name, segments, family)),
        ],
        addresses: ports.map((port) => ({ namespace: port.namespace, address: addressOf(family, port) })),
    };
}
