import assert from "node:assert/strict";
import { arrange } from "../../cli/graph/arrange";
import { collapse } from "../../cli/graph/collapse";
import { readDrifts } from "../../cli/graph/drift";
import type { Picture } from "../../cli/graph/picture";
import type { Resource } from "../../model/topology/topology";
import { draw, OVERLAY, pair, picture, ROUTER, resource, starOf } from "../support/pictures";

/** A box by its name. */
function box({ boxes }: Picture, name: string) {
    const found = boxes.find((one) => one.name === name);
    assert.ok(found, `${name} is among ${boxes.map((one) => one.name)}`);
    return found;
}

/** Links by what is at their ends: `ns1 eth0 -- router r1`. */
const joins = ({ boxes, links }: Picture): string[] =>
    links.map(({ ends }) =>
        ends
            .map((end) => {
                const there = boxes.find(({ id }) => id === end.box);
                return `${there?.name} ${there?.rows.find(({ port }) => port === end.port)?.name ?? "itself"}`;
            })
            .join(" -- "),
    );

describe("a picture of a lab", () => {
    it("has a box for each place with its devices, addresses, routes and forwarding", () => {
        const drawn = picture(ROUTER);
        assert.deepEqual(
            drawn.boxes.map(({ name, kind, forwarding, rows, routes }) => [
                name,
                kind,
                forwarding,
                rows.map((row) => [row.name, ...row.addresses].join(" ")),
                routes.map(({ text }) => text),
            ]),
            [
                ["ns1", "namespace", "", ["eth0 10.1.0.2/24"], ["10.2.0.0/24 via 10.1.0.1"]],
                ["ns2", "namespace", "", ["eth0 10.2.0.2/24"], ["default via 10.2.0.1"]],
                ["router", "namespace", "forwards IPv4", ["r1 10.1.0.1/24", "r2 10.2.0.1/24"], []],
            ],
        );
    });

    it("lies along its longest way, the first box to the left", () => {
        assert.deepEqual(joins(picture(ROUTER)), ["ns1 eth0 -- router r1", "router r2 -- ns2 eth0"]);
        const sides = joins(picture(starOf(4))).map((text) => text.startsWith("s0 "));
        assert.deepEqual(sides.filter((isRight) => isRight).length, 3);
    });

    it("lays out what goes in a circle by how far it is from the outermost", () => {
        const circle = ["a", "b", "c"].map((name, at, all) =>
            pair(name, { namespace: name, name: "l" }, { namespace: all[(at + 1) % 3] ?? "", name: "r" }),
        );
        const leaf = pair("leaf", { namespace: "leaf", name: "l" }, { namespace: "a", name: "down" });
        const drawn = picture([...circle, leaf]);
        assert.deepEqual(
            drawn.links.filter(({ isRanked }) => !isRanked).map(({ text }) => text),
            ["l ⟷ r"],
        );
        assert.ok(joins(drawn).includes("leaf l -- a down"));
    });

    it("has a frame for each host, a box for each bridge, and tunnels between hosts", () => {
        const drawn = picture(OVERLAY);
        assert.deepEqual(
            drawn.frames.map(({ title }) => title),
            ["left", "right"],
        );
        const bridge = box(drawn, "br0 on left");
        assert.deepEqual(
            bridge.rows.map(({ name, notes }) => [name, ...notes].join(" ")),
            ["port", "vx0 vxlan 42 to 10.0.2.2"],
        );
        const tunnel = drawn.links.find(({ kind }) => kind === "tunnel");
        assert.equal(tunnel?.text, "vxlan 42: vx0 ⟷ vx0");
        // Its ends are apart from each other by nothing else: the cable joins the hosts, not the bridges.
        assert.equal(tunnel?.isRanked, true);
    });

    it("has one box for the tunnels of many hosts, each to all others, and lines for those of few", () => {
        const sites = (count: number): Resource[] =>
            Array.from({ length: count }, (_, at) => `10.0.2.${at + 1}`).map((local, at, all) => {
                const remotes = all.filter((one) => one !== local).join(", ");
                return resource("Vxlan", `vx${at}`, { host: `m${at}`, name: "vx0", vni: 7, local, remotes });
            });
        const many = picture(sites(9));
        assert.deepEqual(
            many.boxes.filter(({ kind }) => kind === "tunnel").map(({ title }) => title),
            ["vxlan 7"],
        );
        assert.equal(many.links.length, 9);
        assert.equal(picture(sites(3)).links.length, 3);
        // Where all send to one alone, it is no mesh, and drawn as it is.
        const [first, ...rest] = sites(9);
        assert.ok(first);
        const hub = rest.map((one) => ({ ...one, inputs: { ...one.inputs, remotes: "10.0.2.1" } }));
        assert.equal(picture([first, ...hub]).links.length, 8);
    });

    it("shows a bridge with an address as a device of its place, joined to the bridge", () => {
        const drawn = picture([resource("Bridge", "br0", { name: "br0", addresses: "10.0.0.1/24" })]);
        assert.deepEqual(joins(drawn), ["the host br0 -- br0 on the host itself"]);
    });

    it("says what is down, and which links that takes down", () => {
        const down = ROUTER.map((one) =>
            one.name === "link1" ? { ...one, inputs: { ...one.inputs, rightUp: false } } : one,
        );
        const drawn = picture(down);
        assert.deepEqual(
            box(drawn, "router").rows.map(({ status }) => status),
            ["down", "up"],
        );
        assert.deepEqual(
            drawn.links.map(({ status }) => status),
            ["down", "up"],
        );
    });

    it("shows hosts on which nothing is, and places with nothing in them", () => {
        const drawn = picture([
            resource("SimulatedHost", "sim", { name: "sim" }),
            resource("Namespace", "ns1", { name: "ns1" }),
        ]);
        assert.deepEqual(
            drawn.boxes.map(({ name, kind }) => `${kind} ${name}`),
            ["namespace ns1", "host sim"],
        );
    });

    it("has the frame of a machine, and of a host within a host, and none for this machine", () => {
        const drawn = picture([
            ...["left", "left/inner", "local/sim/inner"].map((host) =>
                resource("Namespace", `ns1 of ${host}`, { name: "ns1", host }),
            ),
            pair("plug", { namespace: "ns0", name: "eth0" }, { name: "port", bridge: "br-lan" }),
        ]);
        assert.deepEqual(
            drawn.frames.map(({ id, title, frame }) => [id, title, frame]),
            [
                ["f left", "left", undefined],
                ["f left/inner", "inner", "f left"],
                ["f sim", "sim", undefined],
                ["f sim/inner", "inner", "f sim"],
            ],
        );
        assert.deepEqual(
            drawn.boxes.map(({ name, title, frame }) => [name, title, frame]),
            [
                ["ns0", "ns0", undefined],
                ["ns1 of left", "ns1", "f left"],
                ["ns1 of left/inner", "ns1", "f left/inner"],
                ["ns1 of sim/inner", "ns1", "f sim/inner"],
                ["the host", "the host", undefined],
            ],
        );
        assert.deepEqual(box(drawn, "the host").rows[0]?.notes, ["in br-lan"]);
    });

    it("is the same in whatever order the engine tells of resources", () => {
        for (const lab of [ROUTER, OVERLAY, starOf(30)]) {
            assert.deepEqual(picture([...lab].reverse()), picture(lab));
        }
    });
});

describe("what has drifted", () => {
    const event = ({ kind, name }: Resource, old: Resource["inputs"], found: Resource["inputs"] | null): string => {
        const type = `pulumi-nodejs:linuxnet:${kind}`;
        const state = (inputs: Resource["inputs"] | null) => inputs && { inputs: { ...inputs, __provider: "text" } };
        const urn = `urn:pulumi:dev::lab::${type}::${name}`;
        return JSON.stringify({
            resOutputsEvent: { metadata: { op: "refresh", type, urn, old: state(old), new: state(found) } },
        });
    };
    const named = (name: string): Resource => {
        const found = ROUTER.find((one) => one.name === name);
        assert.ok(found);
        return found;
    };
    const link = named("link1");

    it("is what a refresh finds to be other than the state, in words, at the device", () => {
        const now = { ...link.inputs, rightUp: false };
        const drifts = readDrifts(
            [event(link, link.inputs, now), ...ROUTER.map((one) => event(one, one.inputs, one.inputs))].join("\n"),
        );
        assert.deepEqual(
            drifts.map(({ words }) => words),
            [["router: r1 up → down"]],
        );
        const lab = ROUTER.map((one) => (one === link ? { ...one, inputs: now } : one));
        const drawn = picture(lab, { state: "deployed", drifts });
        assert.deepEqual(
            box(drawn, "router").rows.map(({ status, drift }) => [status, ...drift]),
            [["down", "router: r1 up → down"], ["up"]],
        );
        assert.deepEqual(box(drawn, "ns1").rows[0]?.drift, []);
        assert.deepEqual(
            drawn.links.map(({ drift }) => drift.length),
            [1, 0],
        );
    });

    it("is drawn as it was where it is gone", () => {
        const gone = [named("ns1"), link, named("to-ns2"), named("forwarding")];
        const drifts = readDrifts(gone.map((one) => event(one, one.inputs, null)).join("\n"));
        const left = ROUTER.filter((one) => !gone.includes(one));
        const drawn = picture(left, { state: "deployed", drifts });
        const { status, rows, routes } = box(drawn, "ns1");
        assert.deepEqual([status, rows[0]?.status, routes[0]?.status], ["gone", "gone", "gone"]);
        assert.deepEqual(drawn.links.map((one) => one.status).sort(), ["gone", "up"]);
        const router = box(drawn, "router");
        assert.deepEqual([router.status, router.forwarding, ...router.drift], ["up", "", "forwarding is gone"]);
    });

    it("names an address that somebody has taken from a device", () => {
        const address = resource("Address", "more", { namespace: "ns1", device: "eth0", address: "10.1.0.9/24" });
        const drifts = readDrifts(event(address, address.inputs, null));
        const [row] = box(picture(ROUTER, { drifts }), "ns1").rows;
        assert.deepEqual([row?.addresses, row?.drift], [["10.1.0.2/24"], ["ns1: eth0 -10.1.0.9/24"]]);
    });
});

describe("a large picture", () => {
    const down = starOf(250).map((one) =>
        one.name === "h7-eth0" ? { ...one, inputs: { ...one.inputs, leftUp: false } } : one,
    );

    it("has the leaves of a star that are alike as one, with all that it stands for", () => {
        const drawn = collapse(draw(starOf(250)));
        assert.deepEqual(
            drawn.boxes.map(({ title }) => title),
            ["h{0..249}", "the host", "s0"],
        );
        const [leaves, , hub] = drawn.boxes;
        assert.equal(leaves?.members.length, 250);
        assert.deepEqual(leaves?.members[249], { name: "h249", addresses: ["10.0.1.250/8"] });
        assert.deepEqual(
            leaves?.rows.map((row) => [row.name, ...row.addresses]),
            [["eth0", "10.0.1.{1..250}/8"]],
        );
        assert.deepEqual(
            hub?.rows.map(({ name, count }) => [name, count]),
            [["s0-h{0..249}", 250]],
        );
        assert.deepEqual(
            drawn.links.map(({ kind, count }) => [kind, count]),
            [
                ["pair", 250],
                ["bridge", 1],
            ],
        );
    });

    it("keeps what is down apart", () => {
        const drawn = collapse(draw(down));
        assert.deepEqual(
            drawn.boxes.map(({ title }) => title),
            ["h{0..249}", "h7", "the host", "s0"],
        );
        assert.equal(drawn.boxes[0]?.members.length, 249);
        assert.ok(!drawn.boxes[0]?.members.some(({ name }) => name === "h7"));
    });

    it("keeps apart what has another prefix, route or device, and the few", () => {
        const other = resource("Route", "other", { namespace: "h1", destination: "10.9.0.0/16", gateway: "10.0.0.9" });
        assert.deepEqual(
            collapse(draw([...starOf(40), other])).boxes.map(({ title }) => title),
            ["h{0..39}", "h1", "the host", "s0"],
        );
        assert.equal(collapse(draw(starOf(12))).boxes.length, 14);
    });

    it("tells apart addresses of IPv6, whose digits are not only numbers", () => {
        const lab = starOf(30).map((one) => {
            const at = Number(/^h(\d+)-eth0$/.exec(one.name)?.[1] ?? -1);
            return at < 0
                ? one
                : { ...one, inputs: { ...one.inputs, leftAddresses: `fd00::${(at + 1).toString(16)}/64` } };
        });
        const [leaves] = collapse(draw(lab)).boxes;
        assert.deepEqual(leaves?.rows[0]?.addresses, ["fd00::1/64 … fd00::1e/64"]);
    });

    it("has every link between boxes that it shows", () => {
        const drawn = arrange(collapse(draw(down)));
        const lines = new Set(
            drawn.boxes.flatMap(({ id, rows }) => [`${id} top`, ...rows.map(({ port }) => `${id} ${port}`)]),
        );
        for (const { ends } of drawn.links) for (const end of ends) assert.ok(lines.has(`${end.box} ${end.port}`));
    });
});
