import assert from "node:assert/strict";
import { type Change, type Inputs, readPreview } from "../../cli/preview/changes";
import { groupLines } from "../../cli/preview/groups";
import { describeChange } from "../../cli/preview/words";
import { UNKNOWN } from "../../model/schema";

const KIND = "pulumi-nodejs:linuxnet:VethPair";

/** A step of the engine, as its events have it. */
const step = (op: string, name: string, before?: Inputs, after?: Inputs, type = KIND): string =>
    JSON.stringify({
        resourcePreEvent: {
            metadata: {
                op,
                type,
                urn: `urn:pulumi:dev::lab::${type}::${name}`,
                old: before ? { custom: true, inputs: { ...before, __provider: "text" } } : null,
                new: after ? { custom: true, inputs: { ...after, __provider: "text" } } : null,
            },
        },
    });

const pair: Inputs = { leftNamespace: "ns1", leftName: "a", leftAddresses: "10.0.0.1/24", rightName: "b" };

const change = (operation: Change["operation"], kind: string, before: Inputs, after: Inputs): Change => ({
    operation,
    kind,
    name: "one",
    before,
    after,
    isGone: false,
    isRenamed: false,
});
const texts = (operation: Change["operation"], kind: string, before: Inputs, after: Inputs): string[] =>
    describeChange(change(operation, kind, before, after)).map(({ sign, text }) => `${sign} ${text}`);
const updated = (kind: string, before: Inputs, more: Inputs): string[] =>
    texts("update", kind, before, { ...before, ...more });

it("a resource under another name of its stack is told as that", () => {
    const renamed: Change = { ...change("update", "VethPair", pair, pair), isRenamed: true };
    assert.deepEqual(describeChange(renamed), [
        { sign: "~", text: "ns1: a 10.0.0.1/24 ⟷ the host: b, goes on under its new name, in place", name: "one" },
    ]);
    const provider = (name: string) => ({ custom: true, inputs: { ...pair, __provider: name } });
    const metadata = {
        op: "update",
        type: KIND,
        urn: `urn:pulumi:dev::lab::${KIND}::x`,
        old: provider("a"),
        new: provider("b"),
    };
    const { changes } = readPreview(JSON.stringify({ resourcePreEvent: { metadata } }));
    assert.deepEqual(
        changes.map(({ isRenamed }) => isRenamed),
        [true],
    );
});

describe("what the engine's events say of a preview", () => {
    const log = (...lines: string[]) => readPreview(lines.join("\n"));

    it("is each resource once, without how its provider is found", () => {
        const { changes, unchanged } = log(
            step("create", "lab-dev", undefined, {}, "pulumi:pulumi:Stack"),
            step("same", "x", pair, pair),
            step("update", "y", pair, { ...pair, leftMtu: 1400 }),
        );
        assert.equal(unchanged, 1);
        assert.deepEqual(changes, [{ ...change("update", "VethPair", pair, { ...pair, leftMtu: 1400 }), name: "y" }]);
    });

    it("has no component in it, which is only the name of what it holds", () => {
        const type = "linuxnet:components:Lan";
        const metadata = {
            op: "create",
            type,
            urn: `urn:pulumi:dev::lab::${type}::lan`,
            old: null,
            new: { inputs: {} },
        };
        const { changes } = log(
            JSON.stringify({ resourcePreEvent: { metadata } }),
            step("create", "x", undefined, pair),
        );
        assert.deepEqual(
            changes.map(({ name }) => name),
            ["x"],
        );
    });

    it("is a replacement where there are three steps, whatever comes first", () => {
        const wanted = { ...pair, leftName: "c" };
        for (const order of [
            ["delete-replaced", "replace", "create-replacement"],
            ["create-replacement", "replace", "delete-replaced"],
        ]) {
            const lines = order.map((op) => step(op, "x", pair, op === "delete-replaced" ? undefined : wanted));
            assert.deepEqual(log(...lines).changes, [{ ...change("replace", "VethPair", pair, wanted), name: "x" }]);
        }
    });

    it("is one replacement where what is made anew had another name, which an alias tells", () => {
        const urnOf = (name: string) => `urn:pulumi:dev::lab::${KIND}::${name}`;
        const state = (name: string) => ({ custom: true, urn: urnOf(name), inputs: { ...pair, leftName: name } });
        const [old, wanted] = [state("old"), state("new")];
        const lines = [
            { op: "delete-replaced", type: KIND, urn: urnOf("old"), old, new: null },
            { op: "replace", type: KIND, urn: urnOf("new"), old, new: wanted },
            { op: "create-replacement", type: KIND, urn: urnOf("new"), old, new: wanted },
        ].map((metadata) => JSON.stringify({ resourcePreEvent: { metadata } }));
        const { changes } = log(...lines);
        assert.deepEqual(
            changes.map(({ operation, name, before }) => ({ operation, name, was: before["leftName"] })),
            [{ operation: "replace", name: "new", was: "old" }],
        );
    });

    it("is a removal where what is removed for a replacement is not made again", () => {
        assert.equal(log(step("delete-replaced", "x", pair)).changes[0]?.operation, "delete");
    });

    it("has errors and warnings, each once, without what the engine says around them", () => {
        const message = `${KIND} resource 'x' has a problem: left.name: given "-"\nexpected better`;
        const event = JSON.stringify({ diagnosticEvent: { urn: `a::b::c::x`, severity: "error", message } });
        const debug = JSON.stringify({ diagnosticEvent: { severity: "debug", message: "…" } });
        assert.deepEqual(log(event, debug, event).problems, ['error: x: left.name: given "-"\nexpected better']);
    });

    it("are what the program has written too, each time and in its order, and nothing of what is for debugging", () => {
        const written = (severity: string, message: string, more: object = {}): string =>
            JSON.stringify({ diagnosticEvent: { severity, message, ...more } });
        const { remarks, problems } = log(
            written("debug", "Running program\n"),
            written("info", "  one\n\n"),
            written("info#err", "two\n"),
            written("info", "37 %\n", { ephemeral: true }),
            written("info", "  one\n\n"),
        );
        assert.deepEqual(remarks, ["  one", "two", "  one"]);
        assert.deepEqual(problems, []);
    });
});

describe("a change in network terms", () => {
    it("says what is made and removed", () => {
        const whole = "ns1: a 10.0.0.1/24 ⟷ the host: b";
        assert.deepEqual(texts("create", "VethPair", {}, pair), [`+ ${whole}`]);
        assert.deepEqual(texts("delete", "VethPair", pair, {}), [`- ${whole}`]);
        assert.deepEqual(texts("create", "Namespace", {}, { name: "ns1", host: "left" }), ["+ namespace ns1 of left"]);
        const bridge = { name: "br0", addresses: "10.0.0.1/24, fd00::1/64", mtu: 1400, stp: true };
        assert.deepEqual(texts("create", "Bridge", {}, bridge), [
            "+ the host: bridge br0 10.0.0.1/24, fd00::1/64, mtu 1400, stp",
        ]);
        const hole = { destination: "10.7.0.0/16", type: "blackhole", table: 7 };
        assert.deepEqual(texts("create", "Route", {}, hole), ["+ the host: route blackhole 10.7.0.0/16 table 7"]);
    });

    const changes: readonly (readonly [string, Inputs, Inputs, string])[] = [
        ["VethPair", pair, { leftAddresses: "10.0.0.9/24" }, "ns1: a 10.0.0.1/24 → 10.0.0.9/24"],
        ["VethPair", pair, { leftAddresses: "10.0.0.2/24, 10.0.0.1/24" }, "ns1: a +10.0.0.2/24"],
        ["VethPair", pair, { leftAddresses: "" }, "ns1: a -10.0.0.1/24"],
        ["VethPair", pair, { rightUp: false }, "the host: b up → down"],
        ["VethPair", pair, { rightMtu: 1400, rightBridge: "br0" }, "the host: b bridge none → br0; mtu not set → 1400"],
        ["VethPair", pair, { leftMacAddress: UNKNOWN }, "ns1: a MAC not set → (known later)"],
        ["Bridge", { name: "br0", stp: true }, { stp: false }, "the host: br0 stp true → false"],
        [
            "Route",
            { destination: "default", gateway: "10.0.0.1" },
            { gateway: "10.0.0.2" },
            "the host: route default via 10.0.0.1 → 10.0.0.2",
        ],
        ["ForwardingSetting", { namespace: "r", ipv4: false }, { ipv4: true }, "r: forwarding IPv4 off → on"],
        [
            "ForwardingSetting",
            { namespace: "r", ipv4: true, exceptions: "a (IPv4), a (IPv6)" },
            { exceptions: undefined },
            "r: forwarding except on -a (IPv4) -a (IPv6)",
        ],
        ["Namespace", { name: "ns1", loopback: "down" }, { loopback: undefined }, "namespace ns1: lo down → up"],
        [
            "Vxlan",
            { name: "vx0", remotes: "10.0.0.1, 10.0.0.2" },
            { remotes: "10.0.0.2" },
            "the host: vx0 remotes -10.0.0.1",
        ],
        [
            "VethPair",
            { ...pair, leftAddresses: "10.0.0.1/24, 10.0.0.2/24" },
            { leftAddresses: "10.0.0.2/24, 10.0.0.1/24" },
            "ns1: a in another order: 10.0.0.2/24, 10.0.0.1/24",
        ],
    ];
    for (const [kind, before, more, expected] of changes) {
        it(`says what was, and what is to be: ${expected}`, () =>
            assert.deepEqual(updated(kind, before, more), [`~ ${expected}, in place`]));
    }

    it("says of both ends of a pair what is changed there", () => {
        assert.deepEqual(updated("VethPair", pair, { leftMtu: 1400, rightMtu: 1400 }), [
            "~ ns1: a mtu not set → 1400, in place",
            "~ the host: b mtu not set → 1400, in place",
        ]);
    });

    it("says why something is made anew", () => {
        assert.deepEqual(texts("replace", "VethPair", pair, { ...pair, leftName: "c", rightMtu: 1400 }), [
            "± ns1: c name a → c ⟷ the host: b mtu not set → 1400, made anew",
        ]);
        assert.deepEqual(texts("replace", "Route", { destination: "default" }, { destination: "default" }), [
            "± the host: route default, with what it stands on, made anew",
        ]);
    });

    it("says what is checked", () => {
        const check = { fromNamespace: "ns1", to: "10.0.0.1", triggers: "a" };
        assert.deepEqual(updated("Reachability", check, { triggers: "b" }), ["? check ns1 → 10.0.0.1"]);
    });

    it("says of what is not ours what it is called", () => {
        assert.deepEqual(texts("create", "random:index:RandomPet", {}, { length: 2 }), [
            "+ random:index:RandomPet one",
        ]);
    });
});

describe("like changes", () => {
    const line = (text: string, name: string) => ({ sign: "+", text, name }) as const;

    it("are put together from four on, each number by its least and greatest", () => {
        const lines = [3, 1, 10, 2].map((at) => line(`namespace h${at} 10.0.${at}.1/24`, `host${at}`));
        assert.deepEqual(groupLines(lines), ["+ 4 × namespace h{1..10} 10.0.{1..10}.1/24   (host{1..10})"]);
    });

    it("are no span of what nobody has: of far numbers each has its own", () => {
        const lines = ["10.0.2.15", "192.168.1.1", "192.168.1.2", "192.168.1.3", "10.0.2.2", "192.168.1.4"];
        assert.deepEqual(groupLines(lines.map((text) => line(text, "x"))), [
            "+ 10.0.2.15   (x)",
            "+ 10.0.2.2   (x)",
            "+ 4 × 192.168.1.{1..4}   (x)",
        ]);
    });

    it("stay apart where there are few, or their words differ", () => {
        const lines = [line("a1", "x"), line("a2", "y"), line("b3", "z"), line("a4", "w")];
        assert.deepEqual(groupLines(lines), ["+ a1   (x)", "+ a2   (y)", "+ a4   (w)", "+ b3   (z)"]);
    });
});
