import assert from "node:assert/strict";
import { type Findings, findResources } from "../../cli/import/findings";
import type { Inventory } from "../../provider/inventory";
import type { LinkState } from "../../provider/link";
import type { LinkExtras } from "../../provider/link-extras";
import type { RouteState } from "../../provider/route-state";
import { address, link } from "./states";

const PLAIN: LinkExtras = { peerNamespace: undefined, obstacles: [], peculiarities: [] };

interface Place {
    readonly links?: readonly LinkState[];
    /** By device: the number of the namespace of its peer, or more. */
    readonly extras?: Readonly<Record<string, Partial<LinkExtras>>>;
    readonly neighbours?: Readonly<Record<number, string>>;
    readonly routes?: readonly Partial<RouteState>[];
    readonly forwarding?: Readonly<Record<string, string>>;
    readonly others?: readonly string[];
}

const lo = link({ name: "lo", kind: "device", index: 1, alias: undefined, group: 0 });

const route = (more: Partial<RouteState>): RouteState => ({
    type: "unicast",
    destination: "10.9.0.0/16",
    family: 4,
    table: 254,
    metric: 0,
    protocol: 3,
    scope: 0,
    preferredSource: undefined,
    mtu: undefined,
    onlink: false,
    hops: [],
    ...more,
});

function inventory(place: string, { links = [], extras = {}, ...rest }: Place): Inventory {
    const all = [lo, ...links];
    return {
        place,
        links: all,
        extras: new Map(all.map(({ name }) => [name, { ...PLAIN, ...extras[name] }])),
        remotes: new Map(),
        neighbours: new Map(Object.entries(rest.neighbours ?? {}).map(([number, name]) => [Number(number), name])),
        routes: (rest.routes ?? []).map((one) => ({ state: route(one), isPeculiar: false })),
        forwarding: new Map(Object.entries(rest.forwarding ?? {})),
        others: rest.others ?? [],
    };
}

const veth = (name: string, index: number, peerIndex: number, more: Partial<LinkState> = {}): LinkState =>
    link({ name, index, peerIndex, kind: "veth", alias: undefined, group: 0, ...more });

/** ns1 with one end of a pair, whose other end is on the host. */
const ns1 = (more: Place = {}): Inventory =>
    inventory("ns1", {
        links: [veth("eth0", 2, 7, { addresses: [address("10.0.0.2/24")] })],
        extras: { eth0: { peerNamespace: 0 } },
        ...more,
    });
const host = (port: Partial<LinkState> = {}, ...more: readonly LinkState[]): Inventory =>
    inventory("", {
        links: [veth("end", 7, 2, port), ...more],
        extras: { end: { peerNamespace: 3 } },
        neighbours: { 3: "ns1" },
        forwarding: { "net/ipv4/ip_forward": "1" },
    });
const bridge = (name = "br0"): LinkState => link({ name, index: 9, alias: undefined, group: 0 });

const titles = ({ resources }: Findings): string[] => resources.map(({ kind, name }) => `${kind} ${name}`);
const specOf = ({ resources }: Findings, kind: string) => resources.find((one) => one.kind === kind)?.spec;

describe("what linuxnet import takes in", () => {
    it("is a pair, told by the numbers of its ends, with the end in the namespace first", () => {
        const found = findResources([host(), ns1()], false);
        assert.deepEqual(titles(found), ["Namespace ns1", "VethPair eth0"]);
        assert.deepEqual(specOf(found, "VethPair"), {
            leftNamespace: "ns1",
            leftName: "eth0",
            leftAddresses: "10.0.0.2/24",
            rightName: "end",
        });
        assert.deepEqual(found.told, []);
    });

    it("is no pair of those whose numbers agree by chance", () => {
        const stranger = inventory("ns2", {
            links: [veth("eth0", 7, 2)],
            extras: { eth0: { peerNamespace: 5 } },
            neighbours: { 5: "ns3" },
        });
        const found = findResources([ns1(), stranger], false);
        assert.deepEqual(titles(found), ["Namespace ns1", "Namespace ns2"]);
        assert.equal(found.told.length, 2);
    });

    it("is a bridge of the host's if nothing else is plugged into it", () => {
        const whole = findResources([host({ master: "br0" }, bridge()), ns1()], false);
        assert.ok(titles(whole).includes("Bridge br0"));
        const uplink = link({ name: "enp0s3", kind: "device", index: 3, master: "br0" });
        const shared = findResources([host({ master: "br0" }, bridge(), uplink), ns1()], false);
        assert.ok(!titles(shared).includes("Bridge br0"));
        assert.match(shared.told.join("\n"), /br0 \(a bridge\) is left alone.*enp0s3 is plugged into it/);
        assert.equal((specOf(shared, "VethPair") as { rightBridge?: string }).rightBridge, "br0");
    });

    it("is no bridge that another program manages", () => {
        for (const name of ["docker0", "br-0123456789ab", "virbr0", "cni0"]) {
            const found = findResources([host({ master: name }, bridge(name)), ns1()], true);
            assert.ok(!titles(found).some((title) => title.startsWith("Bridge")), name);
        }
    });

    it("is no bridge or pair of another stack's on the host", () => {
        const isOthers = ({ alias }: LinkState) => alias === "theirs";
        const theirs = { ...bridge(), alias: "theirs" };
        const pair = [veth("x", 20, 21, { peerName: "y", alias: "theirs" }), veth("y", 21, 20, { peerName: "x" })];
        const found = findResources([host({ master: "br0" }, theirs, ...pair), ns1()], true, isOthers);
        assert.deepEqual(titles(found), ["Namespace ns1", "VethPair eth0"]);
        assert.match(found.told.join("\n"), /br0 .*another stack has made it; it is referred to by its name/);
    });

    it("is nothing else of the host's, unless all of it is wanted", () => {
        const pair = [veth("x", 20, 21, { peerName: "y" }), veth("y", 21, 20, { peerName: "x" })];
        const own = host({}, bridge(), ...pair);
        assert.deepEqual(titles(findResources([own, ns1()], false)).slice(1), ["VethPair eth0"]);
        assert.deepEqual(titles(findResources([own, ns1()], true)).slice(1, 4), [
            "Bridge br0",
            "VethPair x",
            "VethPair eth0",
        ]);
    });

    it("has the forwarding of a host that has an address on it", () => {
        const found = findResources([host({ addresses: [address("10.0.0.1/24")] }), ns1()], false);
        assert.deepEqual(titles(found), ["Namespace ns1", "VethPair eth0", "ForwardingSetting host-forwarding"]);
    });

    it("has no forwarding of a host on which nothing is", () => {
        const found = findResources(
            [inventory("", { forwarding: { "net/ipv4/ip_forward": "1" } }), inventory("a", {})],
            false,
        );
        assert.deepEqual(titles(found), ["Namespace a"]);
    });

    it("says what differs from what would be made, and no more", () => {
        const down = inventory("a", {
            links: [link({ name: "sw", mtu: 1400, stp: true, up: false, alias: undefined })],
        });
        const found = findResources([{ ...down, links: [{ ...lo, up: false }, ...down.links.slice(1)] }], false);
        assert.deepEqual(specOf(found, "Namespace"), { name: "a", loopback: "down" });
        assert.deepEqual(specOf(found, "Bridge"), { namespace: "a", name: "sw", mtu: 1400, up: false, stp: true });
    });

    it("has no addresses that come by themselves", () => {
        const link = veth("eth0", 2, 7, { addresses: [address("fe80::1/64", { automatic: true })] });
        const found = findResources([host(), ns1({ links: [link], extras: { eth0: { peerNamespace: 0 } } })], false);
        assert.equal("leftAddresses" in (specOf(found, "VethPair") ?? {}), false);
    });

    it("names things of one name after where they are", () => {
        const twin = inventory("ns2", { links: [bridge("sw")] });
        const found = findResources([inventory("ns1", { links: [bridge("sw")] }), twin], false);
        assert.deepEqual(titles(found).slice(2), ["Bridge ns1-sw", "Bridge ns2-sw"]);
    });
});

describe("routes that linuxnet import takes in", () => {
    const over = { hops: [{ gateway: "10.0.0.1", device: "eth0", weight: 1 }] };
    const find = (...routes: readonly Partial<RouteState>[]) => findResources([host(), ns1({ routes })], false);
    const routes = (found: Findings) => found.resources.filter(({ kind }) => kind === "Route");

    it("leave their device to the SDK where that finds it", () => {
        const [found] = routes(find(over));
        assert.deepEqual(found?.spec, {
            namespace: "ns1",
            destination: "10.9.0.0/16",
            gateway: "10.0.0.1",
            device: "eth0",
        });
        assert.deepEqual(found?.implied, ["device"]);
        const [far] = routes(
            find({ ...over, onlink: true, hops: [{ gateway: "10.7.0.1", device: "eth0", weight: 1 }] }),
        );
        assert.deepEqual(far?.implied, []);
    });

    it("are default where the gateway tells the family", () => {
        const [found] = routes(find({ ...over, destination: "0.0.0.0/0" }));
        assert.deepEqual(
            [found?.name, found?.spec],
            ["ns1-default", { namespace: "ns1", destination: "default", gateway: "10.0.0.1", device: "eth0" }],
        );
    });

    it("are those that people have set", () => {
        const found = find(...[2, 9, 16].map((protocol) => ({ ...over, protocol })));
        assert.deepEqual([routes(found), found.told], [[], []]);
        assert.equal(routes(find({ ...over, protocol: 4 })).length, 1);
    });

    it("are no routing daemon's, and none of two that are one to a program", () => {
        const daemon = find({ ...over, protocol: 186 });
        assert.deepEqual(routes(daemon), []);
        assert.match(daemon.told.join("\n"), /protocol 186's, of a routing daemon/);
        const twice = find(over, { hops: [{ gateway: "10.0.0.3", device: "eth0", weight: 1 }] });
        assert.deepEqual(routes(twice), []);
        assert.equal(twice.told.length, 2);
    });

    it("go over what is taken in, or nowhere", () => {
        const found = find(
            { hops: [{ gateway: "10.5.0.1", device: "wlan0", weight: 1 }] },
            { destination: "10.8.0.0/16", type: "blackhole" },
        );
        assert.deepEqual(
            routes(found).map(({ spec }) => spec),
            [{ namespace: "ns1", destination: "10.8.0.0/16", type: "blackhole" }],
        );
    });
});

describe("what linuxnet import tells", () => {
    it("is what it leaves alone, and why", () => {
        const odd = link({ name: "wg0", kind: "wireguard", index: 5 });
        const found = findResources([inventory("a", { links: [odd], others: ["the rule priority 7"] })], false);
        assert.deepEqual(found.told, [
            "a: wg0 (a wireguard) is left alone, with its addresses and routes: there is no resource for it",
            "a: the rule priority 7 is left alone: there is no resource for it",
        ]);
    });

    it("is what stays beside the program, on the host too", () => {
        const own = host({ master: "br0" }, bridge());
        const odd = {
            ...own,
            extras: new Map([...own.extras, ["br0", { ...PLAIN, peculiarities: ["filters VLANs"] }]]),
        };
        const found = findResources([odd, ns1()], false);
        assert.deepEqual(found.told, [
            "the host: br0 (a bridge): it filters VLANs, which stays so and is not in the program",
        ]);
    });

    it("is an alias that gives way", () => {
        const found = findResources(
            [inventory("a", { links: [bridge("sw")].map((one) => ({ ...one, alias: "core" })) })],
            false,
        );
        assert.deepEqual(found.told, ['a: the alias "core" of sw gives way to the mark of the stack']);
    });

    it("is a device that forwards by itself", () => {
        const forwarding = { "net/ipv4/ip_forward": "0", "net/ipv4/conf/sw/forwarding": "1" };
        const found = findResources([inventory("a", { links: [bridge("sw")], forwarding })], false);
        assert.match(found.told.join("\n"), /forwarding setting of sw alone/);
    });
});
