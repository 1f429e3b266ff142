import assert from "node:assert/strict";
import fc from "fast-check";
import { addressSchema } from "../../model/address";
import { bridgeSchema } from "../../model/bridge";
import { forwardingSettingSchema } from "../../model/forwarding-setting";
import { namespaceSchema } from "../../model/namespace";
import { reachabilitySchema } from "../../model/reachability";
import { routeSchema } from "../../model/route";
import { joinList, type Schema, SECRET, splitList, UNKNOWN } from "../../model/schema";
import { vethPairSchema } from "../../model/veth-pair";
import { toFailures } from "../../provider/dynamic";

type Given = Record<string, unknown>;

/** The mistakes as the user reads them. */
const told = (schema: Schema<unknown>, inputs: Given): string[] =>
    toFailures(schema.check(inputs).problems).map(({ reason }) => reason);

const kinds = {
    address: { schema: addressSchema, good: { device: "eth0", address: "10.0.0.1/24" } },
    bridge: { schema: bridgeSchema, good: { name: "br0" } },
    forwarding: { schema: forwardingSettingSchema, good: { ipv4: true } },
    namespace: { schema: namespaceSchema, good: { name: "ns1" } },
    reachability: { schema: reachabilitySchema, good: { to: "10.0.0.1" } },
    route: { schema: routeSchema, good: { destination: "10.0.0.0/8", gateway: "10.0.0.1" } },
    pair: { schema: vethPairSchema, good: { leftName: "a", rightName: "b" } },
} as const;
type KindName = keyof typeof kinds;

const interfaceExpected = "expected an interface name: 1 to 15 of letters, digits, _ . -, not lo, all, default or help";
const namespaceExpected = "expected a namespace name: 1 to 63 of letters, digits, _ . -, beginning with a letter or _";
const addressExpected = "expected an address with its prefix length, such as 192.168.1.1/24 or fd00::1/64";
const plainExpected = "expected an address without a prefix length, such as 192.168.1.1 or fd00::1";
const destinationExpected = 'expected a destination such as 192.168.2.0/24, fd00:2::/64 or "default"';
const hopsExpected = "expected next hops with gateway, device or both";
const hopNeeds = "a gateway or a device is needed, and a weight from 1 to 256";

const mistakes: readonly [KindName, Given, ...string[]][] = [
    ["bridge", { name: "a-name-of-17-byte" }, 'name: given "a-name-of-17-byte"', interfaceExpected, "it has 17 bytes"],
    ["bridge", { name: "brücken-über-Elbe" }, 'name: given "brücken-über-Elbe"', interfaceExpected, "it has 19 bytes"],
    ["namespace", { name: "x".repeat(64) }, `name: given "${"x".repeat(64)}"`, namespaceExpected, "it has 64 bytes"],
    ["bridge", { name: "lo" }, 'name: given "lo"', interfaceExpected],
    ["bridge", { name: "brücke" }, 'name: given "brücke"', interfaceExpected],
    ["bridge", { name: "$(x)" }, 'name: given "$(x)"', interfaceExpected],
    ["bridge", { name: "" }, 'name: given ""', interfaceExpected],
    ["bridge", { name: 7 }, "name: given 7", "expected text"],
    ["bridge", { name: undefined }, "name: given nothing", "expected a value: it is required"],
    ["bridge", { mtu: 67 }, "mtu: given 67", "expected an MTU in bytes from 68 to 65535"],
    ["bridge", { mtu: 65536 }, "mtu: given 65536", "expected an MTU in bytes from 68 to 65535"],
    ["bridge", { mtu: 1500.5 }, "mtu: given 1500.5", "expected an MTU in bytes from 68 to 65535"],
    ["bridge", { mtu: "1500" }, 'mtu: given "1500"', "expected an MTU in bytes from 68 to 65535, not text"],
    ["bridge", { stp: "yes" }, 'stp: given "yes"', "expected true or false"],
    ["bridge", { up: 1 }, "up: given 1", "expected true or false"],
    ["bridge", { namespace: "1" }, 'namespace: given "1"', namespaceExpected],
    ["bridge", { namespace: "../x" }, 'namespace: given "../x"', namespaceExpected],
    [
        "bridge",
        { host: "-left" },
        'host: given "-left"',
        "expected a host: its name in linuxnet:hosts, or a SimulatedHost",
    ],
    [
        "bridge",
        { host: "left/" },
        'host: given "left/"',
        "expected a host: its name in linuxnet:hosts, or a SimulatedHost",
    ],
    [
        "bridge",
        { macAddress: "02:00:00:00:00" },
        'macAddress: given "02:00:00:00:00"',
        "expected a MAC address such as 02:00:00:00:00:01",
    ],
    [
        "bridge",
        { macAddress: "03:00:00:00:00:01" },
        'macAddress: given "03:00:00:00:00:01"',
        "expected a unicast MAC address",
        "the lowest bit of its first byte must be 0",
    ],
    [
        "bridge",
        { macAddress: "00:00:00:00:00:00" },
        'macAddress: given "00:00:00:00:00:00"',
        "expected a MAC address other than zero",
    ],
    [
        "bridge",
        { addresses: "10.0.0.1/24, 10.2/16" },
        'addresses: given "10.0.0.1/24, 10.2/16"',
        addressExpected,
        '"10.2/16": Invalid IPv4 address',
    ],
    [
        "bridge",
        { addresses: "10.0.0.1/24,10.0.0.2/24" },
        'addresses: given "10.0.0.1/24,10.0.0.2/24"',
        addressExpected,
        '"10.0.0.1/24,10.0.0.2/24": it has a character that no address has',
    ],
    [
        "bridge",
        { addresses: "fd00::1/64, FD00:0::1/64" },
        'addresses: given "fd00::1/64, FD00:0::1/64"',
        "expected each address once",
        "fd00::1/64 is twice",
    ],
    [
        "bridge",
        { addresses: "224.0.0.1/24" },
        'addresses: given "224.0.0.1/24"',
        addressExpected,
        '"224.0.0.1/24": no interface can have this address',
    ],
    [
        "bridge",
        { colour: "red" },
        'colour: given "red"',
        "expected one of its properties: namespace, host, name, addresses, mtu, macAddress, stp, up",
    ],
    [
        "pair",
        { leftColour: 1 },
        "left.colour: given 1",
        "expected one of its properties: namespace, host, name, addresses, bridge, mtu, macAddress, up",
    ],
    ["pair", { rightName: "a b" }, 'right.name: given "a b"', interfaceExpected],
    [
        "pair",
        { leftAddresses: "10.0.0.1" },
        'left.addresses: given "10.0.0.1"',
        addressExpected,
        '"10.0.0.1": the prefix length is missing',
    ],
    ["pair", { leftBridge: "lo" }, 'left.bridge: given "lo"', interfaceExpected],
    ["namespace", { name: "1st" }, 'name: given "1st"', namespaceExpected],
    ["namespace", { name: "a/b" }, 'name: given "a/b"', namespaceExpected],
    ["namespace", { netns: "a" }, 'netns: given "a"', "expected one of its properties: name, host, loopback"],
    ["address", { address: "10.0.0.1" }, 'address: given "10.0.0.1"', addressExpected, "the prefix length is missing"],
    [
        "address",
        { address: "010.3.0.1/24" },
        'address: given "010.3.0.1/24"',
        addressExpected,
        "IPv4 addresses can't have leading zeroes",
    ],
    [
        "address",
        { device: "a/b" },
        'device: given "a/b"',
        "expected the name of a network device, 1 to 15 of letters, digits, _ . -",
    ],
    [
        "route",
        { gateway: "10.0.0.1/24" },
        'gateway: given "10.0.0.1/24"',
        plainExpected,
        "a prefix length has no place here",
    ],
    ["route", { gateway: "0.0.0.0" }, 'gateway: given "0.0.0.0"', plainExpected, "no host can have this address"],
    [
        "route",
        { gateway: "fe80::1%eth0" },
        'gateway: given "fe80::1%eth0"',
        plainExpected,
        "it has a character that no address has",
    ],
    [
        "route",
        { destination: "10.0.0.1/24" },
        'destination: given "10.0.0.1/24"',
        destinationExpected,
        "host bits are set; did you mean 10.0.0.0/24?",
    ],
    [
        "route",
        { destination: "fd00::1/64" },
        'destination: given "fd00::1/64"',
        destinationExpected,
        "host bits are set; did you mean fd00::/64?",
    ],
    [
        "route",
        { destination: "Default" },
        'destination: given "Default"',
        destinationExpected,
        "it has a character that no address has",
    ],
    ["route", { destination: undefined }, "destination: given nothing", "expected a value: it is required"],
    ["route", { metric: -1 }, "metric: given -1", "expected a metric from 0 to 4294967295"],
    ["route", { table: 0 }, "table: given 0", "expected a routing table's number from 1 to 4294967295"],
    [
        "route",
        { table: "main" },
        'table: given "main"',
        "expected a routing table's number from 1 to 4294967295, not text",
    ],
    ["route", { mtu: 67 }, "mtu: given 67", "expected an MTU in bytes from 68 to 65520"],
    ["route", { mtu: 65521 }, "mtu: given 65521", "expected an MTU in bytes from 68 to 65520"],
    ["route", { type: "throw" }, 'type: given "throw"', "expected one of unicast, blackhole, unreachable, prohibit"],
    ["route", { onlink: "x" }, 'onlink: given "x"', "expected true or false"],
    [
        "route",
        { preferredSource: "10.0.0.1/8" },
        'preferredSource: given "10.0.0.1/8"',
        plainExpected,
        "a prefix length has no place here",
    ],
    ["route", { nexthops: "weight 2" }, 'nexthops: given "weight 2"', hopsExpected, `"weight 2": ${hopNeeds}`],
    [
        "route",
        { nexthops: "via 10.0.0.1 weight 0" },
        'nexthops: given "via 10.0.0.1 weight 0"',
        hopsExpected,
        `"via 10.0.0.1 weight 0": ${hopNeeds}`,
    ],
    [
        "route",
        { nexthops: "via 10.0.0.1 weight 257" },
        'nexthops: given "via 10.0.0.1 weight 257"',
        hopsExpected,
        `"via 10.0.0.1 weight 257": ${hopNeeds}`,
    ],
    [
        "route",
        { nexthops: "via 10.0.0.1, via 10.2" },
        'nexthops: given "via 10.0.0.1, via 10.2"',
        hopsExpected,
        '"via 10.2": Invalid IPv4 address',
    ],
    [
        "route",
        { nexthops: "via 10.0.0.1 onlink" },
        'nexthops: given "via 10.0.0.1 onlink"',
        hopsExpected,
        `"via 10.0.0.1 onlink": ${hopNeeds}`,
    ],
    ["forwarding", { ipv4: 1 }, "ipv4: given 1", "expected true or false"],
    [
        "forwarding",
        { ipv5: true },
        "ipv5: given true",
        "expected one of its properties: namespace, host, ipv4, ipv6, persist",
    ],
    [
        "reachability",
        { to: "example.org" },
        'to: given "example.org"',
        plainExpected,
        "it has a character that no address has",
    ],
    [
        "reachability",
        { expect: "yes" },
        'expect: given "yes"',
        "expected one of reply, no-reply, unreachable, or { ttl: … }",
    ],
    ["reachability", { expectTtl: 256 }, "expectTtl: given 256", "expected a ttl from 1 to 255"],
    [
        "reachability",
        { packetBytes: 27 },
        "packetBytes: given 27",
        "expected the size of the whole IP packet in bytes from 28 to 65535",
    ],
    ["reachability", { timeoutSeconds: 61 }, "timeoutSeconds: given 61", "expected seconds from 1 to 60"],
    ["reachability", { fromNamespace: "1" }, 'from.namespace: given "1"', namespaceExpected],
];

describe("a mistake in a property", () => {
    for (const [kind, inputs, ...lines] of mistakes) {
        it(`of ${kind}: ${lines[0]}`, () => {
            const { schema, good } = kinds[kind];
            assert.deepEqual(told(schema, { ...good, ...inputs }), [lines.join("\n")]);
        });
    }

    it("does not hide another", () => {
        const { problems } = bridgeSchema.check({ name: "lo", mtu: 1, colour: 1 });
        assert.deepEqual(
            problems.map(({ property }) => property),
            ["colour", "name", "mtu"],
        );
    });
});

describe("a list that no kernel can keep", () => {
    it("has one IPv6 address with two lengths", () => {
        const given = "fd00::1/64, fd00::1/48";
        assert.equal(bridgeSchema.check({ name: "br0", addresses: given }).problems[0]?.property, "addresses");
        const ipv4 = { name: "br0", addresses: "10.0.0.1/24, 10.0.0.1/16" };
        assert.deepEqual(bridgeSchema.check(ipv4), { inputs: ipv4, problems: [] });
    });

    it("has no next hop", () => {
        const inputs = { destination: "10.0.0.0/8", nexthops: "" };
        assert.equal(routeSchema.check(inputs).problems[0]?.property, "nexthops");
    });

    it("has a next hop that no host can be", () => {
        const inputs = { destination: "10.0.0.0/8", nexthops: "via 10.0.0.1, via 224.0.0.1" };
        assert.equal(routeSchema.check(inputs).problems[0]?.property, "nexthops");
    });
});

describe("inputs that are right", () => {
    const spelt: readonly [KindName, Given, Given][] = [
        ["bridge", { addresses: "FD00:0::1/64, 10.0.0.1/24" }, { addresses: "fd00::1/64, 10.0.0.1/24" }],
        ["bridge", { addresses: "" }, { addresses: "" }],
        ["bridge", { macAddress: "02:AB:00:00:00:01" }, { macAddress: "02:ab:00:00:00:01" }],
        ["bridge", { host: "local" }, { host: "local" }],
        ["route", { destination: "FD00:0::/64" }, { destination: "fd00::/64" }],
        ["route", { destination: "10.1.2.3" }, { destination: "10.1.2.3/32" }],
        ["route", { destination: "fd00::1" }, { destination: "fd00::1/128" }],
        ["route", { destination: "default" }, { destination: "default" }],
        ["route", { destination: "::/0" }, { destination: "::/0" }],
        ["route", { gateway: "FE80:0::1" }, { gateway: "fe80::1" }],
        [
            "route",
            { nexthops: "via FD00:0::1 weight 1, dev eth0 weight 2" },
            { nexthops: "via fd00::1, dev eth0 weight 2" },
        ],
        ["route", { nexthops: "via 10.0.0.1 dev eth0 weight 256" }, { nexthops: "via 10.0.0.1 dev eth0 weight 256" }],
        ["address", { address: "FD00:0::1/64", device: "lo" }, { address: "fd00::1/64", device: "lo" }],
        ["reachability", { to: "FD00:0::1" }, { to: "fd00::1" }],
    ];
    for (const [kind, given, canonical] of spelt) {
        it(`are spelt in one way: ${JSON.stringify(given)} of ${kind}`, () => {
            const { schema, good } = kinds[kind];
            const expected = { ...good, ...canonical };
            assert.deepEqual(schema.check({ ...good, ...given }), { inputs: expected, problems: [] });
            assert.deepEqual(schema.check(expected), { inputs: expected, problems: [] });
            assert.deepEqual(schema.parse({ ...good, ...given }), expected);
        });
    }

    it("keep what is not known yet, and leave out what the engine adds", () => {
        for (const { schema, good } of Object.values(kinds)) {
            const unknown = Object.fromEntries(schema.keys.map((key) => [key, UNKNOWN]));
            assert.deepEqual(schema.check({ ...unknown, __provider: "x" }), { inputs: unknown, problems: [] });
            assert.deepEqual(schema.check({ ...good, __provider: "x" }), { inputs: good, problems: [] });
        }
    });

    it("are no secrets: what the SDK sends in the place of one is refused, whatever the property", () => {
        for (const { schema } of Object.values(kinds)) {
            const { problems } = schema.check(Object.fromEntries(schema.keys.map((key) => [key, SECRET])));
            assert.deepEqual(
                problems.map(({ property, given }) => `${property}: ${given}`),
                schema.keys.map((key) => `${key}: a secret`),
            );
        }
    });

    it("are parsed out of all of a resource's properties", () => {
        const properties = { name: "br0", stp: undefined, device: { mtu: 1500 }, revision: "x", __provider: "y" };
        assert.deepEqual(bridgeSchema.parse(properties), { name: "br0" });
        assert.throws(() => bridgeSchema.parse({ name: "lo" }));
    });

    it("are recalled out of a state, without what no program could ask for", () => {
        const state = { name: "br0", mtu: 30, addresses: "224.0.0.1/24", up: false, revision: "x" };
        assert.deepEqual(bridgeSchema.recall(state), { name: "br0", up: false });
    });
});

describe("a list on the wire", () => {
    it("is what it was", () => {
        assert.equal(joinList(["10.0.0.1/24", "fd00::1/64"]), "10.0.0.1/24, fd00::1/64");
        assert.deepEqual(splitList(""), []);
        const items = fc.array(fc.stringMatching(/^[0-9a-f:./]{1,20}$/));
        fc.assert(
            fc.property(items, (list) => assert.deepEqual(splitList(joinList(list)), list)),
            { numRuns: 1000 },
        );
    });
});
