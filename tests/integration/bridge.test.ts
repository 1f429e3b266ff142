import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { command, ip, readSetting, type Where } from "../support/kernel";
import { assertReply } from "../support/ping";
import { usePlace } from "../support/place";
import { assertSettled, type Inputs, type Resource, Stack, useStack } from "../support/provider";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored, assertSame } from "../support/snapshot-difference";
import { findLink, linkOf } from "./link";

const link = (where: Where, ...words: string[]): Promise<string> =>
    ip(...(where === undefined ? [] : ["-n", where]), "link", ...words);
const address = (where: Where, ...words: string[]): Promise<string> =>
    ip(...(where === undefined ? [] : ["-n", where]), "address", ...words);

for (const onHost of [false, true]) {
    describe(`Bridge ${onHost ? "on the host" : "in a namespace"}`, () => {
        const stack = useStack();
        const place = usePlace("switch");
        const client = usePlace("client");
        const here = (): Where => (onHost ? undefined : place.name);
        const inputs = (more: Inputs = {}): Inputs => ({
            namespace: here(),
            name: "br0",
            addresses: "10.2.0.1/24, fd02::1/64",
            ...more,
        });
        const up = (more: Inputs = {}): Promise<Resource> => stack.up("Bridge", "switch", inputs(more));
        const member = (more: Inputs = {}): Inputs => ({
            leftNamespace: here(),
            leftName: "port",
            leftBridge: "br0",
            rightNamespace: client.name,
            rightName: "eth",
            rightAddresses: "10.2.0.2/24, fd02::2/64",
            ...more,
        });
        const stp = async (name = "br0"): Promise<string> =>
            (await command(["cat", `/sys/class/net/${name}/bridge/stp_state`], { where: here() })).trim();

        it("is there with all that was asked for", async () => {
            const bridge = await up({ mtu: 1400, macAddress: "02:00:00:00:00:01", stp: true });
            const found = await linkOf(here(), "br0");
            assert.deepEqual(found.addresses, ["10.2.0.1/24", "fd02::1/64"]);
            assert.equal(found.mtu, 1400);
            assert.equal(found.mac, "02:00:00:00:00:01");
            assert.equal(found.up, true);
            assert.equal(found.alias, "linuxnet:lab/test/switch");
            assert.equal(await stp(), "1");
            await assertSettled(bridge);
        });

        it("is gone without a trace when deleted, and twice", async () => {
            const before = await takeSnapshot();
            const bridge = await up({ mtu: 1400, stp: true });
            await bridge.delete();
            await assertRestored(before);
            const again = await up();
            await link(here(), "del", "dev", "br0");
            await again.delete();
            await assertRestored(before);
        });

        it("carries both families at once", async () => {
            await up();
            await stack.up("VethPair", "cable", member());
            await assertReply(client.name, "fd02::1", 64);
            await assertReply(client.name, "10.2.0.1", 64);
            await assertReply(here(), "fd02::2", 64);
        });

        const fields = async () => ({ ...(await linkOf(here(), "br0")), stp: await stp() });
        const changes: readonly {
            property: string;
            from: Inputs[string];
            to: Inputs[string];
            field: "mtu" | "mac" | "up" | "stp" | "addresses";
            is: unknown;
        }[] = [
            { property: "mtu", from: undefined, to: 1400, field: "mtu", is: 1400 },
            { property: "mtu", from: 1400, to: 9000, field: "mtu", is: 9000 },
            {
                property: "macAddress",
                from: undefined,
                to: "02:00:00:00:00:07",
                field: "mac",
                is: "02:00:00:00:00:07",
            },
            { property: "stp", from: undefined, to: true, field: "stp", is: "1" },
            { property: "stp", from: true, to: false, field: "stp", is: "0" },
            { property: "up", from: undefined, to: false, field: "up", is: false },
            { property: "up", from: false, to: true, field: "up", is: true },
            {
                property: "addresses",
                from: "10.2.0.1/24, 10.2.0.2/24",
                to: "10.2.0.2/24, 10.2.0.1/24, fd02::9/64",
                field: "addresses",
                is: ["10.2.0.2/24", "10.2.0.1/24", "fd02::9/64"],
            },
        ];
        for (const { property, from, to, field, is } of onHost ? changes.slice(0, 3) : changes) {
            it(`changes in place: ${property}: ${from} → ${to}`, async () => {
                const addresses = property === "up" ? { addresses: "10.2.0.1/24" } : {};
                const bridge = await up({ ...addresses, [property]: from });
                const before = await fields();
                assert.equal(await bridge.up(inputs({ ...addresses, [property]: to })), "update");
                assert.deepEqual({ ...(await fields()), [field]: 0 }, { ...before, [field]: 0 });
                assert.deepEqual((await fields())[field], is);
                await assertSettled(bridge);
            });
        }

        for (const [property, value] of [
            ["mtu", 1400],
            ["macAddress", "02:00:00:00:00:07"],
            ["stp", true],
            ["up", false],
            ["addresses", "10.2.0.1/24, 10.2.0.3/24, 10.7.0.1/24"],
        ] as const) {
            it(`${property} is dropped again`, async () => {
                const bridge = await up({ addresses: undefined });
                const before = await takeSnapshot();
                await bridge.up(inputs({ addresses: undefined, [property]: value }));
                await bridge.up(inputs({ addresses: undefined }));
                assertSame(before, await takeSnapshot());
                await assertSettled(bridge);
            });
        }

        for (const [port, is] of [
            [1400, 1400],
            [9000, 1500],
            [1000, 1500],
        ] as const) {
            it(`mtu is dropped again where its port has ${port}: ${is}`, async () => {
                const bridge = await up({ mtu: 1300 });
                await stack.up("VethPair", "port", member({ leftMtu: port, rightAddresses: undefined }));
                const { addresses } = await linkOf(here(), "br0");
                await bridge.up(inputs());
                const found = await linkOf(here(), "br0");
                assert.equal(found.mtu, is);
                assert.deepEqual(found.addresses, addresses);
                await assertSettled(bridge);
            });
        }

        const repairs: readonly { what: string; harm: () => Promise<unknown>; shows: readonly string[] }[] = [
            {
                what: "an address was removed",
                harm: () => address(here(), "del", "10.2.0.1/24", "dev", "br0"),
                shows: ["addresses: 10.2.0.1/24, fd02::1/64 → fd02::1/64"],
            },
            {
                what: "an address was added",
                harm: () => address(here(), "add", "10.2.0.9/24", "dev", "br0"),
                shows: ["addresses: 10.2.0.1/24, fd02::1/64 → 10.2.0.1/24, fd02::1/64, 10.2.0.9/24"],
            },
            {
                what: "it was set down",
                harm: () => link(here(), "set", "dev", "br0", "down"),
                shows: ["addresses: 10.2.0.1/24, fd02::1/64 → 10.2.0.1/24", "up: (absent) → false"],
            },
            {
                what: "its MTU was changed",
                harm: () => link(here(), "set", "dev", "br0", "mtu", "1300"),
                shows: ["mtu: 1400 → 1300"],
            },
            {
                what: "its MAC address was changed",
                harm: () => link(here(), "set", "dev", "br0", "address", "02:00:00:00:00:99"),
                shows: ["macAddress: 02:00:00:00:00:01 → 02:00:00:00:00:99"],
            },
            {
                what: "STP was turned on",
                harm: () => link(here(), "set", "dev", "br0", "type", "bridge", "stp_state", "1"),
                shows: ["stp: (absent) → true"],
            },
            { what: "it was deleted", harm: () => link(here(), "del", "dev", "br0"), shows: ["gone"] },
        ];
        const wanted = () => inputs({ mtu: 1400, macAddress: "02:00:00:00:00:01" });
        for (const { what, harm, shows } of onHost ? repairs.slice(0, 3) : repairs) {
            it(`is repaired after ${what}`, async () => {
                const bridge = await stack.up("Bridge", "switch", wanted());
                const whole = await takeSnapshot();
                await harm();
                assert.deepEqual(await bridge.refresh(), shows);
                await bridge.up(wanted());
                assertSame(whole, await takeSnapshot());
                await assertSettled(bridge);
            });
        }

        it("goes after it was renamed, where no refresh has seen it, but not with somebody's port in it", async () => {
            const before = await takeSnapshot();
            const bridge = await up();
            await link(here(), "set", "dev", "br0", "down");
            await link(here(), "set", "dev", "br0", "name", "other");
            await link(here(), "add", "name", "theirs", "type", "veth", "peer", "name", "theirs2");
            await link(here(), "set", "dev", "theirs", "master", "other");
            await assert.rejects(bridge.delete(), /theirs .* a port of other: linuxnet did not create it/);
            await link(here(), "del", "dev", "theirs");
            await link(here(), "add", "link", "other", "name", "upper", "type", "macvlan");
            await assert.rejects(bridge.delete(), /upper .*: linuxnet did not create it/);
            await link(here(), "del", "dev", "upper");
            await bridge.delete();
            await assertRestored(before);
            assert.deepEqual(await readdir("/run/linuxnet").catch(() => []), []);
        });

        it("is found after it was renamed, and replaced", async () => {
            const before = await takeSnapshot();
            const bridge = await up();
            const whole = await takeSnapshot();
            await link(here(), "set", "dev", "br0", "down");
            await link(here(), "set", "dev", "br0", "name", "other");
            const shown = await bridge.refresh();
            assert.ok(shown.includes("name: br0 → other"), shown.join("\n"));
            assert.equal(await bridge.up(inputs()), "replace");
            assertSame(whole, await takeSnapshot());
            await bridge.delete();
            await assertRestored(before);
        });

        describe("with ports", () => {
            it("takes and gives up a port in place", async () => {
                await up();
                const pair = await stack.up("VethPair", "cable", member({ leftBridge: undefined }));
                const { index } = await linkOf(here(), "port");
                assert.deepEqual(await pair.diff(member()), { changes: true, replaces: [] });
                assert.equal(await pair.up(member()), "update");
                assert.equal((await linkOf(here(), "port")).master, "br0");
                await assertReply(client.name, "fd02::1", 64);
                await pair.up(member({ leftBridge: undefined }));
                assert.equal((await linkOf(here(), "port")).master, undefined);
                assert.equal((await linkOf(here(), "port")).index, index);
                await assertSettled(pair);
            });

            it("hands a port over to another bridge", async () => {
                await up();
                await stack.up("Bridge", "second", inputs({ name: "br1", addresses: "10.3.0.1/24" }));
                const pair = await stack.up("VethPair", "cable", member());
                await pair.up(member({ leftBridge: "br1" }));
                assert.equal((await linkOf(here(), "port")).master, "br1");
                await assertSettled(pair);
            });

            it("gets a port back that was taken away", async () => {
                await up();
                const pair = await stack.up("VethPair", "cable", member());
                const whole = await takeSnapshot();
                await link(here(), "set", "dev", "port", "nomaster");
                assert.deepEqual(await pair.refresh(), ["leftBridge: br0 → (absent)"]);
                await pair.up(member());
                assertSame(whole, await takeSnapshot());
                await assertReply(client.name, "fd02::1", 64);
                await assertSettled(pair);
            });

            it("gets a port back that was moved to another bridge", async () => {
                await up();
                const pair = await stack.up("VethPair", "cable", member());
                await link(here(), "add", "name", "theirs", "type", "bridge");
                const whole = await linkOf(here(), "port");
                await link(here(), "set", "dev", "port", "master", "theirs");
                assert.deepEqual(await pair.refresh(), ["leftBridge: br0 → theirs"]);
                await pair.up(member());
                assert.deepEqual(await linkOf(here(), "port"), whole);
                await assertSettled(pair);
            });

            it("does not take a port away from a bridge it was not given to by us", async () => {
                const pair = await stack.up("VethPair", "cable", member({ leftBridge: undefined }));
                await link(here(), "add", "name", "theirs", "type", "bridge");
                await link(here(), "set", "dev", "port", "master", "theirs");
                const before = await takeSnapshot();
                assert.deepEqual(await pair.refresh(), []);
                await pair.update();
                assertSame(before, await takeSnapshot());
            });

            it("keeps its own addresses and MAC when ports come and go", async () => {
                const bridge = await up();
                const { mac } = await linkOf(here(), "br0");
                const pair = await stack.up("VethPair", "cable", member({ leftMacAddress: "02:00:00:00:00:01" }));
                assert.equal((await linkOf(here(), "br0")).mac, mac);
                await pair.delete();
                assert.equal((await linkOf(here(), "br0")).mac, mac);
                await assertSettled(bridge);
            });

            it("refuses what is no bridge", async () => {
                await link(here(), "add", "name", "br0", "type", "veth", "peer", "name", "theirs");
                const pair = stack.resource("VethPair", "cable");
                const where = onHost ? "on the host" : `in ${place.name}`;
                await assert.rejects(pair.up(member()), {
                    message: `left.bridge: given "br0"\nexpected a bridge ${where}\nbr0 is a veth there`,
                });
            });
        });

        it("leaves a bridge alone that is not its own", async () => {
            await link(here(), "add", "name", "br0", "type", "bridge");
            const before = await takeSnapshot();
            const where = onHost ? "on the host" : `in namespace ${place.name}`;
            await assert.rejects(up(), {
                message:
                    'name: given "br0"\nexpected what nobody else has\n' +
                    `found a bridge named br0 ${where}: linuxnet did not create it; remove it, or choose another`,
            });
            assertSame(before, await takeSnapshot());
        });

        it("leaves another stack's bridge alone, before the change and at it", async () => {
            await new Stack("other").up("Bridge", "theirs", inputs({ addresses: "10.9.0.1/24" }));
            const before = await takeSnapshot();
            const where = onHost ? "on the host" : `in namespace ${place.name}`;
            await assert.rejects(up(), {
                message:
                    'name: given "br0"\nexpected what nobody else has\n' +
                    `found a bridge named br0 ${where}: it belongs to lab/other/theirs; choose another stack or name, or destroy that one`,
            });
            await assert.rejects(stack.resource("Bridge", "switch").update({ ...inputs(), namespace: here() }), {
                message:
                    `found a bridge named br0 ${where}: it belongs to lab/other/theirs.\n` +
                    "Nothing was changed. Remove it, or choose another name or address for the resource, and run again.",
            });
            assertSame(before, await takeSnapshot());
        });

        it("is replaced when it gets another name", async () => {
            const bridge = await up();
            assert.deepEqual(await bridge.diff(inputs({ name: "br1" })), { changes: true, replaces: ["name"] });
            assert.equal(await bridge.up(inputs({ name: "br1" })), "replace");
            assert.equal(await findLink(here(), "br0"), undefined);
            assert.equal(await readSetting("net/ipv4/conf/br1/promote_secondaries", here()), "1");
            await assertSettled(bridge);
        });
    });
}
