import assert from "node:assert/strict";
import { type RouteSpec, routeMistakes, routeSchema } from "../../model/route";
import { recordFile } from "../../provider/record";
import { route, wantedRoute } from "../../provider/route";
import type { RouteState } from "../../provider/route-state";
import { lines, story } from "./states";

const basic: RouteSpec = { namespace: "ns1", destination: "10.2.0.0/16", gateway: "10.1.0.1", device: "veth0" };
const ipv6: RouteSpec = { destination: "fd02::/64", gateway: "fd01::1", device: "veth0" };
type More = Partial<RouteState>;

/** What the kernel has once a spec is done. */
const kernel = (spec: RouteSpec, more: More = {}): RouteState => ({ ...wantedRoute(spec), ...more });

const create = (spec: RouteSpec): string[] => lines(route.plan(undefined, spec, spec, story(spec)));
const change = (from: RouteSpec, to: RouteSpec, more: More = {}, first = true): string[] =>
    lines(route.plan({ route: kernel(from, more), first }, to, to, story(to, { mine: from })));
const remove = (spec: RouteSpec, more: More = {}): string[] =>
    lines(route.plan({ route: kernel(spec, more), first: true }, undefined, spec, story(undefined, { mine: spec })));

describe("a plan for a route", () => {
    const creations: readonly [RouteSpec, string][] = [
        [basic, "ip -n ns1 route add 10.2.0.0/16 via 10.1.0.1 dev veth0 proto 157"],
        [{ destination: "10.2.0.0/16", gateway: "10.1.0.1" }, "ip route add 10.2.0.0/16 via 10.1.0.1 proto 157"],
        [{ destination: "default", gateway: "10.1.0.1" }, "ip route add 0.0.0.0/0 via 10.1.0.1 proto 157"],
        [{ destination: "default", gateway: "fd01::1" }, "ip route add ::/0 via fd01::1 metric 1024 proto 157"],
        [{ destination: "10.2.0.0/16", device: "veth0" }, "ip route add 10.2.0.0/16 dev veth0 proto 157 scope 253"],
        [{ destination: "fd02::/64", device: "veth0" }, "ip route add fd02::/64 dev veth0 metric 1024 proto 157"],
        [ipv6, "ip route add fd02::/64 via fd01::1 dev veth0 metric 1024 proto 157"],
        [{ ...ipv6, metric: 0 }, "ip route add fd02::/64 via fd01::1 dev veth0 metric 1024 proto 157"],
        [{ destination: "10.2.0.0/16", type: "blackhole" }, "ip route add blackhole 10.2.0.0/16 proto 157"],
        [{ destination: "fd02::/64", type: "prohibit" }, "ip route add prohibit fd02::/64 metric 1024 proto 157"],
        [
            { ...basic, table: 100, metric: 5, preferredSource: "10.1.0.2", mtu: 1400, onlink: true },
            "ip -n ns1 route add 10.2.0.0/16 via 10.1.0.1 dev veth0 table 100 metric 5 proto 157 src 10.1.0.2 mtu 1400 onlink",
        ],
        [
            { destination: "10.2.0.0/16", nexthops: "via 10.1.0.1 weight 2, via 10.1.0.9 dev veth9" },
            "ip route add 10.2.0.0/16 proto 157 nexthop via 10.1.0.1 weight 2 nexthop via 10.1.0.9 dev veth9 weight 1",
        ],
        [
            { destination: "10.2.0.0/16", device: "veth0", nexthops: "via 10.1.0.1, via 10.1.0.9", onlink: true },
            "ip route add 10.2.0.0/16 proto 157 nexthop via 10.1.0.1 dev veth0 weight 1 onlink nexthop via 10.1.0.9 dev veth0 weight 1 onlink",
        ],
    ];
    for (const [spec, expected] of creations) {
        it(`creates it: ${expected}`, () => assert.deepEqual(create(spec), [expected]));
        it(`has nothing to do where there is: ${expected}`, () => assert.deepEqual(change(spec, spec), []));
    }

    it("does not mind the device that the kernel has found, nor the order of next hops", () => {
        const free = { destination: "10.2.0.0/16", gateway: "10.1.0.1" };
        assert.deepEqual(change(free, free, { hops: [{ gateway: "10.1.0.1", device: "veth0", weight: 1 }] }), []);
        const several = { destination: "10.2.0.0/16", nexthops: "via 10.1.0.1 weight 2, via 10.1.0.9" };
        const [one, two] = kernel(several).hops;
        assert.deepEqual(change(several, several, { hops: [two, one].flatMap((hop) => hop ?? []) }), []);
    });

    const KEY = "ip -n ns1 route replace 10.2.0.0/16";
    const changes: readonly [string, Partial<RouteSpec>, string][] = [
        ["its gateway", { gateway: "10.1.0.9" }, `${KEY} via 10.1.0.9 dev veth0 proto 157`],
        [
            "its preferred source",
            { preferredSource: "10.1.0.2" },
            `${KEY} via 10.1.0.1 dev veth0 proto 157 src 10.1.0.2`,
        ],
        ["its MTU", { mtu: 1300 }, `${KEY} via 10.1.0.1 dev veth0 proto 157 mtu 1300`],
        ["onlink", { onlink: true }, `${KEY} via 10.1.0.1 dev veth0 proto 157 onlink`],
        [
            "next hops in place of a gateway",
            { gateway: undefined, nexthops: "via 10.1.0.1, via 10.1.0.9 weight 3" },
            `${KEY} proto 157 nexthop via 10.1.0.1 dev veth0 weight 1 nexthop via 10.1.0.9 dev veth0 weight 3`,
        ],
    ];
    for (const [what, more, expected] of changes) {
        const changed = { ...basic, ...more };
        it(`changes ${what} in place`, () => assert.deepEqual(change(basic, changed), [expected]));
        it(`puts back ${what}, dropped or changed by a person`, () => {
            assert.deepEqual(change(changed, basic), [`${KEY} via 10.1.0.1 dev veth0 proto 157`]);
        });
    }

    it("changes the weight of a next hop in place", () => {
        const hops = (weight: number) => ({
            destination: "10.2.0.0/16",
            nexthops: `via 10.1.0.1 weight ${weight}, via 10.1.0.9`,
        });
        assert.deepEqual(change(hops(2), hops(3)), [
            "ip route replace 10.2.0.0/16 proto 157 nexthop via 10.1.0.1 weight 3 nexthop via 10.1.0.9 weight 1",
        ]);
    });

    it("never replaces a stranger's route that stands before ours", () => {
        assert.deepEqual(change(basic, { ...basic, gateway: "10.1.0.9" }, {}, false), [
            "ip -n ns1 route append 10.2.0.0/16 via 10.1.0.9 dev veth0 proto 157",
            "ip -n ns1 route del 10.2.0.0/16 via 10.1.0.1 dev veth0 table 254 proto 157",
        ]);
        assert.deepEqual(change(ipv6, { ...ipv6, gateway: "fd01::9" }, {}, false), [
            "ip route del fd02::/64 via fd01::1 dev veth0 table 254 metric 1024 proto 157",
            "ip route add fd02::/64 via fd01::9 dev veth0 metric 1024 proto 157",
        ]);
    });

    it("takes one of another type away first", () => {
        const hole: RouteSpec = { namespace: "ns1", destination: "10.2.0.0/16", type: "blackhole" };
        assert.deepEqual(change(basic, hole), [
            "ip -n ns1 route del 10.2.0.0/16 via 10.1.0.1 dev veth0 table 254 proto 157",
            "ip -n ns1 route add blackhole 10.2.0.0/16 proto 157",
        ]);
        assert.deepEqual(change(hole, basic), [
            "ip -n ns1 route del blackhole 10.2.0.0/16 table 254 proto 157",
            "ip -n ns1 route add 10.2.0.0/16 via 10.1.0.1 dev veth0 proto 157",
        ]);
    });

    it("removes exactly ours, by the whole key, as it is and not as it was wanted", () => {
        assert.deepEqual(remove({ ...basic, metric: 5, table: 7 }), [
            "ip -n ns1 route del 10.2.0.0/16 via 10.1.0.1 dev veth0 table 7 metric 5 proto 157",
        ]);
        assert.deepEqual(remove(basic, { hops: [{ gateway: "10.1.0.7", device: "veth0", weight: 1 }] }), [
            "ip -n ns1 route del 10.2.0.0/16 via 10.1.0.7 dev veth0 table 254 proto 157",
        ]);
        assert.deepEqual(remove({ destination: "10.2.0.0/16", nexthops: "via 10.1.0.1, via 10.1.0.9" }), [
            "ip route del 10.2.0.0/16 table 254 proto 157",
        ]);
        assert.deepEqual(route.plan(undefined, undefined, basic, story(undefined, { mine: basic })), []);
    });
});

describe("what is seen of a route", () => {
    const see = (routes: readonly RouteState[], mine = false, spec = basic) =>
        route.observe({ routes }, spec, story(spec, mine ? { mine: spec } : undefined));
    const ours = kernel(basic);
    const theirs = kernel(basic, { protocol: 3, hops: [{ gateway: "10.1.0.7", device: "veth0", weight: 1 }] });

    it("is nothing", () => assert.deepEqual(see([]), { state: undefined }));

    it("is ours, by its protocol", () => {
        assert.deepEqual(see([ours]), { state: { route: ours, first: true } });
        assert.deepEqual(see([ours, theirs]), { state: { route: ours, first: true } });
        assert.deepEqual(see([theirs, ours]), { state: { route: ours, first: false } });
    });

    it("is another by destination, table or metric", () => {
        const others = [{ destination: "10.2.0.0/24" }, { table: 100 }, { metric: 5 }].map((more) => ({
            ...ours,
            ...more,
        }));
        assert.deepEqual(see(others), { state: undefined });
    });

    it("is a stranger's", () => {
        assert.deepEqual(see([theirs]), {
            state: undefined,
            foreign: {
                property: "destination",
                what: 'a route "10.2.0.0/16 via 10.1.0.7 dev veth0 proto 3" in namespace ns1',
            },
        });
    });

    it("is a stranger's that came in its place, and no error of the kernel's about it", () => {
        assert.deepEqual(see([theirs], true), see([theirs]));
        assert.equal(see([theirs], true).foreign?.property, "destination");
    });

    it("is asked for by its exact destination, and by a survey of all", () => {
        const { routes } = route.queries(basic, { project: "", stack: "", name: "" });
        assert.equal(routes.ask, "route show table all exact 10.2.0.0/16");
        assert.equal(routes.survey, "route show table all");
        assert.equal(routes.place, "ns1");
    });
});

describe("a route's inputs, read back", () => {
    const read = (spec: RouteSpec, more: More = {}) => route.inputs({ route: kernel(spec, more), first: true }, spec);
    const hop = (gateway: string | undefined, weight = 1) => ({ gateway, device: "veth0", weight });

    const specs: readonly RouteSpec[] = [
        basic,
        ipv6,
        { destination: "default", gateway: "10.1.0.1" },
        { destination: "default", gateway: "fd01::1", metric: 0 },
        { destination: "10.2.0.0/16", device: "veth0" },
        { destination: "10.2.0.0/16", type: "blackhole" },
        { destination: "10.2.0.0/16", type: "unicast", gateway: "10.1.0.1", onlink: false },
        { ...basic, table: 254, metric: 5, preferredSource: "10.1.0.2", mtu: 1400, onlink: true },
        { destination: "10.2.0.0/16", nexthops: "via 10.1.0.1, via 10.1.0.9 dev veth9 weight 2" },
        { destination: "10.2.0.0/16", device: "veth0", nexthops: "via 10.1.0.1, via 10.1.0.9" },
    ];
    for (const spec of specs) {
        it(`are those that were given: ${JSON.stringify(spec)}`, () => assert.deepEqual(read(spec), spec));
    }

    it("show what has drifted", () => {
        assert.deepEqual(read(basic, { hops: [hop("10.1.0.9")] }), { ...basic, gateway: "10.1.0.9" });
        assert.deepEqual(read(basic, { mtu: 1300 }), { ...basic, mtu: 1300 });
        assert.deepEqual(read(basic, { preferredSource: "10.1.0.2" }), { ...basic, preferredSource: "10.1.0.2" });
        assert.deepEqual(read(basic, { onlink: true }), { ...basic, onlink: true });
        const { gateway, ...direct } = basic;
        assert.equal(gateway, "10.1.0.1");
        assert.deepEqual(read(basic, { hops: [hop(undefined)] }), direct);
        assert.deepEqual(read(basic, { type: "blackhole", hops: [] }), { ...direct, type: "blackhole" });
        assert.deepEqual(read(basic, { hops: [hop("10.1.0.1"), hop("10.1.0.9", 2)] }), {
            ...direct,
            nexthops: "via 10.1.0.1, via 10.1.0.9 weight 2",
        });
        assert.deepEqual(read({ ...basic, mtu: 1300 }, { mtu: undefined }), basic);
    });

    it("show next hops that have drifted", () => {
        const several = { destination: "10.2.0.0/16", device: "veth0", nexthops: "via 10.1.0.1, via 10.1.0.9" };
        assert.deepEqual(read(several, { hops: [hop("10.1.0.1", 3), hop("10.1.0.9")] }), {
            ...several,
            nexthops: "via 10.1.0.1 weight 3, via 10.1.0.9",
        });
        assert.deepEqual(read(several, { hops: [hop("10.1.0.1")] }), { ...several, nexthops: "via 10.1.0.1" });
    });
});

describe("a route", () => {
    it("is known by its destination and place", () => {
        assert.equal(route.id(basic), "10.2.0.0/16@ns1");
        assert.equal(route.id({ destination: "default", gateway: "fd01::1" }), "::/0");
    });

    it("is recorded by its key, as the kernel has it", () => {
        const path = (spec: RouteSpec) => {
            const { place, key } = route.record(spec);
            return recordFile(place, route.name, key).path;
        };
        assert.equal(path(basic), "/run/linuxnet/netns.ns1/Route.10.2.0.0%2F16%20254%200.json");
        assert.equal(path(ipv6), "/run/linuxnet/host/Route.fd02%3A%3A%2F64%20254%201024.json");
        assert.equal(path({ ...ipv6, metric: 0 }), path({ ...ipv6, metric: 1024, table: 254 }));
    });

    const mistakes: readonly [Partial<RouteSpec>, readonly string[], string, string, string][] = [
        [
            { destination: "default", device: "x" },
            [],
            "destination",
            '"default" without a gateway',
            "0.0.0.0/0 or ::/0, or a gateway that tells the family",
        ],
        [
            { destination: "10.0.0.0/8" },
            [],
            "gateway",
            "nothing",
            "a gateway, a device or nexthops: a unicast route has a way",
        ],
        [
            { destination: "10.0.0.0/8", gateway: "fd00::1" },
            [],
            "gateway",
            '"fd00::1"',
            "an IPv4 address like the destination's",
        ],
        [
            { destination: "fd00::/8", device: "x", preferredSource: "10.0.0.1" },
            [],
            "preferredSource",
            '"10.0.0.1"',
            "an IPv6 address like the destination's",
        ],
        [
            { destination: "10.0.0.0/8", gateway: "10.0.0.1", nexthops: "via 10.0.0.2" },
            [],
            "gateway",
            '"10.0.0.1"',
            "either gateway or nexthops, not both",
        ],
        [{ destination: "10.0.0.0/8", gateway: "10.0.0.1", onlink: true }, [], "onlink", "true", "a device beside it"],
        [
            { destination: "10.0.0.0/8", gateway: "10.0.0.1", type: "blackhole" },
            [],
            "gateway",
            '"10.0.0.1"',
            "nothing: a route of type blackhole has no way",
        ],
        [
            { destination: "10.0.0.0/8", device: "x", type: "prohibit" },
            [],
            "device",
            '"x"',
            "nothing: a route of type prohibit has no way",
        ],
        [
            { destination: "10.0.0.0/8", nexthops: "dev x", type: "unreachable" },
            [],
            "nexthops",
            '"dev x"',
            "nothing: a route of type unreachable has no way",
        ],
    ];
    for (const [inputs, unknown, property, given, expected] of mistakes) {
        it(`is not ${JSON.stringify(inputs)}`, () => {
            const [{ advice, ...problem } = { advice: "" }, ...more] = routeMistakes(inputs, unknown);
            assert.deepEqual([problem, more], [{ property, given, expected }, []]);
            assert.equal(advice, given === "nothing" ? 'or type: "blackhole"' : undefined);
        });
    }

    it("has next hops of the destination's family", () => {
        const found = routeMistakes({ destination: "10.0.0.0/8", nexthops: "via 10.0.0.1, via fd00::1" }, []);
        assert.deepEqual(
            found.map(({ property }) => property),
            ["nexthops"],
        );
    });

    it("may be right, when all is known", () => {
        assert.deepEqual(routeMistakes({ destination: "default" }, ["gateway"]), []);
        assert.deepEqual(routeMistakes({ destination: "10.0.0.0/8" }, ["device"]), []);
        assert.deepEqual(
            routeMistakes({ destination: "10.0.0.0/8", gateway: "10.0.0.1", onlink: true }, ["device"]),
            [],
        );
        assert.deepEqual(routeMistakes({ gateway: "fd00::1" }, ["destination"]), []);
        assert.deepEqual(routeMistakes(basic, []), []);
    });
});

describe("a hostile way", () => {
    it("may be over a device that is called as a word of ip", () => {
        for (const nexthops of ["dev weight weight 2", "dev via weight 2", "via 10.0.0.1 dev weight weight 2"]) {
            const { inputs, problems } = routeSchema.check({ destination: "10.0.0.0/8", nexthops });
            assert.deepEqual([inputs["nexthops"], problems], [nexthops, []]);
        }
    });

    it("is not by the machine itself, which the kernel would refuse", () => {
        const [problem] = routeMistakes({ destination: "10.0.0.0/8", gateway: "127.253.7.252", device: "eth7" }, []);
        assert.equal(problem?.advice, "127.0.0.0/8 is the machine itself");
    });
});

describe("a route that is taken in", () => {
    const adopt = (spec: RouteSpec, ...routes: RouteState[]) => {
        const made = route.adopt?.({ routes }, spec);
        return made && { marks: lines(made.marks), protocols: made.answers.routes.map(({ protocol }) => protocol) };
    };
    const theirs = kernel(basic, { protocol: 3 });

    it("is swapped for the same one with our mark, in one step", () => {
        const marks = ["ip -n ns1 route replace 10.2.0.0/16 via 10.1.0.1 dev veth0 proto 157"];
        assert.deepEqual(adopt(basic, theirs), { marks, protocols: [157] });
        assert.deepEqual(adopt(basic, kernel(basic)), { marks: [], protocols: [157] });
    });

    it("stays as it is where it is one of several, for that would swap another, or not there", () => {
        assert.equal(adopt(basic, theirs, theirs), undefined);
        assert.equal(adopt(basic), undefined);
        assert.equal(adopt(basic, { ...theirs, metric: 7 }), undefined);
    });
});
