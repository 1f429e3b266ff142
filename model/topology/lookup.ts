import { contains, isLinkLocal, type Prefix } from "../prefix";
import type { Device, Node, RouteEntry, Way } from "./node";

/** What the kernel finds for an address: the route, and each of its ways with its device. */
export interface Lookup {
    readonly route: RouteEntry;
    readonly ways: readonly { readonly way: Way; readonly device: Device | undefined }[];
}

/** The device of a way; undefined: the program knows of none, or it is down. */
function deviceOf(node: Node, { device, gateway }: Way): Device | undefined {
    const found = device === undefined ? gateway && node.neighbourDevice(gateway) : node.devices.get(device);
    return found?.isUp ? found : undefined;
}

/** The longest prefix, and of these the least metric: ip-route(8). A route whose devices are down is none. */
export function lookUp(node: Node, to: Prefix): Lookup | undefined {
    for (const route of node.table) {
        if (!contains(route.destination, to)) continue;
        if (route.type !== "unicast") return { route, ways: [] };
        const ways = route.ways.map((way) => ({ way, device: deviceOf(node, way) }));
        const isDown = ({ way, device }: (typeof ways)[number]): boolean =>
            device === undefined && (way.device === undefined || node.devices.has(way.device));
        const usable = ways.filter((way) => !isDown(way));
        if (usable.length > 0) return { route, ways: usable };
    }
    return undefined;
}

/** How many bits two addresses have in common from the left. */
function commonBits(a: Prefix, b: Prefix): number {
    const difference = a.value ^ b.value;
    return difference === 0n ? 128 : 128 - difference.toString(2).length;
}

/**
 * The source of what is sent to an address over a device: of IPv4 the first of the gateway's subnet, else the first of the device;
 * of IPv6 the one with most bits in common (RFC 6724, rules 5 and 8). A device without any borrows one of the place.
 */
export function sourceOf(node: Node, lookup: Lookup, to: Prefix): Prefix | undefined {
    const [first] = lookup.ways;
    if (lookup.route.source) return lookup.route.source;
    const target = first?.way.gateway ?? to;
    const usable = (device: Device): Prefix[] =>
        device.addresses.filter((one) => one.family === to.family && !isLinkLocal(one));
    const own = first?.device ? usable(first.device) : [];
    const all = [...node.devices.values()].filter(({ isUp }) => isUp).flatMap(usable);
    const candidates = own.length > 0 ? own : all;
    if (to.family === 4) return candidates.find((one) => contains(one, target)) ?? candidates[0];
    return candidates.toSorted((a, b) => commonBits(b, to) - commonBits(a, to))[0];
}
