import assert from "node:assert/strict";
import { ip, ipJson } from "../support/kernel";
import { usePlace } from "../support/place";
import { assertSettled, useStack } from "../support/provider";

describe("What another resource of the stack has", () => {
    const stack = useStack();
    const place = usePlace("switch");

    /** A new operation of the engine: nothing has been checked in it yet. */
    const operation = (): void => stack.rename("test");
    const bridge = (name: string) => ({ namespace: place.name, name });
    const pair = (left: string, right: string, more = {}) => ({
        ...{ leftNamespace: place.name, leftName: left, rightNamespace: place.name, rightName: right },
        ...more,
    });

    async function linkOf(name: string): Promise<{ index: number; alias: string; master: unknown }> {
        const [link] = await ipJson("-n", place.name, "link", "show", "dev", name);
        assert.ok(link, `there is no ${name}`);
        return { index: Number(link["ifindex"]), alias: String(link["ifalias"]), master: link["master"] };
    }

    it("goes on as another's, with what stands on it, where the program does not have it any more", async () => {
        const former = await stack.up("Bridge", "hub", { ...bridge("br0"), addresses: "10.0.0.1/24, 10.0.1.1/24" });
        const port = await stack.up("VethPair", "port", pair("port", "other", { leftBridge: "br0" }));
        const route = { namespace: place.name, destination: "10.9.0.0/16", gateway: "10.0.0.2" };
        const formerRoute = await stack.up("Route", "way", route);
        const { index } = await linkOf("br0");
        operation();
        const heir = await stack.up("Bridge", "center", { ...bridge("br0"), addresses: "10.0.0.1/24" });
        const heirRoute = await stack.up("Route", "road", { ...route, gateway: "10.0.0.3" });
        await formerRoute.delete();
        await former.delete();
        const now = await linkOf("br0");
        assert.deepEqual(now, { index, alias: "linuxnet:lab/test/center", master: undefined });
        assert.equal((await linkOf("port")).master, "br0");
        assert.match(await ip("-n", place.name, "route", "show", "10.9.0.0/16"), /via 10\.0\.0\.3 dev br0/);
        assert.doesNotMatch(await ip("-n", place.name, "address", "show", "dev", "br0"), /10\.0\.1\.1/);
        await assertSettled(heir, port, heirRoute);
    });

    it("is given up before its turn, where it gets another name", async () => {
        const [one, other] = [
            await stack.up("Bridge", "one", bridge("a")),
            await stack.up("Bridge", "other", bridge("b")),
        ];
        const before = await linkOf("b");
        operation();
        await one.check(bridge("b"));
        await other.check(bridge("a"));
        await one.delete();
        await one.create(bridge("b"));
        const taken = await linkOf("b");
        assert.notEqual(taken.index, before.index);
        await other.delete();
        assert.deepEqual(await linkOf("b"), taken, "the removal of the other one has taken it away");
        await other.create(bridge("a"));
        assert.equal((await linkOf("a")).alias, "linuxnet:lab/test/other");
        await assertSettled(one, other);
    });

    it("is given up while it is removed itself", async () => {
        const [one, other] = [
            await stack.up("Bridge", "one", bridge("a")),
            await stack.up("Bridge", "other", bridge("b")),
        ];
        operation();
        await one.check(bridge("b"));
        await other.check(bridge("a"));
        await one.delete();
        await Promise.all([one.create(bridge("b")), other.delete()]);
        await other.create(bridge("a"));
        await assertSettled(one, other);
    });

    it("may be of another kind, and have it as one of two names", async () => {
        const former = await stack.up("VethPair", "cable", pair("x", "y"));
        operation();
        const heir = await stack.up("Bridge", "switch", bridge("y"));
        await former.delete();
        assert.equal((await linkOf("y")).alias, "linuxnet:lab/test/switch");
        await assert.rejects(ip("-n", place.name, "link", "show", "dev", "x"));
        await assertSettled(heir);
    });

    it("is refused where both are in the program", async () => {
        await stack.up("Bridge", "one", bridge("a"));
        const { index } = await linkOf("a");
        operation();
        await stack.up("Bridge", "one", bridge("a"));
        await assert.rejects(stack.up("Bridge", "other", bridge("a")), /"one" has it already/);
        assert.equal((await linkOf("a")).index, index);
    });
});
