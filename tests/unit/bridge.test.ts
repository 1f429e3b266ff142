import assert from "node:assert/strict";
import { type BridgeSpec, bridgeMistakes } from "../../model/bridge";
import { splitList } from "../../model/schema";
import { bridge } from "../../provider/bridge";
import type { LinkState } from "../../provider/link";
import { recordFile, type StoredRecord } from "../../provider/record";
import { address, GROUP, lines, link, OTHERS, owner, quiet, story, TAG } from "./states";

const MAC = "02:6e:4d:fe:80:a3";
const CREATE = `ip link add name br0 group ${GROUP} address ${MAC} type bridge`;
const TAGGED = [...quiet("br0"), `ip link set dev br0 alias ${TAG}`];
const UP = "ip link set dev br0 up";

interface Present {
    readonly link?: Partial<LinkState>;
    readonly ports?: readonly LinkState[];
    readonly others?: readonly string[];
    /** What our own list has had. */
    readonly asked?: readonly string[];
}
const state = ({ link: more = {}, ports = [], others = [], asked = [] }: Present = {}) => ({
    link: link({ macAddress: MAC, ...more }),
    ports,
    standing: { others, asked },
});
type Wanted = Partial<BridgeSpec>;

const create = (more: Wanted = {}): string[] => {
    const wanted = { name: "br0", ...more };
    return lines(bridge.plan(undefined, wanted, wanted, story(wanted)));
};
/** From one spec to another, with the link as it is. */
const change = (from: Wanted, to: Wanted, present: Present = {}): string[] => {
    const wanted = { name: "br0", ...to };
    const found = state({ asked: splitList(from.addresses ?? ""), ...present });
    return lines(bridge.plan(found, wanted, wanted, story(wanted, { mine: { name: "br0", ...from } })));
};

describe("a plan for a bridge", () => {
    it("creates it with its identity, then what is silent, its tag, and up", () => {
        assert.deepEqual(create(), [CREATE, ...TAGGED, UP]);
    });

    it("creates it in a namespace", () => {
        assert.deepEqual(create({ namespace: "ns1" }), [
            CREATE.replace("ip", "ip -n ns1"),
            ...quiet("br0", "ns1"),
            `ip -n ns1 link set dev br0 alias ${TAG}`,
            "ip -n ns1 link set dev br0 up",
        ]);
    });

    it("creates it with all that is given", () => {
        const all = { mtu: 9000, macAddress: "02:00:00:00:00:07", stp: true, addresses: "10.0.0.1/24, fd00::1/64" };
        assert.deepEqual(create(all), [
            `ip link add name br0 group ${GROUP} address 02:00:00:00:00:07 type bridge stp_state 1`,
            ...TAGGED,
            "ip link set dev br0 mtu 9000",
            UP,
            "ip addr add 10.0.0.1/24 dev br0",
            "ip addr add fd00::1/64 dev br0 nodad",
        ]);
        assert.deepEqual(create({ up: false }), [CREATE, ...TAGGED]);
    });

    it("creates it with an MTU that does not follow its ports, also where it is the default one", () => {
        const mtus = create({ mtu: 1500 }).filter((line) => line.includes(" mtu "));
        assert.equal(mtus.at(-1), "ip link set dev br0 mtu 1500");
        assert.ok(
            mtus.length > 1,
            "setting what is there already is not kept by the kernel: another MTU comes between",
        );
    });

    it("has nothing to do where all is as wanted, or nothing is said", () => {
        assert.deepEqual(change({}, {}), []);
        assert.deepEqual(change({}, {}, { link: { mtu: 9000, macAddress: "02:00:00:00:00:99" } }), []);
        const all = { mtu: 1500, macAddress: MAC, stp: false, up: true, addresses: "10.0.0.1/24" };
        assert.deepEqual(change(all, all, { link: { addresses: [address("10.0.0.1/24")] } }), []);
    });

    const changes: readonly [string, Wanted, Wanted, Present, readonly string[]][] = [
        ["its MTU changes", { mtu: 1500 }, { mtu: 1400 }, {}, ["ip link set dev br0 mtu 1400"]],
        ["its MTU is dropped", { mtu: 1400 }, {}, { link: { mtu: 1400 } }, ["ip link set dev br0 mtu 1500"]],
        [
            "its MAC address changes",
            {},
            { macAddress: "02:00:00:00:00:07" },
            {},
            ["ip link set dev br0 address 02:00:00:00:00:07"],
        ],
        [
            "its MAC address is dropped",
            { macAddress: "02:00:00:00:00:07" },
            {},
            { link: { macAddress: "02:00:00:00:00:07" } },
            [`ip link set dev br0 address ${MAC}`],
        ],
        ["it is to be down", {}, { up: false }, {}, ["ip link set dev br0 down"]],
        ["it is to be up again", { up: false }, {}, { link: { up: false } }, ["ip link set dev br0 up"]],
        ["STP is turned on", {}, { stp: true }, {}, ["ip link set dev br0 type bridge stp_state 1"]],
        ["STP is dropped", { stp: true }, {}, { link: { stp: true } }, ["ip link set dev br0 type bridge stp_state 0"]],
        [
            "STP is turned off: its ports forward at once",
            { stp: true },
            { stp: false },
            {
                link: { stp: true },
                ports: [
                    link({ name: "p1", portState: "listening" }),
                    link({ name: "p2", portState: "learning" }),
                    link({ name: "p3", portState: "forwarding" }),
                    link({ name: "p4", portState: "disabled" }),
                ],
            },
            [
                "ip link set dev br0 type bridge stp_state 0",
                "ip link set dev p1 type bridge_slave state 3",
                "ip link set dev p2 type bridge_slave state 3",
            ],
        ],
        [
            "STP stays on: its ports take their time",
            { stp: true },
            { stp: true },
            { link: { stp: true }, ports: [link({ name: "p1", portState: "listening" })] },
            [],
        ],
        [
            "its addresses change",
            { addresses: "10.0.0.1/24" },
            { addresses: "10.0.0.2/24" },
            { link: { addresses: [address("10.0.0.1/24")] } },
            [
                "ip addr add 10.0.0.2/24 dev br0",
                "ip addr del 10.0.0.1/24 dev br0",
                `ip link set dev br0 address ${MAC}`,
            ],
        ],
        [
            "its addresses are dropped: a person's stays",
            { addresses: "10.0.0.1/24" },
            {},
            { link: { addresses: [address("10.0.0.1/24"), address("10.9.9.9/24")] } },
            ["ip addr del 10.0.0.1/24 dev br0"],
        ],
        [
            "its addresses are none: a person's goes, that of an Address stays",
            { addresses: "10.0.0.1/24" },
            { addresses: "" },
            {
                link: { addresses: [address("10.0.0.1/24"), address("10.9.9.9/24"), address("10.8.8.8/24")] },
                others: ["10.8.8.8/24"],
            },
            ["ip addr del 10.0.0.1/24 dev br0", "ip addr del 10.9.9.9/24 dev br0"],
        ],
        [
            "its link-local address is dropped",
            { addresses: "fe80::1/64" },
            { addresses: "10.0.0.1/24" },
            { link: { addresses: [address("fe80::1/64", { automatic: true }), address("10.0.0.1/24")] } },
            ["ip addr del fe80::1/64 dev br0"],
        ],
        [
            "somebody has taken its alias, and set it down",
            {},
            {},
            { link: { alias: undefined, up: false } },
            [...TAGGED, UP],
        ],
        [
            "its MTU was too small for IPv6",
            { mtu: 1000 },
            { mtu: 1500 },
            { link: { mtu: 1000 } },
            [
                "ip link set dev br0 mtu 1500",
                ...quiet("br0"),
                "ip addr flush dev br0 to fe80::/10",
                "sysctl -w net.ipv6.conf.br0.addr_gen_mode=1",
                "sysctl -w net.ipv6.conf.br0.addr_gen_mode=0",
            ],
        ],
        [
            "its link-local address is missing, which IPv6 needs",
            { addresses: "fd00::1/64" },
            { addresses: "fd00::1/64" },
            { link: { addresses: [address("fd00::1/64")] } },
            ["sysctl -w net.ipv6.conf.br0.addr_gen_mode=1", "sysctl -w net.ipv6.conf.br0.addr_gen_mode=0"],
        ],
        [
            "its link-local address is missing while nothing is connected",
            { addresses: "fd00::1/64" },
            { addresses: "fd00::1/64" },
            { link: { addresses: [address("fd00::1/64")], carrier: false } },
            [],
        ],
    ];
    for (const mtu of [68, 1279, 1280, 1500, 65535]) {
        it(`where its MTU is given, and happens to be there: ${mtu}, by way of one that does no harm`, () => {
            const mtus = change({}, { mtu }, { link: { mtu } }).map((line) => Number(line.split(" mtu ")[1]));
            const [way = 0, end] = mtus;
            assert.deepEqual([mtus.length, end], [2, mtu]);
            assert.ok(way !== mtu && way >= 68 && way <= 65535, `the kernel does not take ${way}`);
            assert.ok(mtu < 1280 || way >= 1280, `the kernel drops every IPv6 address at ${way}`);
            assert.deepEqual(change({ mtu }, { mtu }, { link: { mtu } }), []);
        });
    }

    for (const [what, from, to, present, expected] of changes) {
        it(`where ${what}`, () => assert.deepEqual(change(from, to, present), expected));
    }

    it("removes it, and nothing where it is gone", () => {
        const spec = { name: "br0", namespace: "ns1" };
        const recorded = story(undefined, { mine: spec });
        assert.deepEqual(lines(bridge.plan(state(), undefined, spec, recorded)), ["ip -n ns1 link del dev br0"]);
        assert.deepEqual(bridge.plan(undefined, undefined, spec, recorded), []);
        const ports = [link({ name: "port", kind: "veth", group: GROUP })];
        assert.equal(
            bridge.plan(state({ ports }), undefined, spec, recorded).length,
            1,
            "a port of this stack goes alone",
        );
    });

    it("does not remove it under somebody's port, which would lose it", () => {
        const spec = { name: "br0", namespace: "ns1" };
        const ports = [link({ name: "tap0", kind: "tun", group: 0, alias: undefined })];
        assert.throws(() => bridge.plan(state({ ports }), undefined, spec, story(undefined, { mine: spec })), {
            message:
                "found a tun named tap0 in namespace ns1, a port of br0: linuxnet did not create it.\n" +
                "br0 was not deleted. Take the port out (ip -n ns1 link set dev tap0 nomaster), and run again.",
        });
    });
});

describe("what is seen of a bridge", () => {
    const spec = { name: "br0" };
    const see = (found: LinkState | undefined, mine = false, others: StoredRecord[] = []) =>
        bridge.observe({ link: found, ports: [], others }, spec, story(spec, mine ? { mine: spec } : undefined));
    const what = (found: LinkState, mine = false) => see(found, mine).foreign;

    it("is nothing", () => assert.deepEqual(see(undefined), { state: undefined }));

    it("is a stranger's that has its name as another name, which the kernel gives once", () => {
        const { link: query } = bridge.queries(spec, owner);
        const answer = (altnames: string[]) =>
            JSON.stringify([{ ifindex: 7, ifname: "eth9", altnames, flags: [], mtu: 1500, group: "0" }]);
        assert.equal(query.read(answer(["br1"])), undefined);
        const found = query.read(answer(["enp9", "br0"]));
        assert.equal(what(found ?? link())?.what, 'a device named eth9 on the host (altname "enp9", "br0")');
    });

    it("is ours, by its tag", () => {
        const claim = { owner: "lab/dev/extra", spec: { device: "br0", address: "10.8.8.8/24" } };
        const record = { boot: "boot", kind: "Address", claims: [claim], before: {} };
        assert.deepEqual(see(link(), false, [record]), {
            state: { link: link(), ports: [], standing: { others: ["10.8.8.8/24"], asked: [] } },
        });
    });

    it("is ours, killed before it had its tag, by its group and the record", () => {
        const untagged = link({ alias: undefined });
        assert.deepEqual(see(untagged, true).state?.link, untagged);
        assert.equal(what(untagged)?.what, "a bridge named br0 on the host");
        assert.equal(what(link({ alias: undefined, group: 0 }), true)?.what, "a bridge named br0 on the host");
    });

    it("is a stranger's", () => {
        assert.deepEqual(what(link({ alias: "uplink", group: 0 })), {
            property: "name",
            what: 'a bridge named br0 on the host (alias "uplink")',
            owner: undefined,
        });
        assert.deepEqual(what(link({ alias: undefined, kind: "ipvlan" }))?.what, "an ipvlan named br0 on the host");
    });

    it("is another stack's", () => {
        assert.deepEqual(what(link({ alias: `linuxnet:${OTHERS}` })), {
            property: "name",
            what: "a bridge named br0 on the host",
            owner: OTHERS,
        });
    });

    it("is of another kind, in spite of our tag", () => {
        assert.equal(what(link({ kind: "veth" }), true)?.what, "a veth named br0 on the host");
    });
});

describe("a bridge's inputs, read back", () => {
    const read = (wanted: Wanted, present: Present = {}) => bridge.inputs(state(present), { name: "br0", ...wanted });

    it("are those that were given", () => {
        const all = { namespace: "ns1", addresses: "10.0.0.1/24", mtu: 1500, macAddress: MAC, stp: false, up: true };
        assert.deepEqual(read(all, { link: { addresses: [address("10.0.0.1/24")] } }), { name: "br0", ...all });
        assert.deepEqual(read({}), { name: "br0" });
        assert.deepEqual(read({}, { link: { mtu: 1400, macAddress: "02:00:00:00:00:99" } }), { name: "br0" });
    });

    it("show what has drifted", () => {
        assert.deepEqual(read({ mtu: 1500 }, { link: { mtu: 1400 } }), { name: "br0", mtu: 1400 });
        assert.deepEqual(read({}, { link: { up: false, stp: true } }), { name: "br0", up: false, stp: true });
        assert.deepEqual(read({ up: false }), { name: "br0", up: true });
        assert.deepEqual(read({}, { link: { name: "br9" } }), { name: "br9" });
        assert.deepEqual(read({ addresses: "10.0.0.1/24" }, { link: { addresses: [address("10.0.0.9/24")] } }), {
            name: "br0",
            addresses: "10.0.0.9/24",
        });
    });

    it("stand beside what programs can read", () => {
        const addresses = [address("10.0.0.1/24"), address("fe80::1/64", { automatic: true })];
        assert.deepEqual(bridge.outputs(state({ link: { addresses } }), { name: "br0" }), {
            device: { macAddress: MAC, mtu: 1500, addresses: ["10.0.0.1/24"] },
        });
    });
});

describe("a bridge", () => {
    it("is known by its name and place", () => {
        assert.equal(bridge.id({ name: "br0" }), "br0");
        assert.equal(bridge.id({ name: "br0", namespace: "ns1" }), "br0@ns1");
    });

    it("is recorded in its place", () => {
        const path = (spec: BridgeSpec) => {
            const { place, key } = bridge.record(spec);
            return recordFile(place, bridge.name, key).path;
        };
        assert.equal(path({ name: "br0" }), "/run/linuxnet/host/Bridge.br0.json");
        assert.equal(path({ name: "br0", namespace: "ns1" }), "/run/linuxnet/netns.ns1/Bridge.br0.json");
        assert.deepEqual(bridge.disturbs?.({ name: "br0", namespace: "ns1" }), [{ place: "ns1", name: "br0" }]);
    });

    it("has an MTU that IPv6 can live with", () => {
        assert.deepEqual(bridgeMistakes({ mtu: 1279, addresses: "10.0.0.1/24, fd00::1/64" }), [
            {
                property: "mtu",
                given: "1279",
                expected: "at least 1280: the end has the IPv6 address fd00::1/64",
                advice: "RFC 8200; the kernel would drop the address",
            },
        ]);
        assert.deepEqual(bridgeMistakes({ mtu: 1280, addresses: "fd00::1/64" }), []);
        assert.deepEqual(bridgeMistakes({ mtu: 68, addresses: "10.0.0.1/24" }), []);
        assert.deepEqual(bridgeMistakes({ mtu: 68 }), []);
    });
});
