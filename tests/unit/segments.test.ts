import assert from "node:assert/strict";
import fc from "fast-check";
import type { DeclaredDevice, DeclaredVxlan } from "../../provider/program";
import { devicesOf, Program } from "../../provider/program";
import { joinSegments } from "../../provider/segments";

type Inputs = Record<string, string | number | boolean>;

const tunnel = (name: string, local: string, remotes: readonly string[], more: Partial<DeclaredVxlan> = {}) => ({
    owner: `lab/dev/${name}`,
    nameProperty: "name",
    addressProperty: "addresses",
    mtuProperty: "mtu",
    place: name,
    name,
    kind: "vxlan" as const,
    addresses: [],
    isOpen: false,
    mtu: undefined,
    isMtuOpen: false,
    segment: `${name}/br0`,
    bridge: "br0",
    vxlan: { vni: 7, local, port: 4789, remotes, device: undefined, isDeviceOpen: false, ...more },
});

/** Which of them are one network, each group a text: `a b`, `c`. */
function groups(...devices: readonly DeclaredDevice[]): string[] {
    const joined = joinSegments(devices);
    const found = new Map<string, string[]>();
    for (const { name, segment } of devices) {
        const stands = joined.get(segment) ?? segment;
        found.set(stands, [...(found.get(stands) ?? []), name]);
    }
    return [...found.values()].map((names) => names.sort().join(" ")).sort();
}

describe("tunnels make one layer-2 network", () => {
    const [a, b, c] = ["10.0.0.1", "10.0.0.2", "10.0.0.3"] as const;

    it("where they know each other, or one knows the other, which learns of it", () => {
        assert.deepEqual(groups(tunnel("a", a, [b]), tunnel("b", b, [a])), ["a b"]);
        assert.deepEqual(groups(tunnel("a", a, [b]), tunnel("b", b, [])), ["a b"]);
        assert.deepEqual(groups(tunnel("a", a, []), tunnel("b", b, [a])), ["a b"]);
    });

    it("over IPv6 too", () => {
        assert.deepEqual(groups(tunnel("a", "fd00::1", ["fd00::2"]), tunnel("b", "fd00::2", [])), ["a b"]);
    });

    it("and not where neither knows the other, of another network identifier, or on another port", () => {
        assert.deepEqual(groups(tunnel("a", a, [c]), tunnel("b", b, [c])), ["a", "b"]);
        assert.deepEqual(groups(tunnel("a", a, []), tunnel("b", b, [])), ["a", "b"]);
        assert.deepEqual(groups(tunnel("a", a, [b]), tunnel("b", b, [a], { vni: 8 })), ["a", "b"]);
        assert.deepEqual(groups(tunnel("a", a, [b]), tunnel("b", b, [a], { port: 8472 })), ["a", "b"]);
    });

    it("in chains, whatever their order", () => {
        const chain = [tunnel("a", a, [b]), tunnel("b", b, [a, c]), tunnel("c", c, [b])];
        assert.deepEqual(groups(...chain), ["a b c"]);
        assert.deepEqual(groups(...chain.reverse()), ["a b c"]);
        assert.deepEqual(groups(tunnel("a", a, [c]), tunnel("b", b, [c]), tunnel("c", c, [])), ["a b c"]);
    });

    it("across a bridge with tunnels of two networks", () => {
        const one = tunnel("a", a, [b]);
        const both = tunnel("b", b, [a]);
        const other = { ...tunnel("b8", b, [c], { vni: 8 }), segment: both.segment };
        const far = tunnel("c", c, [b], { vni: 8 });
        assert.deepEqual(groups(one, both, other, far), ["a b b8 c"]);
    });

    it("of one underlay: where two have the same address, whose remote is meant cannot be told", () => {
        const labs = [tunnel("a1", a, [b]), tunnel("b1", b, [a]), tunnel("a2", a, [b]), tunnel("b2", b, [a])];
        assert.deepEqual(groups(...labs), ["a1", "a2", "b1", "b2"]);
        assert.deepEqual(groups(...labs.slice(0, 3), tunnel("c", c, [b])), ["a1", "a2", "b1 c"]);
    });

    it("and nothing else does", () => {
        assert.deepEqual([...joinSegments([])], []);
        const bridge = { ...tunnel("br0", a, []), kind: "bridge" as const, vxlan: undefined };
        assert.equal(joinSegments([bridge, tunnel("a", a, [b])]).get(bridge.segment), undefined);
    });

    it("exactly where a way leads from one to the other (property)", () => {
        const hosts = fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 8 });
        const network = hosts.chain((locals) =>
            fc.tuple(
                ...locals.map((local) =>
                    fc.record({
                        local: fc.constant(local),
                        remotes: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
                        vni: fc.integer({ min: 7, max: 8 }),
                    }),
                ),
            ),
        );
        fc.assert(
            fc.property(network, (specs) => {
                const devices = specs.map(({ local, remotes, vni }) =>
                    tunnel(
                        `t${local}`,
                        `10.0.0.${local}`,
                        remotes.map((remote) => `10.0.0.${remote}`),
                        { vni },
                    ),
                );
                const joined = joinSegments(devices);
                // Warshall's algorithm, on what one tunnel says of another.
                const reach = specs.map((from) =>
                    specs.map(
                        (to) =>
                            from === to ||
                            (from.vni === to.vni &&
                                (from.remotes.includes(to.local) || to.remotes.includes(from.local))),
                    ),
                );
                for (const k of specs.keys())
                    for (const i of specs.keys())
                        for (const j of specs.keys())
                            if (reach[i]?.[k] && reach[k]?.[j]) (reach[i] as boolean[])[j] = true;
                for (const [i, from] of devices.entries())
                    for (const [j, to] of devices.entries())
                        assert.equal(joined.get(from.segment) === joined.get(to.segment), reach[i]?.[j]);
            }),
        );
    });
});

describe("a program's segments", () => {
    const declare = (
        program: Program,
        name: string,
        known: Inputs,
        unknown: readonly string[] = [],
    ): DeclaredDevice => {
        const declaration = { kind: "Vxlan", owner: `lab/dev/${name}`, known: { name: "vx0", ...known }, unknown };
        const devices = devicesOf(declaration);
        program.declare(declaration, devices);
        return devices[0] as DeclaredDevice;
    };
    const left = { namespace: "left", vni: 7, local: "10.0.0.1", remotes: "10.0.0.2", bridge: "br0" };
    const right = { namespace: "right", vni: 7, local: "10.0.0.2", remotes: "10.0.0.1", bridge: "br0" };

    it("join when the second tunnel is declared, and part when it is declared otherwise", () => {
        const program = new Program();
        const one = declare(program, "left", left);
        assert.equal(program.segmentOf(one), "left/br0");
        const other = declare(program, "right", right);
        assert.equal(program.segmentOf(other), program.segmentOf(one));
        const moved = declare(program, "right", { ...right, vni: 8 });
        assert.notEqual(program.segmentOf(moved), program.segmentOf(one));
        declare(program, "right", right);
        assert.equal(program.segmentOf(other), program.segmentOf(one));
        const open = declare(program, "right", { namespace: "right", vni: 7, remotes: "10.0.0.1", bridge: "br0" }, [
            "local",
        ]);
        assert.notEqual(program.segmentOf(open), program.segmentOf(one));
    });

    it("do not join by what is not known yet", () => {
        const program = new Program();
        const one = declare(program, "left", { ...left, remotes: "" }, ["remotes"]);
        const other = declare(program, "right", right, ["port"]);
        assert.notEqual(program.segmentOf(other), program.segmentOf(one));
    });
});
