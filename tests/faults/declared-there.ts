import assert from "node:assert/strict";
import { type Json, parseList, readSetting, run } from "../support/kernel";
import type { Declared } from "./reference/lab";

type Args = Readonly<Record<string, unknown>>;

/** What plain `ip` says of a place: its links with their addresses, and its routes, with numbers in place of names. */
interface Seen {
    readonly links: readonly Json[];
    readonly routes: readonly Json[];
}

async function see(namespace: string | undefined): Promise<Seen> {
    const input = "address show\nroute show table all\n";
    const { stdout } = await run(["ip", "-N", "-j", "-d", "-batch", "-"], { where: namespace, input });
    const [links = [], routes = []] = stdout.trim().split("\n").map(parseList);
    return { links, routes };
}

const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : []);

/** Without the kernel's own. */
const addressesOf = (link: Json): readonly string[] =>
    list(link.addr_info)
        .filter(({ local }) => !String(local).startsWith("fe80:"))
        .map(({ local, prefixlen }) => `${local}/${prefixlen}`);

function assertDevice({ links }: Seen, args: Args, kind: string): void {
    const link = links.find(({ ifname }) => ifname === args.name);
    assert.ok(link, `there is no ${args.name}`);
    const { linkinfo, flags, mtu, address, master } = link;
    const { info_kind: found, info_data: data } = Object(linkinfo);
    assert.equal(found, kind, `the kind of ${args.name}`);
    const wanted = list(args.addresses).map(String).sort();
    assert.deepEqual([...addressesOf(link)].sort(), wanted, `the addresses of ${args.name}`);
    const isUp = Array.isArray(flags) && flags.includes("UP");
    assert.equal(isUp, args.up ?? true, `whether ${args.name} is up`);
    assert.equal(master, args.bridge, `the bridge of ${args.name}`);
    if (args.mtu !== undefined) assert.equal(mtu, args.mtu, `the MTU of ${args.name}`);
    if (args.macAddress !== undefined) assert.equal(address, args.macAddress, `the MAC address of ${args.name}`);
    if (kind === "bridge") assert.equal(Object(data).stp_state, args.stp ? 1 : 0, `STP of ${args.name}`);
    if (kind === "vxlan") assert.equal(Object(data).id, args.vni, `the identifier of ${args.name}`);
}

/** As `ip` writes a destination, and the numbers of types (linux/rtnetlink.h). */
const plain = (destination: unknown): string =>
    String(destination)
        .replace(/\/(32|128)$/, "")
        .replace(/^(0\.0\.0\.0|::)\/0$/, "default");
const TYPES: Readonly<Record<string, string>> = { blackhole: "6", unreachable: "7", prohibit: "8" };

const isIpv6 = (args: Args): boolean =>
    /:/.test(
        `${args.destination === "default" ? "" : args.destination} ${args.gateway} ${list(args.nexthops)[0]?.gateway}`,
    );

function assertRoute({ routes }: Seen, args: Args): void {
    const metric = isIpv6(args) ? args.metric || 1024 : (args.metric ?? 0);
    const found = routes.filter(
        (route) =>
            plain(route.dst) === plain(args.destination) &&
            (route.pref !== undefined || String(route.dst).includes(":")) === isIpv6(args) &&
            Number(route.table ?? 254) === (args.table ?? 254) &&
            (route.metric ?? 0) === metric,
    );
    const [route] = found;
    assert.ok(route && found.length === 1, `${found.length} routes to ${args.destination}`);
    assert.equal(route.type ?? "1", TYPES[String(args.type)] ?? "1", `the type of the route to ${args.destination}`);
    if (args.type !== undefined) return;
    const hops = list(route.nexthops).length > 0 ? list(route.nexthops) : [route];
    const wanted: readonly Args[] = Array.isArray(args.nexthops) ? args.nexthops : [args];
    const ways = (some: readonly Args[], device: string) =>
        some
            .map((hop) => `${hop.gateway} ${(args.device ?? args.nexthops) ? hop[device] : ""} ${hop.weight ?? 1}`)
            .sort();
    assert.deepEqual(ways(hops, "dev"), ways(wanted, "device"), `the way to ${args.destination}`);
    assert.equal(route.prefsrc, args.preferredSource, `the source of the route to ${args.destination}`);
    const sizes = list(route.metrics).map(({ mtu }) => mtu);
    assert.deepEqual(sizes, args.mtu === undefined ? [] : [args.mtu], `the MTU of the route to ${args.destination}`);
}

async function assertForwarding(namespace: string | undefined, args: Args): Promise<void> {
    for (const [key, setting] of [
        ["ipv4", "net.ipv4.ip_forward"],
        ["ipv6", "net.ipv6.conf.all.forwarding"],
    ] as const) {
        if (args[key] !== undefined)
            assert.equal(await readSetting(setting, namespace), args[key] ? "1" : "0", setting);
    }
}

/** All of a lab is in the kernel as it was declared: by plain `ip`, and not by the provider's words. */
export async function assertThere(lab: readonly Declared[]): Promise<void> {
    const namespaces = lab.filter(({ kind }) => kind === "Namespace").map(({ args }) => String(args.name));
    const seen = new Map<unknown, Seen>();
    for (const namespace of [undefined, ...namespaces]) seen.set(namespace, await see(namespace));
    const at = (args: Args): Seen => seen.get(args.namespace) ?? { links: [], routes: [] };
    for (const { kind, args } of lab) {
        if (kind === "Bridge") assertDevice(at(args), args, "bridge");
        if (kind === "Vxlan") assertDevice(at(args), args, "vxlan");
        if (kind === "Route") assertRoute(at(args), args);
        if (kind === "VethPair")
            for (const end of [args.left, args.right]) assertDevice(at(Object(end)), Object(end), "veth");
        if (kind === "ForwardingSetting")
            await assertForwarding(args.namespace === undefined ? undefined : String(args.namespace), args);
        if (kind !== "Address") continue;
        const addresses = at(args)
            .links.filter(({ ifname }) => ifname === args.device)
            .flatMap(addressesOf);
        assert.ok(addresses.includes(String(args.address)), `${args.address} is not on ${args.device}`);
    }
}
