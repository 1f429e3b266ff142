import assert from "node:assert/strict";
import { pageData } from "../../cli/graph/page-data";
import { readLabs } from "../../cli/preview/labs";
import { reachLines } from "../../cli/preview/reach";
import { culprit } from "../../model/topology/culprit";
import { Paths } from "../../model/topology/path";
import { type Resource, Topology } from "../../model/topology/topology";
import { picture } from "../support/pictures";

type Inputs = Resource["inputs"];

const resource = (kind: string, name: string, inputs: Inputs): Resource => ({ kind, name, inputs });
const namespace = (name: string) => resource("Namespace", name, { name });
const pair = (name: string, left: Inputs, right: Inputs): Resource => {
    const side = (word: string, end: Inputs) =>
        Object.entries(end).map(([key, value]) => [word + key.charAt(0).toUpperCase() + key.slice(1), value]);
    return resource("VethPair", name, Object.fromEntries([...side("left", left), ...side("right", right)]));
};
const route = (namespace: string, destination: string, gateway: string, more: Inputs = {}) =>
    resource("Route", `${namespace}-to-${destination}`, { namespace, destination, gateway, ...more });

/** Two namespaces and the router between them. */
const ROUTER: readonly Resource[] = [
    namespace("ns1"),
    namespace("ns2"),
    namespace("router"),
    pair(
        "link1",
        { namespace: "ns1", name: "eth0", addresses: "10.1.0.2/24" },
        { namespace: "router", name: "r1", addresses: "10.1.0.1/24" },
    ),
    pair(
        "link2",
        { namespace: "ns2", name: "eth0", addresses: "10.2.0.2/24" },
        { namespace: "router", name: "r2", addresses: "10.2.0.1/24" },
    ),
    resource("ForwardingSetting", "forwarding", { namespace: "router", ipv4: true }),
    route("ns1", "10.2.0.0/24", "10.1.0.1"),
    route("ns2", "default", "10.2.0.1"),
];

const ask = (resources: readonly Resource[], from: string, to: string) =>
    new Paths(new Topology(resources)).ask(from, to);

/** A lab with one resource changed, or without it. */
const changed = (resources: readonly Resource[], name: string, inputs: Inputs | undefined): Resource[] =>
    resources.flatMap((one) => {
        if (one.name !== name) return [one];
        return inputs === undefined ? [] : [{ ...one, inputs: { ...one.inputs, ...inputs } }];
    });

describe("a way through the declared network", () => {
    it("is a reply with what the routers leave of the ttl", () => {
        const { outcome, ttl, there, back } = ask(ROUTER, "ns1", "10.2.0.2");
        assert.deepEqual(
            { outcome, ttl, there: there.hops, back: back?.hops },
            { outcome: "reply", ttl: 63, there: 1, back: 1 },
        );
        assert.deepEqual(
            there.steps.map(({ text }) => text),
            [
                "ns1: route 10.2.0.0/24 via 10.1.0.1 dev eth0",
                "eth0 ⟷ r1 in router",
                "router forwards IPv4",
                "router: route 10.2.0.0/24 dev r2",
                "r2 ⟷ eth0 in ns2",
                "ns2 has 10.2.0.2 on eth0",
            ],
        );
    });

    it("is by each device's own forwarding of IPv4, and by that of all of IPv6", () => {
        const excepted = (more: Inputs) => changed(ROUTER, "forwarding", more);
        const { outcome, missing } = ask(excepted({ exceptions: "r2 (IPv6), r1 (IPv4)" }), "ns1", "10.2.0.2");
        assert.deepEqual([outcome, missing?.what], ["no-reply", "router does not forward IPv4 of r1"]);
        assert.equal(ask(excepted({ exceptions: "r1 (IPv6)" }), "ns1", "10.2.0.2").outcome, "reply");
        const back = ask(excepted({ exceptions: "r2 (IPv4)" }), "ns1", "10.2.0.2");
        assert.equal(back.missing?.what, "the way back: router does not forward IPv4 of r2");
        const on = excepted({ ipv4: false, exceptions: "r1 (IPv4), r2 (IPv4)" });
        assert.equal(ask(on, "ns1", "10.2.0.2").outcome, "reply");
    });

    for (const [what, lab, outcome, missing] of [
        ["no route", changed(ROUTER, "ns1-to-10.2.0.0/24", undefined), "unreachable", "ns1 has no route to 10.2.0.2"],
        [
            "no way back",
            changed(ROUTER, "ns2-to-default", undefined),
            "no-reply",
            "the way back: ns2 has no route to 10.1.0.2",
        ],
        ["no forwarding", changed(ROUTER, "forwarding", { ipv4: false }), "no-reply", "router does not forward IPv4"],
        ["a link down", changed(ROUTER, "link2", { rightUp: false }), "unreachable", "router has no route to 10.2.0.2"],
        [
            "the far end down",
            changed(ROUTER, "link2", { leftUp: false }),
            "unreachable",
            "eth0 in ns2, which has 10.2.0.2, is down",
        ],
        [
            "a wrong gateway",
            changed(ROUTER, "ns1-to-10.2.0.0/24", { gateway: "10.1.0.9" }),
            "unreachable",
            "nobody has 10.1.0.9, to which ns1 sends over eth0",
        ],
        [
            "a blackhole in between",
            [
                ...ROUTER,
                resource("Route", "hole", { namespace: "router", destination: "10.2.0.2/32", type: "blackhole" }),
            ],
            "no-reply",
            "router drops it: route blackhole 10.2.0.2/32",
        ],
    ] as const) {
        it(`names the first thing that is missing: ${what}`, () => {
            const verdict = ask(lab, "ns1", "10.2.0.2");
            assert.equal(verdict.outcome, outcome);
            assert.equal(verdict.missing?.what, missing);
        });
    }

    it("sent from a link-local address ends with the link", () => {
        const lab = [
            namespace("ns1"),
            namespace("router"),
            pair(
                "link1",
                { namespace: "ns1", name: "eth0" },
                { namespace: "router", name: "r1", addresses: "fd01::1/64" },
            ),
            pair(
                "link2",
                { namespace: "router", name: "r2", addresses: "fd02::1/64" },
                { name: "eth9", addresses: "fd02::2/64" },
            ),
            resource("ForwardingSetting", "forwarding", { namespace: "router", ipv6: true }),
            resource("Route", "back", { destination: "fd01::/64", gateway: "fd02::1" }),
            route("ns1", "fd02::/64", "fd01::1", { device: "eth0", onlink: true }),
        ];
        const near = ask(lab, "ns1", "fd02::1");
        assert.deepEqual([near.outcome, near.ttl, near.missing], ["reply", 64, undefined]);
        const far = ask(lab, "ns1", "fd02::2");
        assert.deepEqual([far.outcome, far.missing?.what], ["unreachable", "ns1 has no IPv6 address to send from"]);
    });

    it("is unreachable only for whom the error reaches", () => {
        const lab = changed(changed(ROUTER, "link2", { rightUp: false }), "ns1-to-10.2.0.0/24", undefined);
        const beyond = [
            ...lab,
            pair(
                "link0",
                { namespace: "ns0", name: "eth0", addresses: "10.0.0.2/24" },
                { namespace: "ns1", name: "up", addresses: "10.0.0.1/24" },
            ),
            resource("ForwardingSetting", "ns1-forwards", { namespace: "ns1", ipv4: true }),
            route("ns0", "10.2.0.0/24", "10.0.0.1"),
            route("ns1", "10.2.0.0/24", "10.1.0.1"),
        ];
        // The router has no way back to 10.0.0.0/24, and nobody hears its error.
        assert.equal(ask(beyond, "ns0", "10.2.0.2").outcome, "no-reply");
    });

    it("goes on over a tunnel where its underlay does, and only there", () => {
        const site = (host: string, local: string, remote: string, inner: string): Resource[] => [
            resource("Bridge", `${host}-br0`, { host, name: "br0" }),
            resource("Vxlan", `${host}-vx0`, { host, bridge: "br0", name: "vx0", vni: 42, local, remotes: remote }),
            resource("Namespace", `${host}-ns1`, { host, name: "ns1" }),
            pair(
                `${host}-link`,
                { host, namespace: "ns1", name: "eth0", addresses: inner },
                { host, name: "port", bridge: "br0" },
            ),
        ];
        const cable = pair(
            "uplink",
            { host: "local/left", name: "enp0s3", addresses: "10.0.2.15/24" },
            { host: "local/right", name: "enp0s3", addresses: "10.0.2.16/24" },
        );
        const sites = [
            ...site("local/left", "10.0.2.15", "10.0.2.16", "192.168.1.1/24"),
            ...site("local/right", "10.0.2.16", "10.0.2.15", "192.168.1.2/24"),
        ];
        const whole = ask([cable, ...sites], "left/ns1", "192.168.1.2");
        assert.equal(whole.ttl, 64);
        assert.deepEqual(
            whole.there.steps.map(({ text, resource }) => `${text} (${resource})`),
            [
                "ns1 of left: route 192.168.1.0/24 dev eth0 (undefined)",
                "eth0 ⟷ vx0 in left (local/left-link)",
                "vx0 (vxlan 42, 10.0.2.15 → 10.0.2.16) ⟷ eth0 in ns1 of right (local/left-vx0)",
                "ns1 of right has 192.168.1.2 on eth0 (local/right-link)",
            ],
        );
        const cut = changed([cable, ...sites], "uplink", { rightUp: false });
        assert.equal(ask(cut, "left/ns1", "192.168.1.2").outcome, "unreachable");
        const why = (lab: readonly Resource[]) => ask(lab, "left/ns1", "192.168.1.2").missing?.what;
        const tunnel = "the tunnel vx0 in left";
        assert.equal(why(cut), `${tunnel}: 10.0.2.15 does not reach 10.0.2.16: enp0s3 in right is down`);
        assert.equal(why(sites), `${tunnel}: 10.0.2.15 does not reach 10.0.2.16: left has no route to 10.0.2.16`);
        assert.equal(
            why(changed([cable, ...sites], "local/left-vx0", { remotes: "10.0.2.17" })),
            `${tunnel} does not send to 10.0.2.16, where vx0 in right is`,
        );
        assert.equal(
            why(changed([cable, ...sites], "local/right-vx0", { up: false })),
            "vx0 in right, on the same bridge, is down",
        );
    });

    it("is none where another than the one that is meant has the address", () => {
        const joined = (a: string, b: string) => [
            namespace(a),
            namespace(b),
            pair(
                `${a}-link`,
                { namespace: a, name: "eth0", addresses: "10.0.0.1/8" },
                { namespace: b, name: "eth0", addresses: "10.0.0.2/8" },
            ),
        ];
        const lab = [...joined("line1", "line2"), ...joined("tree1", "tree2")];
        const paths = new Paths(new Topology(lab));
        assert.equal(paths.ask("tree2", "10.0.0.1").outcome, "reply");
        assert.equal(paths.ask("tree2", "10.0.0.1", "tree1").outcome, "reply");
        for (const [from, end] of [
            ["tree2", "tree1"],
            ["tree1", "tree1"],
        ] as const) {
            const { outcome, ttl, missing } = paths.ask(from, "10.0.0.1", "line1");
            assert.deepEqual([outcome, ttl, missing?.what], ["another", undefined, `10.0.0.1 is ${end}'s here`]);
        }
        const { ways, answers, texts } = pageData(picture(lab), lab);
        const places = ["line1", "line2", "tree1", "tree2"];
        const told = places.map((_, a) => places.map((__, b) => answers[ways[4][a]?.[b] ?? -1]));
        const [, lines, , trees] = told;
        assert.deepEqual(
            [lines?.[0]?.outcome, trees?.[2]?.outcome, trees?.[0]?.outcome],
            ["reply", "reply", "another"],
        );
        assert.equal(texts[trees?.[0]?.why ?? -1], "10.0.0.1 is tree1's here");
    });

    it("takes the longest prefix, then the least metric, and no route whose device is down", () => {
        const spare = pair(
            "spare",
            { namespace: "ns1", name: "eth1", addresses: "10.3.0.2/24" },
            { namespace: "router", name: "r3", addresses: "10.3.0.1/24" },
        );
        const more = [...ROUTER, spare, route("ns1", "10.2.0.0/24", "10.3.0.1", { metric: 5 })].map((one, at) => ({
            ...one,
            name: `${one.name} ${at}`,
        }));
        assert.match(ask(more, "ns1", "10.2.0.2").there.steps[0]?.text ?? "", /via 10\.1\.0\.1 dev eth0/);
        const longer = [...more, route("ns1", "10.2.0.2/32", "10.3.0.1")];
        assert.match(
            ask(longer, "ns1", "10.2.0.2").there.steps[0]?.text ?? "",
            /10\.2\.0\.2\/32 via 10\.3\.0\.1 dev eth1/,
        );
        const down = more.map((one) =>
            one.name.startsWith("link1") ? { ...one, inputs: { ...one.inputs, leftUp: false } } : one,
        );
        assert.match(ask(down, "ns1", "10.2.0.2").there.steps[0]?.text ?? "", /via 10\.3\.0\.1 dev eth1/);
    });
});

describe("who reaches whom in a preview", () => {
    const event = (op: string, { kind, name }: Resource, old: Inputs | undefined, wanted: Inputs | undefined) => {
        const type = `pulumi-nodejs:linuxnet:${kind}`;
        const urn = `urn:pulumi:dev::lab::${type}::${name}`;
        const state = (inputs: Inputs | undefined) => (inputs ? { inputs: { ...inputs, __provider: "text" } } : null);
        return JSON.stringify({
            resourcePreEvent: { metadata: { op, type, urn, old: state(old), new: state(wanted) } },
        });
    };
    /** All the same but for one, of which the events are given. */
    const lines = (name: string, steps: (one: Resource) => string[]): string[] => {
        const events = ROUTER.flatMap((one) =>
            one.name === name ? steps(one) : [event("same", one, one.inputs, one.inputs)],
        );
        return reachLines(readLabs(events.join("\n")));
    };

    it("tells what becomes of each pair, and why", () => {
        assert.deepEqual(
            lines("ns2-to-default", (one) => [event("delete", one, one.inputs, undefined)]),
            [
                "Who reaches whom:",
                "  ns1 → ns2: reply → no reply (the way back: ns2 has no route to 10.1.0.2)   (10.2.0.2)",
                "  ns2 → ns1: reply → unreachable (ns2 has no route to 10.1.0.2)   (10.1.0.2)",
                "  ns2 → router: reply → unreachable (ns2 has no route to 10.1.0.1)   (10.1.0.1)",
                "  3 pairs as before, 3 of them with a reply; interrupted on the way: none",
            ],
        );
    });

    it("tells whom a replacement interrupts, and nobody for what changes in place", () => {
        const renamed = { namespace: "ns1", destination: "10.2.0.0/24", gateway: "10.1.0.1", metric: 7 };
        const replaced = lines("ns1-to-10.2.0.0/24", (one) => [
            event("delete-replaced", one, one.inputs, undefined),
            event("replace", one, one.inputs, renamed),
            event("create-replacement", one, one.inputs, renamed),
        ]);
        assert.deepEqual(replaced.slice(1), [
            "  6 pairs as before, 6 of them with a reply; interrupted on the way: 2",
            "  interrupted: ns1 → ns2   (10.2.0.2)",
            "  interrupted: ns2 → ns1   (10.1.0.2)",
        ]);
        const inPlace = lines("ns1-to-10.2.0.0/24", (one) => [
            event("update", one, one.inputs, { ...one.inputs, mtu: 1400 }),
        ]);
        assert.deepEqual(inPlace.slice(1), [
            "  6 pairs as before, 6 of them with a reply; interrupted on the way: none",
        ]);
    });

    it("counts what is new", () => {
        const events = ROUTER.map((one) => event("create", one, undefined, one.inputs));
        assert.deepEqual(reachLines(readLabs(events.join("\n"))), [
            "Who reaches whom:",
            "  6 pairs more, with a reply; interrupted on the way: none",
        ]);
    });

    it("is the same in whatever order the engine comes to the resources", () => {
        // A router is asked by the first of its addresses; a has a way to one of them alone.
        const lab = [
            ...["a", "b", "c"].map(namespace),
            ...["a", "c"].map((name, at) =>
                pair(
                    `link-${name}`,
                    { namespace: name, name: "eth0", addresses: `10.${at}.0.2/24` },
                    { namespace: "b", name, addresses: `10.${at}.0.1/24` },
                ),
            ),
            route("c", "10.0.0.0/24", "10.1.0.1"),
        ];
        const told = (resources: readonly Resource[]): string[] =>
            reachLines(readLabs(resources.map((one) => event("create", one, undefined, one.inputs)).join("\n")));
        assert.deepEqual(told(lab.toReversed()), told(lab));
    });

    it("tells first who gets a reply, or none any more", () => {
        const told = ROUTER.map((one) => {
            if (one.name === "ns1-to-10.2.0.0/24") return event("create", one, undefined, one.inputs);
            if (one.name === "forwarding") return event("update", one, one.inputs, { ...one.inputs, ipv4: false });
            if (one.name === "ns2-to-default") return event("delete", one, one.inputs, undefined);
            return event("same", one, one.inputs, one.inputs);
        });
        assert.deepEqual(
            reachLines(readLabs(told.join("\n")))
                .slice(1, -1)
                .map((line) => line.replace(/ \(.*/, "")),
            [
                "  ns2 → router: reply → unreachable",
                "  ns1 → ns2: unreachable → no reply",
                "  ns2 → ns1: no reply → unreachable",
            ],
        );
    });

    it("only counts new places that nobody reaches", () => {
        const lonely = [
            namespace("ns0"),
            pair(
                "link0",
                { namespace: "ns0", name: "eth0", addresses: "10.9.0.2/24" },
                { namespace: "ns9", name: "eth0", addresses: "10.9.0.3/24" },
            ),
        ];
        const cut = { leftUp: false };
        const events = [
            ...ROUTER.map((one) =>
                one.name === "link2"
                    ? event("update", one, one.inputs, { ...one.inputs, ...cut })
                    : event("same", one, one.inputs, one.inputs),
            ),
            ...lonely.map((one) => event("create", one, undefined, one.inputs)),
        ];
        const told = reachLines(readLabs(events.join("\n")));
        assert.ok(
            told.slice(1, -1).every((line) => line.includes(": reply → ")),
            told.join("\n"),
        );
        assert.equal(told.filter((line) => line.includes("ns0")).length, 0, told.join("\n"));
        assert.match(told.at(-1) ?? "", /^ {2}2 pairs more, with a reply; 12 pairs more, without a reply; /);
    });
});

describe("what is in the way of a packet, of all that has drifted", () => {
    const find = (drifted: Readonly<Record<string, Inputs | undefined>>): string | undefined => {
        const all = Object.entries(drifted).flatMap(([name, found]) =>
            ROUTER.filter((one) => one.name === name).map((one) => ({
                resource: one,
                found: found && { ...one.inputs, ...found },
            })),
        );
        return culprit(ROUTER, all, "ns1", "10.2.0.2")?.resource.name;
    };

    it("is what alone would stop it, from the ground up", () => {
        assert.equal(find({ "ns1-to-10.2.0.0/24": undefined, link1: { leftMtu: 1400 } }), "ns1-to-10.2.0.0/24");
        assert.equal(find({ "ns1-to-10.2.0.0/24": undefined, link1: undefined }), "link1");
        assert.equal(find({ link1: undefined, ns2: undefined }), "ns2");
        assert.equal(find({ forwarding: { ipv4: false } }), "forwarding");
        assert.equal(find({ link2: { rightUp: false } }), "link2");
        assert.equal(find({ link2: { leftMtu: 1400 } }), undefined);
    });
});
