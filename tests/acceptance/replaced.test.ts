import assert from "node:assert/strict";
import { backgroundPing } from "../support/background-ping";
import { listChanges } from "../support/engine-events";
import { ipJson, type Where } from "../support/kernel";
import { useLab } from "../support/lab";
import { assertReply } from "../support/ping";
import { type Snapshot, takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";
import { assertSucceeded } from "./every-example";
import {
    COUPLE,
    FREED_TUNNELS,
    HUB,
    LOWERED_TUNNELS,
    MOVED,
    RENAMED_NAMESPACE,
    SPINE,
    SWAPPED_BRIDGES,
    SWAPPED_PAIRS,
    TUNNELS,
} from "./replaced-programs";

/** The index of each link of a place, which is its own for as long as it is the same one. */
async function indices(where: Where): Promise<ReadonlyMap<string, unknown>> {
    const links = await ipJson(...(where === undefined ? [] : ["-n", where]), "link", "show");
    return new Map(links.map(({ ifname, ifindex }) => [String(ifname), ifindex]));
}

const routesOf = async (namespace: string): Promise<number> =>
    (await ipJson("-n", namespace, "route", "show", "proto", "157")).length;

describe("What must be replaced, in one up", () => {
    let start: Snapshot;
    before(async () => {
        start = await takeSnapshot();
    });
    const lab = useLab("point-to-point", { stack: "dev", isTranslated: true });

    async function deploy(program: string): Promise<void> {
        await lab.write(program);
        assertSucceeded(await lab.up());
    }

    /** The program's next version, in one up: what it does is what the preview says, and all of it. */
    async function become(program: string): Promise<readonly string[]> {
        await lab.write(program);
        const preview = await lab.preview();
        assertSucceeded(preview);
        const shown = listChanges(preview).toSorted();
        const up = await lab.up();
        assertSucceeded(up);
        assert.deepEqual(listChanges(up).toSorted(), shown, "what was done is not what was shown");
        const next = await lab.preview();
        assertSucceeded(next);
        assert.deepEqual(listChanges(next), [], "the next preview has something left to do");
        return shown;
    }

    /** Nothing of that is noticed on a link that has nothing to do with it. */
    async function unnoticed(from: string, device: string, to: string, work: () => Promise<void>): Promise<void> {
        const before = (await indices(from)).get(device);
        const losses = await backgroundPing(from, to, work);
        assert.deepEqual(losses.lost, [], `of ${losses.sent} packets some were lost`);
        assert.equal((await indices(from)).get(device), before);
    }

    it("is a namespace that gets another name, with six pairs and ten routes inside", async () => {
        await deploy(SPINE);
        assert.equal(await routesOf("spine"), 10);
        await unnoticed("leaf1", "beside", "10.0.99.2", async () => {
            const changes = await become(RENAMED_NAMESPACE);
            assert.equal(changes.filter((change) => /^replace link\d: leftNamespace$/.test(change)).length, 6);
            assert.equal(changes.filter((change) => /^replace route\d+: namespace$/.test(change)).length, 10);
            // Over the other ends, by the devices' names alone.
            assert.equal(changes.filter((change) => /^replace out\d$/.test(change)).length, 6);
            assert.deepEqual(
                changes.filter((change) => !/^replace (link|route|out)\d+/.test(change)),
                ["replace forwarding: namespace", "replace spine: name"],
            );
        });
        assert.equal(await routesOf("backbone"), 10);
        for (let at = 1; at <= 10; at++) await assertReply("backbone", `10.1.${at}.1`, 64);
        for (let at = 1; at <= 6; at++) await assertReply(`leaf${at}`, `10.1.${(at % 6) + 1}.1`, 63);
    });

    it("is a pair that moves to another namespace, with the routes over it", async () => {
        await deploy(COUPLE);
        await assertReply("a", "10.9.0.1", 64);
        await unnoticed("a", "beside", "10.2.0.2", async () => {
            assert.deepEqual(await become(MOVED), [
                "replace far: namespace",
                "replace link: rightNamespace",
                "replace to-far",
            ]);
        });
        assert.equal((await indices("b")).has("moving-r"), false);
        await assertReply("a", "10.0.0.2", 64);
        await assertReply("a", "10.9.0.1", 64);
    });

    it("is a bridge that gets another name: its ports go along, and stay", async () => {
        await deploy(HUB("br0", "br1"));
        const before = await indices(undefined);
        await unnoticed("h4", "eth0", "10.2.0.3", async () => {
            assert.deepEqual(await become(HUB("switch0", "br1")), [
                "replace hub: name",
                "replace via-hub: device",
                "update link1: rightBridge",
                "update link2: rightBridge",
            ]);
        });
        const after = await indices(undefined);
        assert.equal(after.has("br0"), false);
        for (const port of ["p1", "p2", "p3", "p4"]) assert.equal(after.get(port), before.get(port), port);
        await assertReply("h1", "10.1.0.2", 64);
        await assertReply(undefined, "10.9.0.1", 64);
    });

    it("are two bridges that swap their names, with their ports and routes", async () => {
        await deploy(HUB("br0", "br1"));
        const before = await indices(undefined);
        assert.deepEqual(await become(SWAPPED_BRIDGES), [
            "replace hub: name",
            "replace other: name",
            "replace via-hub: device",
            "update link1: rightBridge",
            "update link2: rightBridge",
            "update link3: rightBridge",
            "update link4: rightBridge",
        ]);
        const after = await indices(undefined);
        for (const bridge of ["br0", "br1"]) assert.notEqual(after.get(bridge), before.get(bridge), bridge);
        for (const port of ["p1", "p2", "p3", "p4"]) assert.equal(after.get(port), before.get(port), port);
        await assertReply("h1", "10.1.0.2", 64);
        await assertReply("h3", "10.2.0.4", 64);
        await assertReply(undefined, "10.9.0.1", 64);
    });

    it("are two pairs that swap the names of their ends, and two namespaces theirs", async () => {
        await deploy(SWAPPED_PAIRS({ left: "x", right: "y" }, "a", "b"));
        await assertReply("a", "10.1.0.2", 64);
        assert.deepEqual(await become(SWAPPED_PAIRS({ left: "y", right: "x" }, "a", "b")), [
            "replace link1: leftName, rightName",
            "replace link2: leftName, rightName",
            "replace route1: device",
            "replace route2: device",
        ]);
        for (const to of ["10.1.0.2", "10.2.0.2", "10.9.1.1", "10.9.2.1"]) await assertReply("a", to, 64);
        await become(SWAPPED_PAIRS({ left: "y", right: "x" }, "b", "a"));
        for (const to of ["10.1.0.2", "10.2.0.2", "10.9.1.1", "10.9.2.1"]) await assertReply("b", to, 64);
    });

    it("is what a resource leaves behind when another one gets its name", async () => {
        await deploy(HUB("br0", "br1"));
        const renamed = HUB("br0", "br1").replace('("hub"', '("center"');
        assert.deepEqual(await become(renamed), ["create center", "delete hub"]);
        await assertReply("h1", "10.1.0.2", 64);
        await assertReply(undefined, "10.9.0.1", 64);
    });

    it("is not a tunnel whose underlay gets another MTU: its own follows in the same up", async () => {
        await deploy(TUNNELS);
        const before = await indices(undefined);
        const follow = ["update found: mtu", "update given: mtu", "update named: mtu", "update under: leftMtu"];
        assert.deepEqual(await become(LOWERED_TUNNELS), follow);
        const mtus = async () =>
            (await ipJson("link", "show", "type", "vxlan")).map(({ ifname, mtu }) => `${ifname} ${mtu}`).sort();
        assert.deepEqual(await mtus(), ["vx1 1250", "vx2 1250", "vx3 1250"]);
        assert.deepEqual(await become(FREED_TUNNELS), follow);
        assert.deepEqual(await mtus(), ["vx1 1450", "vx2 1450", "vx3 1450"]);
        assert.deepEqual(await indices(undefined), before);
    });

    it("leaves the machine as it was", async () => {
        assertSucceeded(await lab.destroy());
        await assertRestored(start);
    });
});
