import assert from "node:assert/strict";
import { splitList } from "../../model/schema";
import { VXLAN_PORT, type VxlanSpec, vxlanMistakes, vxlanOverhead, vxlanSchema } from "../../model/vxlan";
import type { LinkState, VxlanState } from "../../provider/link";
import { recordFile, type StoredRecord } from "../../provider/record";
import { vxlan } from "../../provider/vxlan";
import { address, GROUP, lines, link, OTHERS, owner, quiet, story, TAG } from "./states";

const MAC = "02:d9:93:c0:9e:40";
const ANYBODY = "00:00:00:00:00:00";
const spec: VxlanSpec = { name: "vx0", vni: 7, local: "10.0.0.1", remotes: "10.0.0.2" };
const spec6: VxlanSpec = { ...spec, local: "fd00::1", remotes: "fd00::2" };
const CREATE = `ip link add name vx0 group ${GROUP} address ${MAC} mtu 1450 type vxlan id 7 local 10.0.0.1 dstport 4789`;
const UP = "ip link set dev vx0 up";
const append = (remote: string): string => `bridge fdb append ${ANYBODY} dev vx0 dst ${remote}`;
const del = (remote: string): string => `bridge fdb del ${ANYBODY} dev vx0 dst ${remote}`;
const TAGGED = [...quiet("vx0"), `ip link set dev vx0 alias ${TAG}`];

const tunnel = (more: Partial<VxlanState> = {}): VxlanState => ({
    vni: 7,
    local: "10.0.0.1",
    port: 4789,
    device: undefined,
    learning: true,
    ...more,
});

interface Present {
    readonly link?: Partial<LinkState>;
    readonly tunnel?: Partial<VxlanState>;
    readonly remotes?: readonly (string | readonly [string, ...(string | number)[]])[];
    readonly derivedMtu?: number | undefined;
    readonly others?: readonly string[];
    /** What our own list has had. */
    readonly asked?: readonly string[];
}
const ourLink = ({ link: more = {}, tunnel: made = {} }: Present = {}): LinkState =>
    link({ name: "vx0", kind: "vxlan", macAddress: MAC, mtu: 1450, vxlan: tunnel(made), ...more });
const state = (present: Present = {}) => ({
    link: ourLink(present),
    remotes: (present.remotes ?? ["10.0.0.2"]).map((one) => {
        const [remote, ...more] = typeof one === "string" ? [one] : one;
        return { address: remote, more };
    }),
    derivedMtu: "derivedMtu" in present ? present.derivedMtu : 1450,
    standing: { others: present.others ?? [], asked: present.asked ?? [] },
});
type Wanted = Partial<VxlanSpec>;

const create = (more: Wanted = {}): string[] => {
    const wanted = { ...spec, ...more };
    return lines(vxlan.plan(undefined, wanted, wanted, story(wanted)));
};
/** From one spec to another, with the link as it is. */
const change = (from: Wanted, to: Wanted, present: Present = {}): string[] => {
    const wanted = { ...spec, ...to };
    const found = state({ asked: splitList(from.addresses ?? ""), ...present });
    return lines(vxlan.plan(found, wanted, wanted, story(wanted, { mine: { ...spec, ...from } })));
};

describe("a plan for a vxlan", () => {
    it("creates it with its identity and the MTU that 1500 leaves, its remotes, what is silent, its tag, and up", () => {
        assert.deepEqual(create(), [CREATE, append("10.0.0.2"), ...TAGGED, UP]);
    });

    it("creates it over IPv6, which leaves less", () => {
        const line = CREATE.replace("1450", "1430").replace("10.0.0.1", "fd00::1");
        assert.deepEqual(create(spec6), [line, append("fd00::2"), ...TAGGED, UP]);
    });

    it("creates it in a namespace, on another host", () => {
        assert.deepEqual(create({ namespace: "ns1" }), [
            CREATE.replace("ip", "ip -n ns1"),
            `ip netns exec ns1 ${append("10.0.0.2")}`,
            ...quiet("vx0", "ns1"),
            `ip -n ns1 link set dev vx0 alias ${TAG}`,
            "ip -n ns1 link set dev vx0 up",
        ]);
        assert.deepEqual(create({ host: "left" })[0], `left: ${CREATE}`);
    });

    it("creates it with all that is given, its remotes before it is up", () => {
        const all = {
            remotes: "10.0.0.3, 10.0.0.2",
            device: "eth0",
            learning: false,
            port: 8472,
            bridge: "br0",
            addresses: "10.9.0.1/24, fd09::1/64",
            mtu: 1400,
            macAddress: "02:00:00:00:00:07",
            up: true,
        };
        const words = "type vxlan id 7 local 10.0.0.1 dstport 8472 dev eth0 nolearning";
        assert.deepEqual(create(all), [
            `ip link add name vx0 group ${GROUP} address 02:00:00:00:00:07 mtu 1400 ${words}`,
            append("10.0.0.3"),
            append("10.0.0.2"),
            ...TAGGED,
            "ip link set dev vx0 master br0",
            UP,
            "ip addr add 10.9.0.1/24 dev vx0",
            "ip addr add fd09::1/64 dev vx0 nodad",
        ]);
        assert.deepEqual(create({ up: false, learning: true, remotes: "" }), [CREATE, ...TAGGED]);
    });

    it("has nothing to do where all is as wanted, or nothing is said", () => {
        assert.deepEqual(change({}, {}), []);
        assert.deepEqual(change({}, {}, { link: { macAddress: "02:00:00:00:00:99", master: "br9" } }), []);
        assert.deepEqual(change({}, {}, { link: { addresses: [address("10.9.9.9/24")] } }), []);
        const all = {
            learning: true,
            port: 4789,
            bridge: "br0",
            mtu: 1450,
            macAddress: MAC,
            up: true,
            addresses: "10.9.0.1/24",
        };
        assert.deepEqual(change(all, all, { link: { addresses: [address("10.9.0.1/24")], master: "br0" } }), []);
        const two = { remotes: "10.0.0.3, 10.0.0.2" };
        assert.deepEqual(change(two, two, { remotes: ["10.0.0.2", "10.0.0.3"] }), []);
    });

    const changes: readonly [string, Wanted, Wanted, Present, readonly string[]][] = [
        ["a remote comes", {}, { remotes: "10.0.0.2, 10.0.0.3" }, {}, [append("10.0.0.3")]],
        [
            "a remote comes first in the list",
            {},
            { remotes: "10.0.0.9, 10.0.0.2" },
            {},
            ["bridge fdb append 00:00:00:00:00:00 dev vx0 dst 10.0.0.9"],
        ],
        [
            "a remote goes",
            { remotes: "10.0.0.2, 10.0.0.3" },
            { remotes: "10.0.0.3" },
            { remotes: ["10.0.0.2", "10.0.0.3"] },
            ["bridge fdb del 00:00:00:00:00:00 dev vx0 dst 10.0.0.2"],
        ],
        [
            "a remote gives way to another: the new one first",
            {},
            { remotes: "10.0.0.3" },
            {},
            [append("10.0.0.3"), del("10.0.0.2")],
        ],
        ["no remote is left", {}, { remotes: "" }, {}, [del("10.0.0.2")]],
        ["a remote was taken away", {}, {}, { remotes: [] }, [append("10.0.0.2")]],
        ["a remote was put there", {}, {}, { remotes: ["10.0.0.2", "10.0.0.9"] }, [del("10.0.0.9")]],
        [
            "remotes were put there with a port, network or device of their own: not ours, whatever the address",
            {},
            {},
            {
                remotes: [
                    ["10.0.0.2", "port", 8472],
                    ["10.0.0.2", "vni", 8, "via", "eth0"],
                ],
            },
            [append("10.0.0.2"), `${del("10.0.0.2")} port 8472`, `${del("10.0.0.2")} vni 8 via eth0`],
        ],
        ["learning is turned off", {}, { learning: false }, {}, ["ip link set dev vx0 type vxlan nolearning"]],
        [
            "learning is turned on",
            { learning: false },
            { learning: true },
            { tunnel: { learning: false } },
            ["ip link set dev vx0 type vxlan learning"],
        ],
        [
            "learning is dropped",
            { learning: false },
            {},
            { tunnel: { learning: false } },
            ["ip link set dev vx0 type vxlan learning"],
        ],
        ["it joins a bridge", {}, { bridge: "br0" }, {}, ["ip link set dev vx0 master br0"]],
        [
            "it joins another bridge",
            { bridge: "br0" },
            { bridge: "br1" },
            { link: { master: "br0" } },
            ["ip link set dev vx0 master br1"],
        ],
        ["it leaves its bridge", { bridge: "br0" }, {}, { link: { master: "br0" } }, ["ip link set dev vx0 nomaster"]],
        ["it leaves its bridge, and a person has moved it on", { bridge: "br0" }, {}, { link: { master: "br9" } }, []],
        ["its MTU changes", { mtu: 1400 }, { mtu: 1300 }, { link: { mtu: 1400 } }, ["ip link set dev vx0 mtu 1300"]],
        [
            "its MTU is dropped: what the underlay leaves",
            { mtu: 1400 },
            {},
            { link: { mtu: 1400 }, derivedMtu: 8950 },
            ["ip link set dev vx0 mtu 8950"],
        ],
        ["the underlay's MTU changes", {}, {}, { derivedMtu: 1350 }, ["ip link set dev vx0 mtu 1350"]],
        ["the underlay's MTU changes, and its own is given", { mtu: 1450 }, { mtu: 1450 }, { derivedMtu: 1350 }, []],
        [
            "nothing has its own address any more: its MTU stays",
            { mtu: 1400 },
            {},
            { link: { mtu: 1400 }, derivedMtu: undefined },
            [],
        ],
        [
            "its MAC address changes",
            {},
            { macAddress: "02:00:00:00:00:07" },
            {},
            ["ip link set dev vx0 address 02:00:00:00:00:07"],
        ],
        ["it is to be down", {}, { up: false }, {}, ["ip link set dev vx0 down"]],
        ["it is to be up again", { up: false }, {}, { link: { up: false } }, [UP]],
        [
            "its addresses change",
            { addresses: "10.9.0.1/24" },
            { addresses: "10.9.0.2/24" },
            { link: { addresses: [address("10.9.0.1/24")] } },
            [
                "ip addr add 10.9.0.2/24 dev vx0",
                "ip addr del 10.9.0.1/24 dev vx0",
                `ip link set dev vx0 address ${MAC}`,
            ],
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
            {},
            {},
            { link: { mtu: 1000 } },
            [
                "ip link set dev vx0 mtu 1450",
                ...quiet("vx0"),
                "ip addr flush dev vx0 to fe80::/10",
                "sysctl -w net.ipv6.conf.vx0.addr_gen_mode=1",
                "sysctl -w net.ipv6.conf.vx0.addr_gen_mode=0",
            ],
        ],
        [
            "everything changes at once",
            { bridge: "br0" },
            { remotes: "10.0.0.3", learning: false, mtu: 1400, up: false },
            { link: { master: "br0" } },
            [
                "ip link set dev vx0 type vxlan nolearning",
                append("10.0.0.3"),
                del("10.0.0.2"),
                "ip link set dev vx0 mtu 1400",
                "ip link set dev vx0 nomaster",
                "ip link set dev vx0 down",
            ],
        ],
    ];
    for (const [what, from, to, present, expected] of changes) {
        it(`where ${what}`, () => assert.deepEqual(change(from, to, present), expected));
    }

    const others: readonly [string, Partial<VxlanState>][] = [
        ["network", { vni: 8 }],
        ["own address", { local: "10.0.0.9" }],
        ["own address that is none", { local: undefined }],
        ["port", { port: 8472 }],
        ["device", { device: "eth0" }],
    ];
    for (const [what, made] of others) {
        it(`makes it anew where a person has made a tunnel with another ${what} of it`, () => {
            const anew = ["ip link del dev vx0", CREATE, append("10.0.0.2"), ...TAGGED, UP];
            assert.deepEqual(change({}, {}, { tunnel: made }), anew);
        });
    }

    it("says over which device a link-local remote is, which the kernel does not look for on the tunnel's own", () => {
        const wanted = { local: "fe80::1", remotes: "fe80::2", device: "eth0" };
        const line = create(wanted).find((one) => one.startsWith("bridge"));
        assert.equal(line, `${append("fe80::2")} via eth0`);
        const made = { local: "fe80::1", device: "eth0" };
        assert.deepEqual(change(wanted, wanted, { tunnel: made, remotes: [["fe80::2", "via", "eth0"]] }), []);
        assert.deepEqual(change(wanted, wanted, { tunnel: made, remotes: ["fe80::2"] }), [
            `${append("fe80::2")} via eth0`,
            del("fe80::2"),
        ]);
    });

    it("knows an address by whatever spelling the kernel has for it", () => {
        const wanted = { local: "::a00:1", remotes: "::a00:2" };
        assert.deepEqual(change(wanted, wanted, { tunnel: { local: "::10.0.0.1" }, remotes: ["::a00:2"] }), []);
    });

    it("removes it, and nothing where it is gone", () => {
        const there = { ...spec, namespace: "ns1" };
        const recorded = story(undefined, { mine: there });
        assert.deepEqual(lines(vxlan.plan(state(), undefined, there, recorded)), ["ip -n ns1 link del dev vx0"]);
        assert.deepEqual(vxlan.plan(undefined, undefined, there, recorded), []);
    });
});

/** Linux 6.18, iproute2 6.1: `ip -N -j -d addr show`, `bridge -j fdb show dev vx0`. */
const PRINTED = {
    ipv4: '[{"ifindex":6,"ifname":"vx0","flags":["BROADCAST","MULTICAST"],"mtu":1450,"qdisc":"noop","operstate":"DOWN","group":"0","txqlen":1000,"link_type":"[1]","address":"e2:4b:21:65:1f:8a","broadcast":"ff:ff:ff:ff:ff:ff","promiscuity":0,"allmulti":0,"min_mtu":68,"max_mtu":65535,"linkinfo":{"info_kind":"vxlan","info_data":{"id":9,"local":"10.0.0.1","link":"ea","port_range":{"low":0,"high":0},"port":4789,"learning":true,"ttl":0,"df":"unset","ageing":300,"udp_csum":true,"udp_zero_csum6_tx":false,"udp_zero_csum6_rx":false}},"num_tx_queues":1,"num_rx_queues":1,"gso_max_size":65536,"gso_max_segs":65535,"tso_max_size":524280,"tso_max_segs":65535,"gro_max_size":65536,"addr_info":[]}]',
    ipv6: '[{"ifindex":4,"ifname":"vx0","flags":["BROADCAST","MULTICAST"],"mtu":1500,"qdisc":"noop","operstate":"DOWN","group":"0","txqlen":1000,"link_type":"[1]","address":"9a:e4:c1:6c:71:c9","broadcast":"ff:ff:ff:ff:ff:ff","promiscuity":0,"allmulti":0,"min_mtu":68,"max_mtu":65535,"linkinfo":{"info_kind":"vxlan","info_data":{"id":7,"local6":"fd00::1","port_range":{"low":0,"high":0},"port":8472,"learning":false,"ttl":0,"df":"unset","ageing":300,"udp_csum":true,"udp_zero_csum6_tx":false,"udp_zero_csum6_rx":false}},"num_tx_queues":1,"num_rx_queues":1,"gso_max_size":65536,"gso_max_segs":65535,"tso_max_size":65536,"tso_max_segs":65535,"gro_max_size":65536,"addr_info":[]}]',
    /** Asked for fd00::1: of the other address an empty object is left. */
    underlay:
        '[{"ifindex":2,"link_index":2,"ifname":"ea","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":9000,"qdisc":"noqueue","operstate":"UP","group":"0","txqlen":1000,"link_type":"[1]","address":"66:c3:64:be:98:17","broadcast":"ff:ff:ff:ff:ff:ff","link_netnsid":0,"promiscuity":0,"allmulti":0,"min_mtu":68,"max_mtu":65535,"linkinfo":{"info_kind":"veth"},"num_tx_queues":2,"num_rx_queues":2,"gso_max_size":65536,"gso_max_segs":65535,"tso_max_size":524280,"tso_max_segs":65535,"gro_max_size":65536,"addr_info":[{},{"family":"inet6","local":"fd00::1","prefixlen":64,"scope":"0","nodad":true,"valid_life_time":4294967295,"preferred_life_time":4294967295},{}]}]',
    loopback:
        '[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"group":"0","address":"00:00:00:00:00:00","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"254"},{"family":"inet","local":"10.0.0.1","prefixlen":32,"scope":"0"}]}]',
    remotes:
        '[{"mac":"00:00:00:00:00:00","dst":"10.0.0.2","flags":["self"],"state":"permanent"},{"mac":"00:00:00:00:00:00","dst":"10.0.0.4","port":8472,"flags":["self"],"state":"permanent"},{"mac":"00:00:00:00:00:00","dst":"10.0.0.2","vni":8,"flags":["self"],"state":"permanent"},{"mac":"00:00:00:00:00:00","dst":"10.0.0.2","viaIf":"ea","flags":["self"],"state":"permanent"}]',
    /** As a bridge's port, with what the bridge and the tunnel have learned. */
    port: '[{"mac":"1e:9c:bf:9b:ed:a2","flags":[],"master":"br0","state":""},{"mac":"82:3c:b4:03:a0:50","flags":[],"master":"br0","state":"permanent"},{"mac":"1e:9c:bf:9b:ed:a2","dst":"fd02::1","flags":["self"],"state":""},{"mac":"00:00:00:00:00:00","dst":"fd02::1","flags":["self"],"state":"permanent"}]',
};

describe("what ip and bridge print of a vxlan", () => {
    const queries = (more: Wanted = {}) => vxlan.queries({ ...spec, ...more }, owner);

    it("is the tunnel over IPv4, with its device", () => {
        const found = queries().link.read(PRINTED.ipv4);
        const made = { vni: 9, local: "10.0.0.1", port: 4789, device: "ea", learning: true };
        assert.deepEqual([found?.kind, found?.mtu, found?.vxlan], ["vxlan", 1450, made]);
    });

    it("is the tunnel over IPv6, without learning", () => {
        const found = queries().link.read(PRINTED.ipv6);
        const made = { vni: 7, local: "fd00::1", port: 8472, device: undefined, learning: false };
        assert.deepEqual([found?.kind, found?.vxlan], ["vxlan", made]);
    });

    it("is the underlay: who has the address, or the device that is given", () => {
        assert.equal(queries().underlay.ask, "addr show to 10.0.0.1");
        assert.equal(queries({ device: "ea" }).underlay.ask, "addr show dev ea");
        const { underlay } = queries({ local: "fd00::1" });
        assert.deepEqual([underlay.read(PRINTED.underlay)?.name, underlay.read(PRINTED.underlay)?.mtu], ["ea", 9000]);
        assert.equal(underlay.read("[]"), undefined);
        assert.equal(underlay.read(undefined), undefined);
        const survey = `${PRINTED.loopback.slice(0, -1)},${PRINTED.underlay.slice(1)}`;
        assert.equal(underlay.read(survey)?.name, "ea");
        assert.equal(queries({ device: "ea" }).underlay.read(survey)?.name, "ea");
        assert.equal(queries().underlay.read(survey)?.name, "lo");
        assert.equal(queries({ local: "10.0.0.9" }).underlay.read(survey), undefined);
    });

    it("is the remotes, and nothing else of the forwarding table", () => {
        const { remotes } = queries();
        assert.deepEqual([remotes.source, remotes.ask], ["bridge", "fdb show dev vx0"]);
        assert.deepEqual(remotes.read(PRINTED.port), [{ address: "fd02::1", more: [] }]);
        assert.deepEqual(remotes.read(PRINTED.remotes), [
            { address: "10.0.0.2", more: [] },
            { address: "10.0.0.4", more: ["port", 8472] },
            { address: "10.0.0.2", more: ["vni", 8] },
            { address: "10.0.0.2", more: ["via", "ea"] },
        ]);
        assert.deepEqual(remotes.read("[]"), []);
        assert.deepEqual(remotes.read(undefined), []);
    });
});

describe("what is seen of a vxlan", () => {
    const see = (
        found: LinkState | undefined,
        {
            mine = false,
            others = [] as StoredRecord[],
            wanted = spec,
            underlay = undefined as LinkState | undefined,
        } = {},
    ) =>
        vxlan.observe(
            { link: found, underlay, remotes: [{ address: "10.0.0.2", more: [] }], others },
            wanted,
            story(wanted, mine ? { mine: wanted } : undefined),
        );
    const what = (found: LinkState, mine = false) => see(found, { mine }).foreign;

    it("is nothing", () => assert.deepEqual(see(undefined), { state: undefined }));

    it("is ours, by its tag, with what an Address has put on it", () => {
        const claim = { owner: "lab/dev/extra", spec: { device: "vx0", address: "10.8.8.8/24" } };
        const record = { boot: "boot", kind: "Address", claims: [claim], before: {} };
        assert.deepEqual(see(ourLink(), { others: [record] }), {
            state: state({ others: ["10.8.8.8/24"], derivedMtu: undefined }),
        });
    });

    it("has the MTU that its underlay leaves", () => {
        const derived = (underlay: LinkState | undefined, wanted = spec) =>
            see(ourLink(), { underlay, wanted }).state?.derivedMtu;
        assert.equal(derived(link({ name: "eth0", mtu: 9000 })), 8950);
        assert.equal(derived(link({ name: "eth0", mtu: 9000 }), spec6), 8930);
        assert.equal(derived(link({ name: "lo", mtu: 65536 })), 1450, "an address on lo says nothing of the way out");
        assert.equal(derived(undefined), undefined);
    });

    it("is ours, killed before it had its tag, by its group and the record", () => {
        const untagged = ourLink({ link: { alias: undefined } });
        assert.deepEqual(see(untagged, { mine: true }).state?.link, untagged);
        assert.equal(what(untagged)?.what, "a vxlan named vx0 on the host");
        const foreign = ourLink({ link: { alias: undefined, group: 0 } });
        assert.equal(what(foreign, true)?.what, "a vxlan named vx0 on the host");
    });

    it("is a stranger's, another stack's, or of another kind in spite of our tag", () => {
        assert.deepEqual(what(ourLink({ link: { alias: "uplink", group: 0 } })), {
            property: "name",
            what: 'a vxlan named vx0 on the host (alias "uplink")',
            owner: undefined,
        });
        assert.equal(what(ourLink({ link: { alias: `linuxnet:${OTHERS}` } }))?.owner, OTHERS);
        assert.equal(what(link({ name: "vx0", kind: "veth" }), true)?.what, "a veth named vx0 on the host");
    });
});

describe("a vxlan's inputs, read back", () => {
    const read = (wanted: Wanted, present: Present = {}) => vxlan.inputs(state(present), { ...spec, ...wanted });

    it("are those that were given", () => {
        assert.deepEqual(read({}), spec);
        assert.deepEqual(read({}, { link: { macAddress: "02:00:00:00:00:99", master: "br9" } }), spec);
        const all = {
            namespace: "ns1",
            device: "eth0",
            learning: true,
            port: 4789,
            bridge: "br0",
            addresses: "10.9.0.1/24",
            mtu: 1450,
            macAddress: MAC,
            up: true,
        };
        const found = { addresses: [address("10.9.0.1/24")], master: "br0" };
        assert.deepEqual(read(all, { link: found, tunnel: { device: "eth0" } }), { ...spec, ...all });
        const two = { remotes: "10.0.0.3, 10.0.0.2" };
        assert.deepEqual(read(two, { remotes: ["10.0.0.2", "10.0.0.3"] }), { ...spec, ...two });
    });

    const drifts: readonly [string, Wanted, Present, object][] = [
        ["a remote was taken away", { remotes: "10.0.0.2, 10.0.0.3" }, {}, { remotes: "10.0.0.2" }],
        ["all remotes were", {}, { remotes: [] }, { remotes: "" }],
        ["a remote was put there", {}, { remotes: ["10.0.0.9", "10.0.0.2"] }, { remotes: "10.0.0.2, 10.0.0.9" }],
        [
            "one was put there twice, in two ways",
            {},
            {
                remotes: [["10.0.0.9", "port", 8472], ["10.0.0.9", "via", "eth0"], "10.0.0.2"],
            },
            { remotes: "10.0.0.2, 10.0.0.9" },
        ],
        ["learning was turned off", {}, { tunnel: { learning: false } }, { learning: false }],
        ["learning was turned on", { learning: false }, {}, { learning: true }],
        ["its MTU was changed", { mtu: 1400 }, {}, { mtu: 1450 }],
        ["its MTU is not what the underlay leaves", {}, { derivedMtu: 1350 }, { mtu: 1450 }],
        ["it was set down", {}, { link: { up: false } }, { up: false }],
        ["it was taken from its bridge", { bridge: "br0" }, {}, { bridge: undefined }],
        ["it was moved", { bridge: "br0" }, { link: { master: "br9" } }, { bridge: "br9" }],
        ["it was renamed", {}, { link: { name: "vx9" }, remotes: [] }, { name: "vx9" }],
        ["another network", {}, { tunnel: { vni: 8 } }, { vni: 8 }],
        ["another address", {}, { tunnel: { local: "10.0.0.9" } }, { local: "10.0.0.9" }],
        ["another port", {}, { tunnel: { port: 8472 } }, { port: 8472 }],
        ["a device", {}, { tunnel: { device: "eth0" } }, { device: "eth0" }],
        ["another MAC address", { macAddress: "02:00:00:00:00:07" }, {}, { macAddress: MAC }],
    ];
    for (const [what, wanted, present, shown] of drifts) {
        it(`show that alone: ${what}`, () => {
            const without = Object.fromEntries(
                Object.entries({ ...spec, ...wanted, ...shown }).filter(([, value]) => value !== undefined),
            );
            assert.deepEqual(read(wanted, present), without);
        });
    }

    it("can be recalled, whatever they are", () => {
        const present = { remotes: [["10.0.0.9", "port", 1] as const, ["10.0.0.9", "port", 2] as const] };
        assert.equal(vxlanSchema.recall(read({}, present)).remotes, "10.0.0.9");
    });

    it("say nothing of the MTU while no device has its own address", () => {
        assert.deepEqual(read({}, { derivedMtu: undefined, link: { mtu: 1234 } }), spec);
    });

    it("stand beside what programs can read", () => {
        const addresses = [address("10.9.0.1/24"), address("fe80::1/64", { automatic: true })];
        assert.deepEqual(vxlan.outputs(state({ link: { addresses } }), spec), {
            link: { macAddress: MAC, mtu: 1450, addresses: ["10.9.0.1/24"] },
        });
    });
});

describe("a vxlan", () => {
    it("is known by its name and place, and recorded there", () => {
        assert.equal(vxlan.id(spec), "vx0");
        assert.equal(vxlan.id({ ...spec, namespace: "ns1" }), "vx0@ns1");
        const { place, key } = vxlan.record({ ...spec, namespace: "ns1" });
        assert.equal(recordFile(place, vxlan.name, key).path, "/run/linuxnet/netns.ns1/Vxlan.vx0.json");
        assert.deepEqual(vxlan.disturbs?.({ ...spec, namespace: "ns1" }), [{ place: "ns1", name: "vx0" }]);
    });

    it("is replaced for what the kernel does not change, or the design does not", () => {
        assert.deepEqual([...vxlan.identity].sort(), ["device", "host", "local", "name", "namespace", "port", "vni"]);
    });

    it("takes 50 bytes over IPv4 and 70 over IPv6, on the port of RFC 7348", () => {
        assert.deepEqual([vxlanOverhead("10.0.0.1"), vxlanOverhead("fd00::1"), VXLAN_PORT], [50, 70, 4789]);
    });
});

describe("a vxlan's inputs", () => {
    const problems = (more: Record<string, unknown>) =>
        vxlanSchema
            .check({ ...spec, ...more })
            .problems.map(({ property, given, expected, advice }) =>
                [property, given, expected, advice].filter((part) => part !== undefined).join(" | "),
            );

    it("are in the kernel's bounds", () => {
        for (const vni of [0, 1, 16777215]) assert.deepEqual(problems({ vni }), []);
        const vni = "a VXLAN network identifier from 0 to 16777215";
        assert.deepEqual(problems({ vni: 16777216 }), [`vni | 16777216 | ${vni}`]);
        assert.deepEqual(problems({ vni: -1 }), [`vni | -1 | ${vni}`]);
        assert.deepEqual(problems({ vni: "7" }), [`vni | "7" | ${vni}, not text`]);
        assert.deepEqual(problems({ vni: undefined }), ["vni | nothing | a value: it is required"]);
        for (const port of [1, 65535]) assert.deepEqual(problems({ port }), []);
        assert.deepEqual(problems({ port: 0 }), ["port | 0 | a UDP port from 1 to 65535"]);
        assert.deepEqual(problems({ learning: "no" }), ['learning | "no" | true or false']);
    });

    it("have addresses without prefix lengths, each once", () => {
        const expected = "an address without a prefix length, such as 192.168.1.1 or fd00::1";
        assert.deepEqual(problems({ local: "10.0.0.1/24" }), [
            `local | "10.0.0.1/24" | ${expected} | a prefix length has no place here`,
        ]);
        assert.deepEqual(problems({ remotes: "10.0.0.2, 224.0.0.1" }), [
            `remotes | "10.0.0.2, 224.0.0.1" | ${expected} | "224.0.0.1": no host can have this address`,
        ]);
        assert.deepEqual(problems({ remotes: "fd00::2, fd00:0::2" }), [
            'remotes | "fd00::2, fd00:0::2" | each address once | fd00::2 is twice',
        ]);
        assert.deepEqual(problems({ remotes: undefined }), ["remotes | nothing | a value: it is required"]);
        const { inputs } = vxlanSchema.check({ ...spec, local: "FD00:0::1", remotes: "fd00:0:0::2" });
        assert.deepEqual([inputs["local"], inputs["remotes"]], ["fd00::1", "fd00::2"]);
        assert.deepEqual(problems({ remotes: "" }), []);
    });

    const mistakes = (more: Wanted, unknown: readonly string[] = []) =>
        vxlanMistakes({ ...spec, ...more }, unknown).map(({ property, given, expected, advice }) =>
            [property, given, expected, advice].filter((part) => part !== undefined).join(" | "),
        );

    it("agree with each other", () => {
        assert.deepEqual(mistakes({}), []);
        assert.deepEqual(mistakes(spec6), []);
        assert.deepEqual(mistakes({ remotes: "10.0.0.2, 10.0.0.1" }), [
            "remotes | \"10.0.0.1\" | other hosts' addresses: this is local's",
        ]);
        assert.deepEqual(mistakes({ remotes: "10.0.0.2, fd00::2" }), [
            'remotes | "fd00::2" | an IPv4 address like local\'s, 10.0.0.1',
        ]);
        assert.deepEqual(mistakes({ local: "fd00::1" }), [
            'remotes | "10.0.0.2" | an IPv6 address like local\'s, fd00::1',
        ]);
        assert.deepEqual(mistakes({ mtu: 1279, addresses: "fd09::1/64" }), [
            "mtu | 1279 | at least 1280: the end has the IPv6 address fd09::1/64 | RFC 8200; the kernel would drop the address",
        ]);
        assert.deepEqual(mistakes({ mtu: 1280, addresses: "fd09::1/64" }), []);
    });

    it("name the device over which a link-local address is reached", () => {
        const text = (one: string) => [
            `device | nothing | the device over which the link-local address ${one} is reached`,
        ];
        assert.deepEqual(mistakes({ local: "fe80::1", remotes: "fe80::2" }), text("fe80::1"));
        assert.deepEqual(mistakes({ local: "fd00::1", remotes: "fe80::2" }), text("fe80::2"));
        assert.deepEqual(mistakes({ local: "fe80::1", remotes: "fe80::2", device: "eth0" }), []);
        assert.deepEqual(mistakes({ local: "fe80::1", remotes: "fe80::2" }, ["device"]), []);
    });

    it("are not judged where they are not known yet", () => {
        assert.deepEqual(vxlanMistakes({ vni: 7, remotes: "10.0.0.2, fd00::2" }), []);
        assert.deepEqual(vxlanMistakes({ vni: 7, local: "10.0.0.1" }), []);
        assert.deepEqual(vxlanMistakes({}), []);
    });
});
