import assert from "node:assert/strict";
import { CHECKS, warnings } from "../../model/checks";
import { parseOwner } from "../../model/owner";
import { UNKNOWN } from "../../model/schema";
import { type Resource, Topology } from "../../model/topology/topology";
import { mistakesInProgram } from "../../provider/mistakes";
import { bridgeLoop } from "../../provider/mistakes/loop";
import { devicesOf, Program } from "../../provider/program";

type Inputs = Resource["inputs"];
const resource = (kind: string, name: string, inputs: Inputs): Resource => ({ kind, name, inputs });
const namespaces = ["a", "b", "r"].map((name) => resource("Namespace", name, { name }));
const pair = (name: string, inputs: Inputs) => resource("VethPair", name, inputs);
const forwarding = resource("ForwardingSetting", "forwarding", { namespace: "r", ipv4: true });
const links = [
    pair("one", {
        leftNamespace: "a",
        leftName: "eth0",
        leftAddresses: "10.1.0.2/24",
        rightNamespace: "r",
        rightName: "r1",
        rightAddresses: "10.1.0.1/24",
    }),
    pair("two", {
        leftNamespace: "b",
        leftName: "eth0",
        leftAddresses: "10.2.0.2/24",
        rightNamespace: "r",
        rightName: "r2",
        rightAddresses: "10.2.0.1/24",
    }),
];
const there = resource("Route", "there", { namespace: "a", destination: "10.2.0.0/24", gateway: "10.1.0.1" });
const back = resource("Route", "back", { namespace: "b", destination: "default", gateway: "10.2.0.1" });
const whole = [...namespaces, ...links, forwarding, there, back];

/** `code resource: property | given | expected | advice` */
const found = (...resources: Resource[]): string[] =>
    warnings(new Topology(resources)).map(
        ({ check, resource: name, property, given, expected, advice }) =>
            `${check} ${name}: ${[property, given, expected, advice].join(" | ")}`,
    );

describe("the warnings of a whole program", () => {
    it("are none where all is there", () => {
        assert.deepEqual(found(...whole), []);
    });

    it("are a way back that is missing", () => {
        assert.deepEqual(found(...whole.filter((one) => one !== back)), [
            'no-way-back there: destination | "10.2.0.0/24" | a way back from b to 10.1.0.2 | ' +
                "b has no route to 10.1.0.2: declare a Route there",
        ]);
    });

    it("are a router that does not forward, and nothing of the way behind it", () => {
        const said = "r does not forward IPv4: declare a ForwardingSetting with ipv4: true there";
        assert.deepEqual(found(...whole.filter((one) => one !== forwarding)), [
            `not-forwarding there: destination | "10.2.0.0/24" | every router on the way to 10.2.0.2 to forward | ${said}`,
            `not-forwarding back: destination | "0.0.0.0/0" | every router on the way to 10.1.0.2 to forward | ${said}`,
        ]);
    });

    it("are nothing of what lies behind a device that is not of the program", () => {
        const out = resource("Route", "out", { destination: "default", gateway: "10.0.2.2", device: "enp0s3" });
        const uplink = resource("Address", "uplink", { device: "enp0s3", address: "10.0.2.15/24" });
        assert.deepEqual(found(...whole, uplink, out), []);
    });

    it("are subnets that overlap on two devices of a place", () => {
        const more = (address: string) =>
            pair("three", {
                leftNamespace: "a",
                leftName: "eth1",
                leftAddresses: address,
                rightNamespace: "b",
                rightName: "eth1",
            });
        assert.deepEqual(found(...whole, more("10.1.0.7/28")).slice(0, 1), [
            'overlapping-subnets three: left.addresses | "10.1.0.7/28" | a subnet of its own in a | ' +
                'eth0 ("one") has 10.1.0.2/24: what is sent to either may go out by the other',
        ]);
        for (const address of ["10.1.1.7/24", "10.1.0.7/32", "fe80::1/64", "fd00::1/64"])
            assert.deepEqual(found(...whole, more(address)), []);
    });

    it("are addresses on a port of a bridge", () => {
        const bridge = resource("Bridge", "br", { namespace: "r", name: "br0" });
        const port = (more: Inputs) =>
            pair("port", {
                leftNamespace: "a",
                leftName: "eth2",
                rightNamespace: "r",
                rightName: "p",
                rightBridge: "br0",
                ...more,
            });
        assert.deepEqual(found(...namespaces, bridge, port({ rightAddresses: "10.5.0.1/24" })), [
            'address-on-port port: right.addresses | "10.5.0.1/24" | ' +
                "none: p is a port of br0, which takes all that it receives | give br0 the address",
        ]);
        assert.deepEqual(found(...namespaces, bridge, port({ leftAddresses: "10.5.0.1/24" })), []);
    });
});

describe("ends of a pair in different subnets", () => {
    const cable = (left: string, right: string, more: Inputs = {}) =>
        pair("cable", {
            leftNamespace: "a",
            leftName: "eth0",
            leftAddresses: left,
            rightNamespace: "b",
            rightName: "eth1",
            rightAddresses: right,
            ...more,
        });

    it("are told", () => {
        assert.deepEqual(found(...namespaces, cable("10.1.0.1/24", "10.2.0.2/24")), [
            'different-subnets cable: right.addresses | "10.2.0.2/24" | an address in a subnet of the other end, ' +
                "eth0 in a: 10.1.0.1/24 | neither reaches the other: correct one of the addresses, or declare a Route on both sides",
        ]);
        for (const [left, right] of [
            ["fd01::1/64", "fd02::2/64"],
            ["10.1.0.1/24, fd01::1/64", "10.2.0.2/24"],
            ["10.1.0.1/24, 10.3.0.1/24", "10.2.0.2/24, 10.4.0.1/24"],
        ] as const)
            assert.equal(found(...namespaces, cable(left, right)).length, 1, `${left} ${right}`);
        const onHost = cable("10.1.0.1/24", "10.2.0.2/24", { leftNamespace: undefined });
        assert.equal(found(...namespaces, onHost).length, 1);
    });

    it("are nothing where one covers the other, or it may be meant", () => {
        for (const [left, right] of [
            ["10.1.0.1/24", "10.1.0.2/24"],
            ["10.1.0.1/16", "10.1.5.2/24"],
            ["10.1.0.1/24", "fd02::2/64"],
            ["10.1.0.1/24, fd00::1/64", "10.2.0.2/24, fd00::2/64"],
            ["10.1.0.1/24", ""],
            ["10.1.0.1/32", "10.2.0.2/32"],
            ["10.1.0.0/31", "10.2.0.2/24"],
            ["fd01::1/128", "fd02::1/64"],
            ["fe80::1/64", "fe80::2/64"],
            ["10.1.0.1/24", UNKNOWN],
        ] as const)
            assert.deepEqual(found(...namespaces, cable(left, right)), [], `${left} ${right}`);
        const apart = ["10.1.0.1/24", "10.2.0.2/24"] as const;
        for (const more of [
            { rightNamespace: "a" },
            { rightUp: false },
            { leftNamespace: "theirs", rightNamespace: "theirs too" },
        ])
            assert.deepEqual(found(...namespaces, cable(...apart, more)), []);
    });

    it("are nothing beside a bridge, another subnet of the place, a route, an Address that are right", () => {
        const bridge = resource("Bridge", "br", { namespace: "b", name: "br0", addresses: "10.1.0.9/24" });
        const apart = ["10.1.0.1/24", "10.2.0.2/24"] as const;
        assert.deepEqual(found(...namespaces, bridge, cable("10.5.0.1/24", "", { rightBridge: "br0" })), []);
        assert.deepEqual(
            found(...namespaces, bridge, cable(...apart)).filter((one) => one.startsWith("different")),
            [],
        );
        const route = resource("Route", "onlink", { namespace: "b", destination: "10.1.0.0/24", device: "eth1" });
        assert.deepEqual(
            found(...namespaces, route, cable(...apart)).filter((one) => one.startsWith("different")),
            [],
        );
        const address = resource("Address", "more", { namespace: "b", device: "eth1", address: "10.1.0.2/24" });
        assert.deepEqual(found(...namespaces, address, cable(...apart)), []);
    });
});

describe("bridges in a circle", () => {
    const program = () => {
        const declared = new Program();
        const add = (kind: string, name: string, known: Record<string, unknown>) => {
            const declaration = { kind, owner: `lab/dev/${name}`, known, unknown: [] };
            const devices = devicesOf(declaration);
            declared.declare(declaration, devices);
            const [first] = devices;
            return first ? bridgeLoop(declared, first).map(({ property, advice }) => `${property}: ${advice}`) : [];
        };
        const join = (name: string, left: string, right: string) =>
            add("VethPair", name, {
                leftName: `${name}l`,
                leftBridge: left,
                rightName: `${name}r`,
                rightBridge: right,
            });
        return { add, join };
    };

    it("are an error at the resource that closes it", () => {
        const { add, join } = program();
        for (const name of ["x", "y", "z"]) add("Bridge", name, { name });
        assert.deepEqual(join("xy", "x", "y"), []);
        assert.deepEqual(join("yz", "y", "z"), []);
        assert.equal(join("zx", "z", "x").length, 1);
        assert.match(
            join("zx", "z", "x")[0] ?? "",
            /Bridge: [xz] on the host is joined to it already, another way: give "[xz]" stp: true/,
        );
        assert.equal(join("xx", "x", "x").length, 1);
    });

    it("are none where a bridge of it speaks STP, or where nothing closes it", () => {
        const { add, join } = program();
        for (const name of ["x", "y"]) add("Bridge", name, { name });
        add("Bridge", "z", { name: "z", stp: true });
        for (const [name, left, right] of [
            ["xy", "x", "y"],
            ["yz", "y", "z"],
            ["zx", "z", "x"],
        ] as const)
            assert.deepEqual(join(name, left, right), []);
        assert.deepEqual(add("VethPair", "host", { leftName: "e", rightName: "p", rightBridge: "x" }), []);
    });

    it("are none of three hosts whose tunnels reach each other, but of two tunnels side by side", () => {
        const { add } = program();
        const sites = ["left", "right", "third"];
        const locals = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];
        const tunnel = (at: number, vni: number) =>
            add("Vxlan", `${sites[at]}${vni}`, {
                host: sites[at],
                name: `vx${vni}`,
                bridge: "br0",
                vni,
                local: locals[at],
                remotes: locals.filter((_, other) => other !== at).join(", "),
            });
        for (const host of sites) add("Bridge", `${host}br`, { host, name: "br0" });
        assert.deepEqual(
            [0, 1, 2].flatMap((at) => tunnel(at, 42)),
            [],
        );
        assert.deepEqual(tunnel(0, 43), []);
        assert.equal(tunnel(1, 43).length, 1);
    });
});

describe("a check that is silenced on a resource", () => {
    const declare = (
        program: Program,
        kind: string,
        name: string,
        known: Record<string, unknown>,
        silence: string[] = [],
    ) => {
        const owner = `lab/dev/${name}`;
        return mistakesInProgram(program, { kind, owner, known, unknown: [], silence }, parseOwner(owner));
    };

    for (const [check, first, second] of [
        [
            "duplicate-address",
            { leftNamespace: "a", leftName: "l1", rightNamespace: "b", rightName: "r1" },
            {
                leftNamespace: "a",
                leftName: "l2",
                leftAddresses: "10.0.0.1/24",
                rightNamespace: "b",
                rightName: "r2",
                rightAddresses: "10.0.0.1/24",
            },
        ],
        [
            "bridge-loop",
            {
                leftNamespace: "a",
                leftName: "l1",
                leftBridge: "br0",
                rightNamespace: "b",
                rightName: "r1",
                rightBridge: "br0",
            },
            {
                leftNamespace: "a",
                leftName: "l2",
                leftBridge: "br0",
                rightNamespace: "b",
                rightName: "r2",
                rightBridge: "br0",
            },
        ],
    ] as const) {
        it(`says nothing of it: ${check}`, async () => {
            for (const silence of [[], [check]]) {
                const program = new Program();
                for (const name of ["a", "b"]) await declare(program, "Namespace", name, { name });
                for (const namespace of ["a", "b"])
                    await declare(program, "Bridge", `${namespace}br`, { namespace, name: "br0" });
                assert.deepEqual(await declare(program, "VethPair", "first", first), []);
                const problems = await declare(program, "VethPair", "second", second, silence);
                assert.equal(problems.length, silence.length === 0 ? 1 : 0);
            }
        });
    }

    it("is one of those that the page of the checks tells of", async () => {
        const { readFile } = await import("node:fs/promises");
        const page = await readFile("docs/checks.md", "utf8");
        const codes = Array.from(page.matchAll(/^\| `([a-z-]+)` /gm), ([, code]) => code);
        assert.deepEqual(codes, [...CHECKS]);
    });
});
