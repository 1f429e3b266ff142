import assert from "node:assert/strict";
import { writeProgram } from "../../cli/import/program";
import type { Resource } from "../../cli/import/resource";
import { Expression, write } from "../../cli/import/source";
import { camelCase } from "../../cli/import/variables";

/** The program's resources, without its beginning. */
const bodyOf = (...resources: readonly Resource[]): string => {
    const text = writeProgram(resources);
    assert.match(text, /^import \* as linuxnet from "pulumi-linuxnet";\n\n\/\/ .*\n\n/);
    return text.split("\n").slice(4).join("\n");
};

const namespace = (name: string): Resource => ({ kind: "Namespace", name, spec: { name }, implied: [] });
const bridge = (name: string, spec: object = {}): Resource => ({
    kind: "Bridge",
    name,
    spec: { name, ...spec },
    implied: [],
});
const route = (spec: { namespace?: string; device?: string; nexthops?: string }, implied: string[] = []): Resource => ({
    kind: "Route",
    name: "to-there",
    spec: { destination: "10.0.0.0/8", gateway: "192.168.1.1", ...spec },
    implied,
});
const pair = (spec: object, implied: string[] = []): Resource => ({
    kind: "VethPair",
    name: "link",
    spec: { leftName: "a", rightName: "b", ...spec },
    implied,
});

describe("the program that linuxnet import writes", () => {
    it("gives a variable to what is referred to, and to nothing else", () => {
        assert.equal(
            bodyOf(namespace("ns1"), namespace("ns-router"), route({ namespace: "ns-router" })),
            'new linuxnet.Namespace("ns1", { name: "ns1" });\n' +
                'const nsRouter = new linuxnet.Namespace("ns-router", { name: "ns-router" });\n\n' +
                'new linuxnet.Route("to-there", { namespace: nsRouter, destination: "10.0.0.0/8", gateway: "192.168.1.1" });\n',
        );
    });

    it("writes the ends of a pair on a line each, with the bridge in place of where that is", () => {
        const link = pair(
            { leftNamespace: "ns1", leftAddresses: "10.0.0.1/24, fd00::1/64", rightBridge: "br0", rightUp: false },
            ["leftName"],
        );
        assert.equal(
            bodyOf(namespace("ns1"), bridge("br0"), link),
            'const ns1 = new linuxnet.Namespace("ns1", { name: "ns1" });\n\n' +
                'const br0 = new linuxnet.Bridge("br0", { name: "br0" });\n\n' +
                'new linuxnet.VethPair("link", {\n' +
                '    left: { namespace: ns1, addresses: ["10.0.0.1/24", "fd00::1/64"] },\n' +
                '    right: { bridge: br0, name: "b", up: false },\n' +
                "});\n",
        );
    });

    it("refers by name to what is not in it", () => {
        const link = pair({ leftNamespace: "ns1", rightBridge: "br0" });
        assert.match(
            bodyOf(link),
            /left: \{ namespace: "ns1", name: "a" \},\n {4}right: \{ bridge: "br0", name: "b" \}/,
        );
    });

    it("takes a bridge of the same name elsewhere for another one", () => {
        const [here, there] = [bridge("br0", { namespace: "ns1" }), bridge("br0", { namespace: "ns2" })];
        const link = pair({ leftNamespace: "ns2", leftBridge: "br0" });
        const text = bodyOf(namespace("ns1"), namespace("ns2"), here, { ...there, name: "ns2-br0" }, link);
        assert.match(text, /left: \{ bridge: ns2Br0, name: "a" \}/);
    });

    it("names a route's device only where the SDK would not find it", () => {
        const link = pair({ leftNamespace: "ns1", rightNamespace: "ns2" });
        const over = (implied: string[]) => bodyOf(link, route({ namespace: "ns2", device: "b" }, implied));
        assert.match(over([]), /const link = new linuxnet\.VethPair[\s\S]*device: link\.right,\n/);
        assert.doesNotMatch(over(["device"]), /device/);
    });

    it("writes the next hops of a route, each with what it has", () => {
        const several = route({ nexthops: "via 10.1.0.1 weight 2, dev b" });
        const text = bodyOf(pair({}), { ...several, spec: { ...several.spec, gateway: undefined } } as Resource);
        assert.match(
            text,
            /nexthops: \[\n {8}\{ gateway: "10\.1\.0\.1", weight: 2 \},\n {8}\{ device: link\.right \},\n {4}\]/,
        );
    });

    it("writes a tunnel's remotes as a list, and what it lives in by its bridge", () => {
        const tunnel: Resource = {
            kind: "Vxlan",
            name: "vx0",
            spec: {
                name: "vx0",
                vni: 42,
                local: "10.0.0.1",
                remotes: "10.0.0.2, 10.0.0.3",
                bridge: "br0",
                learning: false,
            },
            implied: [],
        };
        const text = bodyOf(bridge("br0"), tunnel);
        assert.match(text, /bridge: br0,\n.*\n {4}vni: 42,\n.*\n {4}remotes: \["10\.0\.0\.2", "10\.0\.0\.3"\],\n/);
    });
});

describe("a variable's name", () => {
    for (const [name, is] of [
        ["ns-router", "nsRouter"],
        ["virtual-bridge", "virtualBridge"],
        ["br0", "br0"],
        ["BR.lan_1", "bRLan1"],
        ["1st", "_1st"],
    ] as const) {
        it(`is ${is} for ${name}`, () => assert.equal(camelCase(name), is));
    }

    it("is no word of the language, and nobody else's", () => {
        const text = bodyOf(
            namespace("new"),
            namespace("ns1"),
            bridge("ns1"),
            namespace("ns-1"),
            ...["new", "ns1", "ns-1"].map((name) => route({ namespace: name })),
            pair({ leftBridge: "ns1" }),
        );
        assert.match(text, /const newNamespace = /);
        const names = Array.from(text.matchAll(/const (\S+) =/g), ([, name]) => name);
        assert.equal(new Set(names).size, 4, names.join(", "));
    });
});

describe("a value of a program", () => {
    it("is on one line where that is short enough", () => {
        assert.equal(write({ a: 1, b: "x", c: undefined, d: [true] }), '{ a: 1, b: "x", d: [true] }');
        const long = "x".repeat(60);
        assert.equal(write({ a: long, b: long }), `{\n    a: "${long}",\n    b: "${long}",\n}`);
        assert.equal(write({ a: "short" }, "", 110), '{\n    a: "short",\n}');
    });

    it("is written shortly where a variable is called like the property", () => {
        assert.equal(write({ left: new Expression("left"), right: new Expression("x") }), "{ left, right: x }");
    });
});
