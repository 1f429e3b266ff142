import type { Declared } from "../../faults/reference/lab";
import type { Lot, Whole } from "./lab";

/** One thing broken: by hand, and as the program would say it. */
export interface Broken {
    /** `forwarding off in n2` */
    readonly title: string;
    /** For a shell. */
    readonly commands: readonly string[];
    readonly declared: readonly Declared[];
    /** What the explanation has to say, where the break is what stops the packet. */
    readonly named: RegExp;
}

type Args = Readonly<Record<string, unknown>>;
type End = {
    readonly namespace?: string;
    readonly name: string;
    readonly addresses?: readonly string[];
    readonly bridge?: string;
};

const inside = (namespace: unknown, line: string): string =>
    namespace === undefined ? `ip ${line}` : `ip -n ${namespace} ${line}`;
const placed = (namespace: unknown): string => (namespace === undefined ? "the host" : String(namespace));
const escaped = (text: string): string => text.replace(/[.:/]/g, "\\$&");

const replaced = (all: readonly Declared[], old: Declared, args: Args): Declared[] =>
    all.map((one) => (one === old ? { ...one, args } : one));

function breakRoute(all: readonly Declared[], route: Declared, lot: Lot): Broken {
    const { namespace, destination, gateway, device } = route.args;
    const words = `${destination} via ${gateway} dev ${device}`;
    if (lot(3) === 0) {
        const args = { namespace, destination, type: "blackhole" };
        return {
            title: `a blackhole for ${destination} in ${namespace}`,
            commands: [
                inside(namespace, `route del ${words}`),
                inside(namespace, `route add blackhole ${destination}`),
            ],
            declared: replaced(all, route, args),
            named: new RegExp(`${namespace} drops it: route blackhole ${escaped(String(destination))}`),
        };
    }
    if (lot(2) === 0) {
        const wrong = String(gateway).replace(/\d+$/, "77");
        return {
            title: `a wrong gateway for ${destination} in ${namespace}`,
            commands: [
                inside(namespace, `route del ${words}`),
                inside(namespace, `route add ${destination} via ${wrong} dev ${device}`),
            ],
            declared: replaced(all, route, { ...route.args, gateway: wrong }),
            named: new RegExp(`nobody has ${escaped(wrong)}, to which ${namespace} sends`),
        };
    }
    return {
        title: `no route to ${destination} in ${namespace}`,
        commands: [inside(namespace, `route del ${words}`)],
        declared: all.filter((one) => one !== route),
        named: new RegExp(`${namespace} has no route to `),
    };
}

function breakForwarding(all: readonly Declared[], setting: Declared): Broken {
    const { namespace, ipv4 } = setting.args;
    const path = ipv4 ? "net.ipv4.ip_forward" : "net.ipv6.conf.all.forwarding";
    return {
        title: `forwarding off in ${namespace}`,
        commands: [`ip netns exec ${namespace} sysctl -q -w ${path}=0`],
        declared: all.filter((one) => one !== setting),
        named: new RegExp(`${namespace} does not forward`),
    };
}

function breakEnd(all: readonly Declared[], pair: Declared, side: "left" | "right", lot: Lot): Broken {
    const end = pair.args[side] as End;
    const { namespace, name, addresses, bridge } = end;
    const withEnd = (more: Args) => replaced(all, pair, { ...pair.args, [side]: { ...end, ...more } });
    if (bridge !== undefined && lot(2) === 0) {
        return {
            title: `${name} in ${placed(namespace)} unplugged`,
            commands: [inside(namespace, `link set dev ${name} nomaster`)],
            declared: withEnd({ bridge: undefined }),
            named: /is not on the network of/,
        };
    }
    if (addresses?.[0] !== undefined && lot(2) === 0) {
        const [address = ""] = addresses[0].split("/");
        // With the last IPv4 address of a device, the kernel takes away the routes over it.
        const isLost = ({ kind, args }: Declared): boolean =>
            kind === "Route" && !address.includes(":") && args.namespace === namespace && args.device === name;
        return {
            title: `no address on ${name} in ${placed(namespace)}`,
            commands: [inside(namespace, `addr del ${addresses[0]} dev ${name}`)],
            declared: withEnd({ addresses: [] }).filter((one) => !isLost(one)),
            named: new RegExp(
                `nobody has ${escaped(address)}|${namespace} has no (route to|IPv. address)|${namespace} does not forward`,
            ),
        };
    }
    return {
        title: `${name} in ${placed(namespace)} down`,
        commands: [inside(namespace, `link set dev ${name} down`)],
        declared: withEnd({ up: false }),
        named: new RegExp(`${name} in ${placed(namespace)}.* is down|${namespace} has no (route to|IPv. address)`),
    };
}

function breakBridge(all: readonly Declared[], bridge: Declared): Broken {
    const { namespace, name } = bridge.args;
    return {
        title: `the bridge ${name} in ${placed(namespace)} down`,
        commands: [inside(namespace, `link set dev ${name} down`)],
        declared: replaced(all, bridge, { ...bridge.args, up: false }),
        named: new RegExp(
            `${name} in ${placed(namespace)}.* is down|${placed(namespace)} has no (route to|IPv. address)`,
        ),
    };
}

/** One of all that there is, and what can be done to it. */
export function breakOne({ declared }: Whole, lot: Lot): Broken {
    const of = (kind: Declared["kind"]): Declared[] => declared.filter((one) => one.kind === kind);
    const one = <T>(list: readonly T[]): T | undefined => list[lot(list.length)];
    const [route, setting, pair, bridge] = [
        one(of("Route")),
        one(of("ForwardingSetting")),
        one(of("VethPair")),
        one(of("Bridge")),
    ];
    switch (lot(6)) {
        case 0:
        case 1:
            if (route) return breakRoute(declared, route, lot);
            break;
        case 2:
            if (setting) return breakForwarding(declared, setting);
            break;
        case 3:
            if (bridge) return breakBridge(declared, bridge);
            break;
    }
    if (pair === undefined) throw new Error("a lab without a pair");
    return breakEnd(declared, pair, lot(2) === 0 ? "left" : "right", lot);
}
