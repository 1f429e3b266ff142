import assert from "node:assert/strict";
import fc from "fast-check";
import {
    objectWords,
    parseEveryRoute,
    parseRoutes,
    type RouteHop,
    type RouteState,
    routeKey,
    routeRemoval,
    routeWords,
} from "../../provider/route-state";

const unicast: RouteState = {
    type: "unicast",
    destination: "10.2.0.0/16",
    family: 4,
    table: 254,
    metric: 0,
    protocol: 157,
    scope: 0,
    preferredSource: undefined,
    mtu: undefined,
    onlink: false,
    hops: [{ gateway: "10.1.0.1", device: "ve0", weight: 1 }],
};
const over = (gateway: string | undefined, device: string | undefined = "ve0", weight = 1) => ({
    gateway,
    device,
    weight,
});

/** What `ip -N -j -d route show table all` of iproute2 6.1 says, what it means, and the words that make it. */
const real: readonly [string, Partial<RouteState>, string][] = [
    [
        '{"type":"1","dst":"default","gateway":"10.1.0.1","dev":"ve0","table":"254","protocol":"157","scope":"0","flags":[]}',
        { destination: "0.0.0.0/0" },
        "0.0.0.0/0 via 10.1.0.1 dev ve0 proto 157",
    ],
    [
        '{"type":"1","dst":"default","gateway":"fd01::1","dev":"ve0","table":"254","protocol":"157","scope":"0","metric":1024,"flags":[],"pref":"medium"}',
        { destination: "::/0", family: 6, metric: 1024, hops: [over("fd01::1")] },
        "::/0 via fd01::1 dev ve0 metric 1024 proto 157",
    ],
    [
        '{"type":"1","dst":"fd09::/64","gateway":"::10.1.0.1","dev":"ve0","table":"254","protocol":"157","scope":"0","prefsrc":"::10.1.0.2","metric":1024,"flags":[],"pref":"medium"}',
        {
            destination: "fd09::/64",
            family: 6,
            metric: 1024,
            preferredSource: "::a01:2",
            hops: [over("::a01:1")],
        },
        "fd09::/64 via ::a01:1 dev ve0 metric 1024 proto 157 src ::a01:2",
    ],
    [
        '{"type":"1","dst":"10.9.0.0/16","gateway":"10.1.0.1","dev":"ve0","table":"254","protocol":"157","scope":"0","prefsrc":"10.1.0.3","metric":5,"flags":[],"metrics":[{"mtu":1300}]}',
        { destination: "10.9.0.0/16", metric: 5, preferredSource: "10.1.0.3", mtu: 1300 },
        "10.9.0.0/16 via 10.1.0.1 dev ve0 metric 5 proto 157 src 10.1.0.3 mtu 1300",
    ],
    [
        '{"type":"1","dst":"10.1.0.0/24","dev":"ve0","table":"254","protocol":"2","scope":"253","prefsrc":"10.1.0.2","flags":[]}',
        { destination: "10.1.0.0/24", protocol: 2, scope: 253, preferredSource: "10.1.0.2", hops: [over(undefined)] },
        "10.1.0.0/24 dev ve0 proto 2 scope 253 src 10.1.0.2",
    ],
    [
        '{"type":"1","dst":"fd01::/64","dev":"ve0","table":"254","protocol":"2","scope":"0","metric":256,"flags":[],"pref":"medium"}',
        { destination: "fd01::/64", family: 6, protocol: 2, metric: 256, hops: [over(undefined)] },
        "fd01::/64 dev ve0 metric 256 proto 2",
    ],
    [
        '{"type":"6","dst":"10.8.0.0/16","table":"254","protocol":"157","scope":"0","flags":[]}',
        { type: "blackhole", destination: "10.8.0.0/16", hops: [] },
        "blackhole 10.8.0.0/16 proto 157",
    ],
    [
        '{"type":"7","dst":"10.8.1.0/24","table":"100","protocol":"157","scope":"0","flags":[]}',
        { type: "unreachable", destination: "10.8.1.0/24", table: 100, hops: [] },
        "unreachable 10.8.1.0/24 table 100 proto 157",
    ],
    [
        '{"type":"8","dst":"10.8.2.5","table":"254","protocol":"157","scope":"0","flags":[]}',
        { type: "prohibit", destination: "10.8.2.5/32", hops: [] },
        "prohibit 10.8.2.5/32 proto 157",
    ],
    [
        '{"type":"6","dst":"fd08::/48","dev":"lo","table":"254","protocol":"157","scope":"0","metric":1024,"flags":[],"pref":"medium"}',
        { type: "blackhole", destination: "fd08::/48", family: 6, metric: 1024, hops: [] },
        "blackhole fd08::/48 metric 1024 proto 157",
    ],
    [
        '{"type":"1","dst":"10.7.0.0/16","table":"254","protocol":"157","scope":"0","flags":[],"nexthops":[{"gateway":"10.1.0.1","dev":"ve0","weight":2,"flags":[]},{"gateway":"10.1.0.9","dev":"ve0","weight":1,"flags":[]}]}',
        { destination: "10.7.0.0/16", hops: [over("10.1.0.1", "ve0", 2), over("10.1.0.9")] },
        "10.7.0.0/16 proto 157 nexthop via 10.1.0.1 dev ve0 weight 2 nexthop via 10.1.0.9 dev ve0 weight 1",
    ],
    [
        '{"type":"1","dst":"fd07::/48","table":"254","protocol":"157","scope":"0","metric":1024,"flags":[],"pref":"medium","nexthops":[{"gateway":"fd01::1","dev":"ve0","weight":2,"flags":[]},{"gateway":"fd01::9","dev":"ve0","weight":1,"flags":[]}]}',
        { destination: "fd07::/48", family: 6, metric: 1024, hops: [over("fd01::1", "ve0", 2), over("fd01::9")] },
        "fd07::/48 metric 1024 proto 157 nexthop via fd01::1 dev ve0 weight 2 nexthop via fd01::9 dev ve0 weight 1",
    ],
    [
        '{"type":"1","dst":"10.5.0.0/16","gateway":"192.0.2.1","dev":"ve0","table":"254","protocol":"157","scope":"0","flags":["onlink"]}',
        { destination: "10.5.0.0/16", onlink: true, hops: [over("192.0.2.1")] },
        "10.5.0.0/16 via 192.0.2.1 dev ve0 proto 157 onlink",
    ],
    [
        '{"type":"1","dst":"10.4.0.0/16","table":"254","protocol":"157","scope":"0","nexthops":[{"gateway":"192.0.2.1","dev":"ve0","weight":1,"flags":["onlink"]},{"gateway":"192.0.2.2","dev":"ve0","weight":1,"flags":["onlink"]}]}',
        { destination: "10.4.0.0/16", onlink: true, hops: [over("192.0.2.1"), over("192.0.2.2")] },
        "10.4.0.0/16 proto 157 nexthop via 192.0.2.1 dev ve0 weight 1 onlink nexthop via 192.0.2.2 dev ve0 weight 1 onlink",
    ],
    [
        '{"type":"1","dst":"fd04::/48","table":"254","protocol":"157","scope":"0","metric":1024,"flags":[],"pref":"medium","nexthops":[{"gateway":"fd33::1","dev":"ve0","weight":1,"flags":["onlink"]},{"gateway":"fd33::2","dev":"ve0","weight":1,"flags":["onlink"]}]}',
        { destination: "fd04::/48", family: 6, metric: 1024, onlink: true, hops: [over("fd33::1"), over("fd33::2")] },
        "fd04::/48 metric 1024 proto 157 nexthop via fd33::1 dev ve0 weight 1 onlink nexthop via fd33::2 dev ve0 weight 1 onlink",
    ],
    [
        '{"type":"1","dst":"10.50.0.0/16","gateway":"10.0.0.2","dev":"v1","protocol":"3","scope":"0","flags":[],"flow":{"to":"3"},"metrics":[{"mtu":1400,"window":5000,"rtt":100,"rttvar":50,"ssthresh":10,"cwnd":11,"advmss":1300,"reordering":5,"hoplimit":33,"initcwnd":20,"ecn":null,"rto_min":200,"initrwnd":30,"quickack":1,"congestion":"reno"}]}',
        {
            destination: "10.50.0.0/16",
            protocol: 3,
            mtu: 1400,
            hops: [{ ...over("10.0.0.2", "v1"), realms: "3" }],
            extras: "window 5000 rtt 100ms rttvar 50ms ssthresh 10 cwnd 11 advmss 1300 reordering 5 hoplimit 33 initcwnd 20 features ecn rto_min 200ms initrwnd 30 quickack 1 congctl reno".split(
                " ",
            ),
        },
        "10.50.0.0/16 via 10.0.0.2 dev v1 realms 3 proto 3 mtu 1400 window 5000 rtt 100ms rttvar 50ms ssthresh 10 cwnd 11 advmss 1300 reordering 5 hoplimit 33 initcwnd 20 features ecn rto_min 200ms initrwnd 30 quickack 1 congctl reno",
    ],
    [
        '{"type":"1","dst":"10.53.0.0/16","protocol":"3","scope":"0","flags":[],"nexthops":[{"gateway":"10.0.0.2","flow":{"from":"2","to":"4"},"dev":"v1","weight":3,"flags":[]},{"gateway":"10.0.0.3","dev":"v1","weight":1,"flags":[]}]}',
        {
            destination: "10.53.0.0/16",
            protocol: 3,
            hops: [{ ...over("10.0.0.2", "v1", 3), realms: "2/4" }, over("10.0.0.3", "v1")],
        },
        "10.53.0.0/16 proto 3 nexthop via 10.0.0.2 dev v1 realms 2/4 weight 3 nexthop via 10.0.0.3 dev v1 weight 1",
    ],
    [
        '{"type":"1","dst":"fd50::/32","gateway":"fd00::2","dev":"v1","protocol":"3","scope":"0","metric":1024,"flags":[],"expires":300,"metrics":[{"advmss":1300}],"pref":"high"}',
        {
            destination: "fd50::/32",
            family: 6,
            metric: 1024,
            protocol: 3,
            hops: [over("fd00::2", "v1")],
            extras: ["advmss", "1300", "pref", "high", "expires", "300"],
        },
        "fd50::/32 via fd00::2 dev v1 metric 1024 proto 3 advmss 1300 pref high expires 300",
    ],
    [
        '{"type":"2","dst":"10.1.0.2","dev":"ve0","table":"255","protocol":"2","scope":"254","prefsrc":"10.1.0.2","flags":[]}',
        {
            type: "local",
            destination: "10.1.0.2/32",
            table: 255,
            protocol: 2,
            scope: 254,
            preferredSource: "10.1.0.2",
            hops: [],
        },
        "local 10.1.0.2/32 table 255 proto 2 scope 254 src 10.1.0.2",
    ],
    [
        '{"type":"5","dst":"ff00::/8","dev":"ve0","table":"255","protocol":"2","scope":"0","metric":256,"flags":[],"pref":"medium"}',
        { type: "multicast", destination: "ff00::/8", family: 6, table: 255, protocol: 2, metric: 256, hops: [] },
        "multicast ff00::/8 table 255 metric 256 proto 2",
    ],
    [
        '{"type":"9","dst":"10.3.0.0/16","table":"254","protocol":"3","scope":"0","flags":[]}',
        { type: "other", destination: "10.3.0.0/16", protocol: 3, hops: [] },
        "other 10.3.0.0/16 proto 3",
    ],
    [
        '{"dst":"10.77.0.0/16","gateway":"192.0.2.9","dev":"ve1","flags":["linkdown"]}',
        { destination: "10.77.0.0/16", protocol: 0, hops: [over("192.0.2.9", "ve1")] },
        "10.77.0.0/16 via 192.0.2.9 dev ve1 proto 0",
    ],
];

describe("a route, as ip shows it", () => {
    for (const [json, expected, words] of real) {
        it(`is ${words}`, () => {
            const parsed = parseRoutes(`[${json}]`);
            assert.deepEqual(parsed, [{ ...unicast, ...expected }]);
            assert.equal(parsed.map((route) => routeWords(route).join(" ")).join("\n"), words);
        });
    }

    it("is one of many, in their order", () => {
        const all = parseRoutes(`[${real.map(([json]) => json).join(",")}]`);
        assert.deepEqual(
            all.map((route) => routeWords(route).join(" ")),
            real.map(([, , words]) => words),
        );
    });

    it("leads over its next hop object, as it did", () => {
        const json =
            '[{"type":"1","dst":"10.52.0.0/16","nhid":9,"protocol":"3","scope":"0","prefsrc":"10.0.0.1","flags":[],"nexthops":[{"gateway":"10.0.0.2","dev":"v1","weight":1,"flags":[]},{"gateway":"10.0.0.3","dev":"v1","weight":2,"flags":[]}]}]';
        const [route] = parseRoutes(json);
        assert.ok(route);
        assert.equal(objectWords(route)?.join(" "), "10.52.0.0/16 proto 3 src 10.0.0.1 nhid 9");
        assert.match(routeWords(route).join(" "), / nexthop via 10\.0\.0\.2 dev v1 weight 1 nexthop/);
        assert.equal(objectWords(unicast), undefined);
    });

    it("is beside those of a Route where its key has more, and not to be told where it is encapsulated", () => {
        const plain = '"type":"1","gateway":"10.0.0.2","dev":"v1","protocol":"3","scope":"0","flags":[]';
        const json = [
            `{"dst":"10.58.0.0/16","tos":"0x08",${plain}}`,
            `{"dst":"fd56::/32","from":"fd99::/64",${plain.replaceAll("10.0.0.2", "fd00::2")}}`,
            `{"dst":"10.55.0.0/16","encap":"ip","dst":"1.2.3.4",${plain}}`,
            `{"dst":"10.55.0.0/16","encap":"mpls","dst":"100/200",${plain}}`,
        ];
        assert.deepEqual(parseRoutes(`[${json}]`), []);
        assert.deepEqual(
            parseEveryRoute(`[${json}]`).map((route) => routeWords(route).join(" ")),
            [
                "10.58.0.0/16 tos 0x08 via 10.0.0.2 dev v1 proto 3",
                "fd56::/32 from fd99::/64 via fd00::2 dev v1 proto 3",
            ],
        );
    });

    it("is none", () => {
        assert.deepEqual(parseRoutes("[]"), []);
        assert.deepEqual(parseRoutes(undefined), []);
    });

    it("is not to be misunderstood", () => assert.throws(() => parseRoutes('[{"dst":7}]')));
});

/** What `ip` would show of a route that was added by these words. */
function shown(words: readonly (string | number)[]): string {
    const rest = words.map(String);
    const types: Record<string, string> = { blackhole: "6", unreachable: "7", prohibit: "8" };
    const type = types[rest[0] ?? ""];
    if (type !== undefined) rest.shift();
    const dst = rest.shift() ?? "";
    const json: Record<string, unknown> = { type: type ?? "1", dst: dst.replace(/^(0\.0\.0\.0|::)\/0$/, "default") };
    if (dst.includes(":")) json["pref"] = "medium";
    const hops: Record<string, unknown>[] = [];
    const flags: string[] = [];
    while (rest.length > 0) {
        const word = rest.shift() ?? "";
        const target = hops.at(-1) ?? json;
        if (word === "nexthop") hops.push({ flags: [] });
        else if (word === "onlink") ((target["flags"] as string[] | undefined) ?? flags).push("onlink");
        else {
            const value = rest.shift() ?? "";
            const names: Record<string, string> = { via: "gateway", proto: "protocol", src: "prefsrc" };
            if (word === "mtu") json["metrics"] = [{ mtu: Number(value) }];
            else target[names[word] ?? word] = word === "metric" || word === "weight" ? Number(value) : value;
        }
    }
    return JSON.stringify([{ ...json, flags, ...(hops.length > 0 ? { nexthops: hops } : {}) }]);
}

const device = fc.constantFrom("ve0", "eth0.100");
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const anyRoute = fc
    .record({
        family: fc.constantFrom(4 as const, 6 as const),
        type: fc.constantFrom("unicast", "blackhole", "prohibit"),
    })
    .chain(({ family, type }) => {
        const address = family === 4 ? fc.constantFrom("10.1.0.1", "192.0.2.1") : fc.constantFrom("fd01::1", "fe80::1");
        const destination =
            family === 4
                ? fc.constantFrom("0.0.0.0/0", "10.2.0.0/16", "10.1.2.3/32")
                : fc.constantFrom("::/0", "fd02::/64", "fd02::1/128");
        const hop = fc.record({ gateway: address, device, weight: fc.integer({ min: 1, max: 256 }) });
        const single = fc.record({ gateway: optional(address), device, weight: fc.constant(1) }).map((one) => [one]);
        const hops =
            type === "unicast" ? fc.oneof(single, fc.array(hop, { minLength: 2, maxLength: 4 })) : fc.constant([]);
        return fc.record({
            type: fc.constant(type),
            destination,
            family: fc.constant(family),
            table: fc.constantFrom(254, 100, 4294967295),
            metric: fc.constantFrom(0, 5, 1024),
            protocol: fc.constantFrom(157, 3),
            scope: fc.constantFrom(0, 253),
            preferredSource: optional(address),
            mtu: optional(fc.integer({ min: 68, max: 65535 })),
            onlink: type === "unicast" ? fc.boolean() : fc.constant(false),
            hops,
        });
    });

describe("the words of a route", () => {
    it("make it again", () => {
        fc.assert(
            fc.property(anyRoute, (route) => {
                const plain = { ...route, hops: Array.from<RouteHop, RouteHop>(route.hops, (hop) => ({ ...hop })) };
                assert.deepEqual(parseRoutes(shown(routeWords(route))), [plain]);
            }),
            { numRuns: 1000 },
        );
    });

    it("take it away by its whole key", () => {
        assert.equal(
            routeRemoval("ns1", unicast).line,
            "route del 10.2.0.0/16 via 10.1.0.1 dev ve0 table 254 proto 157",
        );
        assert.equal(routeRemoval("ns1", unicast).place, "ns1");
    });

    it("are of one route for the kernel where family, table, destination and metric are the same", () => {
        assert.equal(routeKey(unicast), "4 254 10.2.0.0/16 0");
        assert.equal(routeKey({ ...unicast, protocol: 3, hops: [] }), routeKey(unicast));
        const others = [{ table: 7 }, { metric: 1 }, { destination: "10.2.0.0/24" }, { family: 6 as const }];
        assert.deepEqual(
            others.filter((more) => routeKey({ ...unicast, ...more }) === routeKey(unicast)),
            [],
        );
    });
});
