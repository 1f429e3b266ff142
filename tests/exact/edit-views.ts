import type { Declared } from "../faults/reference/lab";
import type { Json } from "../support/kernel";
import type { Args, Lab } from "./edit";
import { find, type Kernel, list, type View } from "./edit-kernel";
import { routeView } from "./edit-route-view";

/** In their order as far as it means anything: within a subnet of IPv4. */
function addressesOf(link: Json): string {
    const all = list(link.addr_info).filter(({ local }) => !String(local).startsWith("fe80:"));
    const texts = all.map(({ local, prefixlen }) => `${local}/${prefixlen}`);
    const subnet = (text: string) => text.split(".").slice(0, 3).join(".");
    const isIpv4 = (text: string) => !text.includes(":");
    const ipv4 = texts.filter(isIpv4);
    const subnets = [...new Set(ipv4.map(subnet))].sort();
    const ordered = subnets.flatMap((one) => ipv4.filter((text) => subnet(text) === one));
    return [...ordered, ...texts.filter((text) => !isIpv4(text)).sort()].join(", ");
}

const isSettled = (args: Args, key: string) => (args[key] === undefined ? undefined : true);

/** What is not asked for is not looked at, where the kernel has its own way with it. */
function deviceValues(link: Json, args: Args): Args {
    const { mtu, address, master, flags, linkinfo, ifname } = link;
    const { info_kind: kind, info_data: data } = Object(linkinfo);
    return {
        name: ifname,
        namespace: args.namespace,
        addresses: addressesOf(link),
        bridge: master,
        up: Array.isArray(flags) && flags.includes("UP"),
        mtu: kind === "bridge" && isSettled(args, "mtu") === undefined ? undefined : mtu,
        macAddress: isSettled(args, "macAddress") && address,
        ...(kind === "bridge" ? { stp: Object(data).stp_state === 1 } : {}),
    };
}

function deviceView(kernel: Kernel, args: Args): View | undefined {
    const place = kernel.get(args.namespace);
    const link = place && find(place, args.name);
    if (place === undefined || link === undefined) return undefined;
    return { identity: `${place.identity} ${link.ifindex}`, values: deviceValues(link, args) };
}

function pairView(kernel: Kernel, { left, right }: Args): View | undefined {
    const ends = [deviceView(kernel, Object(left)), deviceView(kernel, Object(right))];
    const values = ends.flatMap((end, at) =>
        Object.entries(end?.values ?? {}).map(([key, value]) => {
            return [`${at === 0 ? "left" : "right"}${key.charAt(0).toUpperCase()}${key.slice(1)}`, value];
        }),
    );
    if (ends.includes(undefined)) return undefined;
    return { identity: ends.map((end) => end?.identity).join(" "), values: Object.fromEntries(values) };
}

function vxlanView(kernel: Kernel, args: Args): View | undefined {
    const view = deviceView(kernel, args);
    const place = kernel.get(args.namespace);
    if (view === undefined || place === undefined) return undefined;
    const data = Object(Object(find(place, args.name)?.linkinfo).info_data);
    const entries = place.forwarding.filter(({ ifname, mac }) => ifname === args.name && /^(00:){5}00$/.test(`${mac}`));
    const remotes = entries.map(({ dst }) => String(dst));
    const { id: vni, local, local6, learning, link: device } = data;
    const tunnel = { vni, local: local ?? local6, remotes: remotes.sort().join(", "), learning, device };
    return { ...view, values: { ...view.values, ...tunnel } };
}

function addressView(kernel: Kernel, args: Args): View | undefined {
    const place = kernel.get(args.namespace);
    const link = place && find(place, args.device);
    if (link === undefined || !addressesOf(link).split(", ").includes(String(args.address))) return undefined;
    const { namespace, device, address } = args;
    return {
        identity: `${place?.identity} ${link.ifindex} ${address}`,
        values: { namespace, device, address },
    };
}

function forwardingView(kernel: Kernel, args: Args): View | undefined {
    const place = kernel.get(args.namespace);
    if (place === undefined) return undefined;
    const seen = (key: "ipv4" | "ipv6") => (args[key] === undefined ? undefined : place[key] !== "0");
    const { namespace } = args;
    return { identity: place.identity, values: { namespace, ipv4: seen("ipv4"), ipv6: seen("ipv6") } };
}

function viewOf(kernel: Kernel, { kind, args }: Declared): View | undefined {
    switch (kind) {
        case "Namespace": {
            const place = kernel.get(args.name);
            return place && { identity: place.identity, values: { name: args.name } };
        }
        case "VethPair":
            return pairView(kernel, args);
        case "Vxlan":
            return vxlanView(kernel, args);
        case "Address":
            return addressView(kernel, args);
        case "Route":
            return routeView(kernel, args);
        case "ForwardingSetting":
            return forwardingView(kernel, args);
        default:
            return deviceView(kernel, args);
    }
}

export const viewsOf = (kernel: Kernel, lab: Lab): ReadonlyMap<string, View | undefined> =>
    new Map(lab.map((one) => [one.name, viewOf(kernel, one)]));
