import assert from "node:assert/strict";
import { type Side, type VethPairSpec, vethPairMistakes } from "../../model/veth-pair";
import type { LinkState } from "../../provider/link";
import { recordFile } from "../../provider/record";
import { vethPair } from "../../provider/veth-pair";
import { address, GROUP, lines, link, OTHERS, owner, quiet, story, TAG } from "./states";

const MACS = { left: "02:d6:33:79:7a:99", right: "02:59:67:4f:ed:5c" };
const basic: VethPairSpec = { leftNamespace: "ns1", leftName: "veth0", rightName: "veth1" };
type Wanted = Partial<VethPairSpec>;
type Ends = Partial<Record<Side, Partial<LinkState> | "gone">>;

/** Both ends as they are after creation, each the other's. */
const ends = {
    left: link({ name: "veth0", kind: "veth", index: 5, peerIndex: 6, macAddress: MACS.left }),
    right: link({ name: "veth1", kind: "veth", index: 6, peerIndex: 5, macAddress: MACS.right }),
};

const end = (side: Side, more: Partial<LinkState> | "gone" = {}): LinkState | undefined =>
    more === "gone" ? undefined : { ...ends[side], ...more };

const state = ({ left, right }: Ends = {}, others: Partial<Record<Side, string[]>> = {}) => ({
    left: { link: end("left", left), standing: { others: others.left ?? [], asked: [] } },
    right: { link: end("right", right), standing: { others: others.right ?? [], asked: [] } },
});

const create = (more: Wanted = {}, spec = basic): string[] => {
    const wanted = { ...spec, ...more };
    return lines(vethPair.plan(undefined, wanted, wanted, story(wanted)));
};
const change = (
    from: Wanted,
    to: Wanted,
    present: Ends = {},
    others: Partial<Record<Side, string[]>> = {},
): string[] => {
    const wanted = { ...basic, ...to };
    const recorded = story(wanted, { mine: { ...basic, ...from } });
    return lines(vethPair.plan(state(present, others), wanted, wanted, recorded));
};

const words = (side: Side, mtu = 1500): string => `group ${GROUP} address ${MACS[side]} mtu ${mtu}`;
const CREATE = `ip link add name veth0 netns ns1 ${words("left")} type veth peer name veth1 ${words("right")}`;
const LEFT = [...quiet("veth0", "ns1"), `ip -n ns1 link set dev veth0 alias ${TAG}`];
const RIGHT = [...quiet("veth1"), `ip link set dev veth1 alias ${TAG}`];
const WHOLE = [CREATE, ...LEFT, "ip -n ns1 link set dev veth0 up", ...RIGHT, "ip link set dev veth1 up"];

describe("a plan for a veth pair", () => {
    it("creates both ends at once, with their identity, in their places", () => {
        assert.deepEqual(create(), WHOLE);
    });

    it("creates it with all that is given", () => {
        const all = {
            leftMtu: 9000,
            leftMacAddress: "02:00:00:00:00:07",
            leftAddresses: "10.0.0.1/24, fd00::1/64",
            rightNamespace: "ns2",
            rightBridge: "br0",
            rightUp: false,
        };
        assert.deepEqual(create(all), [
            `ip link add name veth0 netns ns1 group ${GROUP} address 02:00:00:00:00:07 mtu 9000 type veth peer name veth1 netns ns2 ${words("right")}`,
            ...LEFT,
            "ip -n ns1 link set dev veth0 up",
            "ip -n ns1 addr add 10.0.0.1/24 dev veth0",
            "ip -n ns1 addr add fd00::1/64 dev veth0 nodad",
            ...quiet("veth1", "ns2"),
            `ip -n ns2 link set dev veth1 alias ${TAG}`,
            "ip -n ns2 link set dev veth1 master br0",
        ]);
    });

    it("can create it from the place of either end", () => {
        const [made] = vethPair.plan(undefined, basic, basic, story(basic));
        const left = (netns: string) => `link add name veth0 ${netns}${words("left")} type veth peer name veth1`;
        assert.deepEqual(made?.kind === "ip" && made.otherwise?.map(({ place, line }) => [place, line]), [
            ["ns1", `${left("")} netns /proc/self/fd/6 ${words("right")}`],
            ["", `${left("netns ns1 ")} ${words("right")}`],
        ]);
        const within = { ...basic, rightNamespace: "ns1" };
        const [both] = vethPair.plan(undefined, within, within, story(within));
        const line = `link add name veth0 ${words("left")} type veth peer name veth1 ${words("right")}`;
        assert.deepEqual(both?.kind === "ip" && both.otherwise?.map((one) => one.line), [line, line]);
    });

    it("has nothing to do where all is as wanted, or nothing is said", () => {
        assert.deepEqual(change({}, {}), []);
        assert.deepEqual(
            change({}, {}, { left: { mtu: 9000, master: "br9", addresses: [address("10.9.9.9/24")] } }),
            [],
        );
        const all = { leftMtu: 1400, leftBridge: "br0", rightAddresses: "10.0.0.1/24", rightUp: false };
        const present = {
            left: { mtu: 1400, master: "br0" },
            right: { up: false, addresses: [address("10.0.0.1/24")] },
        };
        assert.deepEqual(change(all, all, present), []);
    });

    const changes: readonly [string, Wanted, Wanted, Ends, readonly string[]][] = [
        ["an MTU changes", {}, { leftMtu: 1400 }, {}, ["ip -n ns1 link set dev veth0 mtu 1400"]],
        ["an MTU is dropped", { rightMtu: 1400 }, {}, { right: { mtu: 1400 } }, ["ip link set dev veth1 mtu 1500"]],
        [
            "a person has made an MTU too small that nobody has asked for, but IPv6 needs",
            { rightAddresses: "fd00::1/64" },
            { rightAddresses: "fd00::1/64" },
            { left: { mtu: 1000 }, right: { mtu: 1000, carrier: false } },
            [
                "ip link set dev veth1 mtu 1500",
                ...quiet("veth1"),
                "ip addr flush dev veth1 to fe80::/10",
                ...["1", "0"].map((mode) => `sysctl -w net.ipv6.conf.veth1.addr_gen_mode=${mode}`),
                "ip addr add fd00::1/64 dev veth1 nodad",
            ],
        ],
        [
            "one end's MTU is dropped, the other's not",
            { leftMtu: 1400, rightMtu: 1400 },
            { rightMtu: 1400 },
            { left: { mtu: 1400 }, right: { mtu: 1400 } },
            ["ip -n ns1 link set dev veth0 mtu 1500"],
        ],
        [
            "a MAC address is dropped",
            { rightMacAddress: "02:00:00:00:00:07" },
            {},
            { right: { macAddress: "02:00:00:00:00:07" } },
            [`ip link set dev veth1 address ${MACS.right}`],
        ],
        [
            "a MAC address changes",
            {},
            { leftMacAddress: "02:00:00:00:00:07" },
            {},
            ["ip -n ns1 link set dev veth0 address 02:00:00:00:00:07"],
        ],
        ["an end joins a bridge", {}, { rightBridge: "br0" }, {}, ["ip link set dev veth1 master br0"]],
        [
            "an end moves to another bridge",
            { rightBridge: "br0" },
            { rightBridge: "br1" },
            { right: { master: "br0" } },
            ["ip link set dev veth1 master br1"],
        ],
        [
            "an end leaves its bridge",
            { rightBridge: "br0" },
            {},
            { right: { master: "br0" } },
            ["ip link set dev veth1 nomaster"],
        ],
        [
            "an end's bridge is dropped, but a person has moved it",
            { rightBridge: "br0" },
            {},
            { right: { master: "br9" } },
            [],
        ],
        ["an end is to be down", {}, { leftUp: false }, {}, ["ip -n ns1 link set dev veth0 down"]],
        [
            "a person has set both ends down",
            {},
            {},
            { left: { up: false }, right: { up: false } },
            ["ip -n ns1 link set dev veth0 up", "ip link set dev veth1 up"],
        ],
        [
            "an address is added in front",
            { leftAddresses: "10.0.0.2/24" },
            { leftAddresses: "10.1.0.1/24, 10.0.0.2/24" },
            { left: { addresses: [address("10.0.0.2/24")] } },
            ["ip -n ns1 addr add 10.1.0.1/24 dev veth0", `ip -n ns1 link set dev veth0 address ${MACS.left}`],
        ],
        [
            "addresses are dropped",
            { leftAddresses: "10.0.0.1/24, fd00::1/64" },
            {},
            { left: { addresses: [address("10.0.0.1/24"), address("fd00::1/64"), address("10.9.9.9/24")] } },
            ["ip -n ns1 addr del 10.0.0.1/24 dev veth0", "ip -n ns1 addr del fd00::1/64 dev veth0"],
        ],
        [
            "the other end is somewhere else",
            {},
            {},
            { left: { peerIndex: 7 } },
            ["ip -n ns1 link del dev veth0", ...WHOLE],
        ],
        ["one end is gone", {}, {}, { left: "gone" }, ["ip link del dev veth1", ...WHOLE]],
    ];
    for (const [what, from, to, present, expected] of changes) {
        it(`where ${what}`, () => assert.deepEqual(change(from, to, present), expected));
    }

    it("leaves the addresses of others alone", () => {
        const addresses = [address("10.0.0.1/24"), address("10.8.8.8/24")];
        const from = { leftAddresses: "10.0.0.1/24" };
        assert.deepEqual(change(from, from, { left: { addresses } }, { left: ["10.8.8.8/24"] }), []);
        assert.deepEqual(change(from, from, { left: { addresses } }), ["ip -n ns1 addr del 10.8.8.8/24 dev veth0"]);
    });

    it("drops an address also when it was killed in the middle of the last change", () => {
        const wanted = { ...basic };
        const recorded = story(wanted, { mine: basic, previous: { ...basic, leftAddresses: "10.0.0.1/24" } });
        const present = state({ left: { addresses: [address("10.0.0.1/24")] } });
        assert.deepEqual(lines(vethPair.plan(present, wanted, wanted, recorded)), [
            "ip -n ns1 addr del 10.0.0.1/24 dev veth0",
        ]);
    });

    it("removes it by one end, whichever is there", () => {
        const remove = (present: Ends) =>
            lines(vethPair.plan(state(present), undefined, basic, story(undefined, { mine: basic })));
        assert.deepEqual(remove({}), ["ip -n ns1 link del dev veth0"]);
        assert.deepEqual(remove({ left: "gone" }), ["ip link del dev veth1"]);
        assert.deepEqual(vethPair.plan(undefined, undefined, basic, story(undefined, { mine: basic })), []);
    });
});

describe("what is seen of a veth pair", () => {
    const see = (present: Ends, mine = false) => {
        const answers = {
            left: end("left", present.left),
            right: end("right", present.right),
            leftOthers: [],
            rightOthers: [],
        };
        return vethPair.observe(answers, basic, story(basic, mine ? { mine: basic } : undefined));
    };

    it("is nothing, or ours", () => {
        assert.deepEqual(see({ left: "gone", right: "gone" }), { state: undefined });
        assert.deepEqual(see({}), { state: state() });
    });

    it("is one end that is not whole", () => {
        const found = see({ right: "gone" });
        assert.deepEqual(found, { state: state({ right: "gone" }) });
        assert.equal(found.state && vethPair.intact?.(found.state), false);
        assert.equal(vethPair.intact?.(state()), true);
        assert.equal(vethPair.intact?.(state({ left: { peerIndex: 7 } })), false);
        assert.equal(vethPair.intact?.(state({ left: { peerIndex: undefined } })), true);
    });

    it("is ours, killed before it had its tag, by its group and the record", () => {
        const untagged = { left: { alias: undefined }, right: { alias: undefined } };
        assert.deepEqual(see(untagged, true), { state: state(untagged) });
        assert.equal(see(untagged).foreign?.what, "a veth named veth0 in namespace ns1");
    });

    it("is a stranger's, whichever end", () => {
        const one = see({ left: { alias: "x", index: 7 } });
        assert.deepEqual(one.foreign, {
            property: "leftName",
            what: 'a veth named veth0 in namespace ns1 (alias "x")',
            owner: undefined,
        });
        assert.deepEqual(one.state, state({ left: "gone" }), "the other end is ours nevertheless");
        assert.equal(see({ left: { alias: "x" } }).state, undefined, "a pair of which one end is his");
        const here = { peerIndex: undefined, peerName: "veth0" };
        assert.equal(see({ left: { alias: "x", index: 7 }, right: here }).state, undefined, "in one namespace");
        const other = see({ right: { alias: undefined, kind: "device", group: 0 } }, true);
        const what = "a device named veth1 on the host";
        assert.deepEqual(other.foreign, { property: "rightName", what, owner: undefined });
        assert.deepEqual(see({ left: { alias: "x" }, right: "gone" }).state, undefined);
    });

    it("is removed by the end that is left, where the other's name is a stranger's", () => {
        const plan = vethPair.plan(state({ left: "gone" }), undefined, basic, story(undefined, { mine: basic }));
        assert.deepEqual(lines(plan), ["ip link del dev veth1"]);
    });

    it("is another stack's", () => {
        const { foreign } = see({ left: "gone", right: { alias: `linuxnet:${OTHERS}` } });
        assert.deepEqual(foreign, { property: "rightName", what: "a veth named veth1 on the host", owner: OTHERS });
    });
});

describe("a veth pair's inputs, read back", () => {
    const read = (wanted: Wanted, present: Ends = {}) => vethPair.inputs(state(present), { ...basic, ...wanted });

    it("are those that were given", () => {
        const all = {
            leftMtu: 1500,
            leftMacAddress: MACS.left,
            leftUp: true,
            leftAddresses: "10.0.0.1/24",
            rightBridge: "br0",
        };
        const present = { left: { addresses: [address("10.0.0.1/24")] }, right: { master: "br0" } };
        assert.deepEqual(read(all, present), { ...basic, ...all });
        assert.deepEqual(read({}), basic);
    });

    it("show what has drifted, of each end its own", () => {
        assert.deepEqual(read({ leftMtu: 1500, rightMtu: 1500 }, { right: { mtu: 1400 } }), {
            ...basic,
            leftMtu: 1500,
            rightMtu: 1400,
        });
        assert.deepEqual(read({ rightBridge: "br0" }), basic);
        assert.deepEqual(read({ rightBridge: "br0" }, { right: { master: "br9" } }), { ...basic, rightBridge: "br9" });
        assert.deepEqual(read({}, { right: { up: false } }), { ...basic, rightUp: false });
        assert.deepEqual(read({}, { left: { name: "veth9" } }), { ...basic, leftName: "veth9" });
        assert.deepEqual(read({ leftAddresses: "10.0.0.1/24" }), { ...basic, leftAddresses: "" });
    });

    it("stand beside what programs can read", () => {
        const present = state({
            left: { addresses: [address("10.0.0.1/24"), address("fe80::1/64", { automatic: true })] },
        });
        assert.deepEqual(vethPair.outputs(present, basic), {
            leftDevice: { macAddress: MACS.left, mtu: 1500, addresses: ["10.0.0.1/24"] },
            rightDevice: { macAddress: MACS.right, mtu: 1500, addresses: [] },
        });
    });
});

describe("a veth pair", () => {
    it("is known by the names and places of its ends", () => {
        assert.equal(vethPair.id(basic), "veth0@ns1 veth1");
        assert.equal(vethPair.id({ ...basic, rightNamespace: "ns2" }), "veth0@ns1 veth1@ns2");
    });

    it("is recorded where it goes with a namespace", () => {
        const path = (more: Wanted) => {
            const { place, key } = vethPair.record({ ...basic, ...more });
            return recordFile(place, vethPair.name, key).path;
        };
        assert.equal(path({}), "/run/linuxnet/netns.ns1/VethPair.ns1%20veth0.json");
        assert.equal(path({ leftNamespace: undefined }), "/run/linuxnet/host/VethPair.%20veth0.json");
        assert.equal(
            path({ leftNamespace: undefined, rightNamespace: "ns2" }),
            "/run/linuxnet/netns.ns2/VethPair.%20veth0.json",
        );
        assert.deepEqual(vethPair.disturbs?.(basic), [
            { place: "ns1", name: "veth0" },
            { place: "", name: "veth1" },
        ]);
    });

    it("finds an end that a person has renamed, by its tag and its own MAC address", () => {
        const veth9 = {
            ifindex: 5,
            ifname: "veth9",
            ifalias: TAG,
            flags: [],
            mtu: 1500,
            group: "0",
            address: MACS.left,
        };
        const find = (side: Side, ...links: object[]) =>
            vethPair.queries(basic, owner)[side].read(JSON.stringify(links))?.name;
        assert.equal(find("left", veth9), "veth9");
        assert.equal(find("right", veth9), undefined);
        assert.equal(find("left", { ...veth9, ifalias: `linuxnet:${OTHERS}` }), undefined);
        assert.equal(find("left", veth9, { ...veth9, ifname: "veth0", ifalias: "x" }), "veth0");
    });

    it("has two names in one place", () => {
        const problem = {
            property: "rightName",
            given: '"a"',
            expected: "another name than the left end's: both ends are in the same place",
        };
        assert.deepEqual(vethPairMistakes({ leftName: "a", rightName: "a" }), [problem]);
        assert.deepEqual(vethPairMistakes({ leftName: "a", rightName: "a", leftNamespace: "x", rightNamespace: "x" }), [
            problem,
        ]);
        assert.deepEqual(vethPairMistakes({ leftName: "a", rightName: "a", leftNamespace: "x" }), []);
        assert.deepEqual(vethPairMistakes({ leftName: "a", rightName: "b" }), []);
        assert.deepEqual(vethPairMistakes({}), []);
        assert.deepEqual(vethPairMistakes({ leftName: "a", rightName: "a" }, ["leftNamespace", "rightNamespace"]), []);
    });

    it("has MTUs that IPv6 can live with", () => {
        const found = vethPairMistakes({
            leftMtu: 1000,
            leftAddresses: "10.0.0.1/24",
            rightMtu: 1000,
            rightAddresses: "fd00::1/64",
        });
        assert.deepEqual(
            found.map(({ property }) => property),
            ["rightMtu"],
        );
    });
});
