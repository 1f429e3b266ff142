import { readdir, stat } from "node:fs/promises";
import { type Json, parseList, readSetting, run } from "../support/kernel";
import type { Args, Lab } from "./edit";
import type { Declared } from "./reference/lab";

/** What plain `ip`, `bridge` and `sysctl` say of a place. */
interface PlaceState {
    /** Another one, another namespace; its name alone may have been given to another. */
    readonly inode: number;
    readonly links: readonly Json[];
    readonly routes: readonly Json[];
    readonly forwarding: readonly Json[];
    readonly ipv4: string;
    readonly ipv6: string;
}

/** By the names of namespaces; undefined is the host. */
export type Kernel = ReadonlyMap<unknown, PlaceState>;

async function readPlace(where: string | undefined): Promise<PlaceState> {
    const input = "address show\nroute show table all\n";
    const [{ stdout }, fdb, ipv4, ipv6, { ino }] = await Promise.all([
        run(["ip", "-N", "-j", "-d", "-batch", "-"], { where, input }),
        run(["bridge", "-j", "fdb", "show"], { where }),
        readSetting("net.ipv4.ip_forward", where),
        readSetting("net.ipv6.conf.all.forwarding", where),
        stat(where === undefined ? "/proc/self/ns/net" : `/run/netns/${where}`),
    ]);
    const [links = [], routes = []] = stdout.trim().split("\n").map(parseList);
    return { inode: ino, links, routes, forwarding: parseList(fdb.stdout), ipv4, ipv6 };
}

export async function readKernel(): Promise<Kernel> {
    const names = await readdir("/run/netns").catch(() => []);
    const places = [undefined, ...names];
    return new Map(
        await Promise.all(places.map(async (where): Promise<[unknown, PlaceState]> => [where, await readPlace(where)])),
    );
}

/** A resource as the kernel has it: which object it is, and what its properties are, called as the engine calls them. */
export interface View {
    readonly identity: string;
    readonly values: Args;
}

const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : []);
const lengthless = (text: unknown): string => String(text).replace(/\/(32|128)$/, "");

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

const find = (place: PlaceState, name: unknown) => place.links.find(({ ifname }) => ifname === name);

function deviceView(kernel: Kernel, args: Args): View | undefined {
    const place = kernel.get(args.namespace);
    const link = place && find(place, args.name);
    if (place === undefined || link === undefined) return undefined;
    return { identity: `${place.inode} ${link.ifindex}`, values: deviceValues(link, args) };
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
    const { id: vni, local, local6, learning } = data;
    const tunnel = { vni, local: local ?? local6, remotes: remotes.sort().join(", "), learning };
    return { ...view, values: { ...view.values, ...tunnel } };
}

function addressView(kernel: Kernel, args: Args): View | undefined {
    const place = kernel.get(args.namespace);
    const link = place && find(place, args.device);
    if (link === undefined || !addressesOf(link).split(", ").includes(String(args.address))) return undefined;
    const { namespace, device, address } = args;
    return {
        identity: `${place?.inode} ${link.ifindex} ${address}`,
        values: { namespace, device, address },
    };
}

const isIpv6 = (args: Args): boolean => {
    const [hop] = list(args.nexthops);
    return [args.destination, args.gateway, hop?.gateway].some((text) => String(text ?? "").includes(":"));
};

const plain = (destination: unknown): string =>
    lengthless(String(destination).replace(/^(0\.0\.0\.0|::)\/0$/, "default"));

/** Its key is the destination, the table and the metric; over another device it is another one. */
function routeView(kernel: Kernel, args: Args): View | undefined {
    const place = kernel.get(args.namespace);
    const metric = isIpv6(args) ? args.metric || 1024 : (args.metric ?? 0);
    const route = place?.routes.find(
        (one) =>
            String(one.protocol) === "157" &&
            plain(one.dst) === plain(args.destination) &&
            (one.pref !== undefined || String(one.dst).includes(":")) === isIpv6(args) &&
            Number(one.table ?? 254) === (args.table ?? 254) &&
            (one.metric ?? 0) === metric,
    );
    if (place === undefined || route === undefined) return undefined;
    const { namespace, destination } = args;
    const isRefusing = route.type !== undefined && route.type !== "1";
    const hops = isRefusing ? [] : list(route.nexthops).length > 0 ? list(route.nexthops) : [route];
    const devices = hops.map(({ dev }) => find(place, dev)?.ifindex);
    const isSingle = hops.length === 1;
    const [mtu] = list(route.metrics).flatMap((one) => one.mtu ?? []);
    return {
        identity: [place.inode, plain(destination), args.table ?? 254, metric, ...devices].join(" "),
        values: {
            namespace,
            destination,
            metric,
            table: args.table,
            type: route.type ?? "1",
            gateway: isSingle ? (route.gateway ?? Object(route.via).host) : undefined,
            device: isSingle ? route.dev : undefined,
            nexthops: isSingle
                ? undefined
                : hops
                      .map(({ gateway, dev, weight }) => `${gateway} ${dev} ${weight}`)
                      .sort()
                      .join(", "),
            preferredSource: route.prefsrc,
            mtu,
        },
    };
}

function forwardingView(kernel: Kernel, args: Args): View | undefined {
    const place = kernel.get(args.namespace);
    if (place === undefined) return undefined;
    const seen = (key: "ipv4" | "ipv6") => (args[key] === undefined ? undefined : place[key] !== "0");
    const { namespace } = args;
    return { identity: String(place.inode), values: { namespace, ipv4: seen("ipv4"), ipv6: seen("ipv6") } };
}

function viewOf(kernel: Kernel, { kind, args }: Declared): View | undefined {
    switch (kind) {
        case "Namespace": {
            const place = kernel.get(args.name);
            return place && { identity: `${place.inode} ${args.name}`, values: { name: args.name } };
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
