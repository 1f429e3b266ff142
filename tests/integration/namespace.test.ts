import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { withCommandLog } from "../support/commands";
import { command, ip, ipJson, readSetting, run } from "../support/kernel";
import { assertReply } from "../support/ping";
import { assertSettled, Stack, useStack } from "../support/provider";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored, assertSame } from "../support/snapshot-difference";
import { findLink, linkOf } from "./link";

const names = async (): Promise<string[]> => (await ipJson("netns", "list")).map(({ name }) => String(name));

describe("Namespace", () => {
    const stack = useStack();
    const inputs = { name: "ns1" };
    const up = () => stack.up("Namespace", "ns1", inputs);

    it("is there with its lo up, tagged", async () => {
        const namespace = await up();
        const lo = await linkOf("ns1", "lo");
        assert.equal(lo.up, true);
        assert.equal(lo.alias, "linuxnet:lab/test/ns1");
        assert.equal(namespace.id, "ns1");
        await assertReply("ns1", "127.0.0.1", 64);
        await assertReply("ns1", "::1", 64);
        await assertSettled(namespace);
    });

    it("is gone without a trace when deleted, and again when it is gone already", async () => {
        const before = await takeSnapshot();
        const namespace = await up();
        await namespace.delete();
        await assertRestored(before);
        const again = await up();
        await ip("netns", "del", "ns1");
        await again.delete();
        await assertRestored(before);
        assert.deepEqual(await readdir("/run/linuxnet").catch(() => []), []);
    });

    it("takes what it holds along, the host's ends too, before it is answered", async () => {
        const before = await takeSnapshot();
        const namespace = await up();
        for (const number of [1, 2, 3]) {
            await stack.up("VethPair", `link${number}`, {
                leftName: `out${number}`,
                leftAddresses: `10.5.${number}.1/24`,
                rightNamespace: "ns1",
                rightName: `in${number}`,
            });
        }
        await stack.up("Bridge", "switch", { namespace: "ns1", name: "br0" });
        await namespace.delete();
        for (const number of [1, 2, 3]) assert.equal(await findLink(undefined, `out${number}`), undefined);
        assert.deepEqual(await names(), []);
        await assertRestored(before);
    });

    it("has every new device of it begin with what ours are given elsewhere, by whomever it is made", async () => {
        await up();
        await ip("-n", "ns1", "link", "add", "name", "br9", "type", "bridge");
        const pair = { leftName: "out", rightNamespace: "ns1", rightName: "in" };
        const { commands } = await withCommandLog(() => stack.up("VethPair", "link1", pair));
        for (const [where, name] of [["ns1", "br9"] as const, ["ns1", "in"] as const, [undefined, "out"] as const]) {
            const values = await Promise.all(
                ["ipv4/conf/DEV/promote_secondaries", "ipv4/conf/DEV/arp_notify"]
                    .concat("ipv6/conf/DEV/accept_dad", "ipv6/conf/DEV/ndisc_notify")
                    .map((path) => readSetting(`net/${path.replace("DEV", name)}`, where)),
            );
            assert.deepEqual(values, ["1", "1", "0", "1"], name);
        }
        const changes = commands.filter(({ mutating, argv }) => mutating && argv.includes("-batch"));
        assert.deepEqual(
            changes.map(({ namespace, input = "" }) => [namespace, input.split("\n")[0]?.replace(/ group.*/, "")]),
            [
                ["ns1", "link add name out netns /proc/self/fd/6"],
                [null, "link set dev out alias linuxnet:lab/test/link1"],
            ],
        );
        await ip("-n", "ns1", "link", "del", "dev", "br9");
    });

    it("leaves what others have recorded of a namespace that somebody has put in its place", async () => {
        const namespace = await up();
        await ip("netns", "del", "ns1");
        await ip("netns", "add", "ns1");
        const other = new Stack("other");
        const forwarding = await other.up("ForwardingSetting", "forwarding", { namespace: "ns1", ipv4: true });
        const records = await readdir("/run/linuxnet/netns.ns1");
        assert.equal(records.length, 1);
        await namespace.delete();
        assert.deepEqual(await readdir("/run/linuxnet/netns.ns1"), records);
        assert.deepEqual(await names(), ["ns1"]);
        await forwarding.delete();
        await ip("netns", "del", "ns1");
        assert.deepEqual(await readdir("/run/linuxnet").catch(() => []), []);
    });

    it("is not told to be gone as long as what is recorded in it cannot be removed", async () => {
        const namespace = await up();
        const folder = "/run/linuxnet/netns.ns1/mounted";
        await command(["mkdir", "-p", folder]);
        await command(["mount", "-t", "tmpfs", "tmpfs", folder]);
        await assert.rejects(namespace.delete(), {
            message:
                `rm /run/linuxnet/host/Namespace.ns1.json: rm: cannot remove '${folder}': Device or resource busy\n` +
                "Running again continues from here.",
        });
        assert.deepEqual(await readdir("/run/linuxnet/host"), ["Namespace.ns1.json"]);
        await command(["umount", folder]);
        await namespace.delete();
        assert.deepEqual(await readdir("/run/linuxnet").catch(() => []), []);
    });

    it("can be made again at once, and again", async () => {
        const namespace = stack.resource("Namespace", "ns1");
        for (let round = 0; round < 5; round++) {
            await namespace.up(inputs);
            const pair = await stack.up("VethPair", "link1", {
                leftName: "out",
                rightNamespace: "ns1",
                rightName: "in",
            });
            assert.equal((await linkOf("ns1", "in")).up, true);
            assert.ok(pair.id);
            await namespace.delete();
            await pair.delete();
        }
    });

    for (const [what, harm, shows] of [
        ["it was deleted", () => ip("netns", "del", "ns1"), "gone"],
        ["its lo was set down", () => ip("-n", "ns1", "link", "set", "dev", "lo", "down"), "loopback: (absent) → down"],
        ["a stale file was left in its place", () => command(["sh", "-c", "umount /run/netns/ns1; true"]), "gone"],
    ] as const) {
        it(`is repaired after ${what}`, async () => {
            const namespace = await up();
            const whole = await takeSnapshot();
            await harm();
            assert.deepEqual(await namespace.refresh(), [shows]);
            await namespace.up(inputs);
            assertSame(whole, await takeSnapshot());
            await assertSettled(namespace);
        });
    }

    it("is deleted when only its stale file is left", async () => {
        const before = await takeSnapshot();
        const namespace = await up();
        await command(["umount", "/run/netns/ns1"]);
        await namespace.delete();
        assert.deepEqual(await names(), []);
        await assertRestored(before);
    });

    it("is replaced under another name", async () => {
        const namespace = await up();
        assert.equal(await namespace.up({ name: "ns2" }), "replace");
        assert.deepEqual(await names(), ["ns2"]);
        await assertSettled(namespace);
    });

    describe("leaves alone what is not its own", () => {
        it("a person's namespace", async () => {
            await ip("netns", "add", "ns1");
            const before = await takeSnapshot();
            await assert.rejects(up(), {
                message:
                    'name: given "ns1"\nexpected what nobody else has\n' +
                    "found a namespace named ns1: linuxnet did not create it; remove it, or choose another",
            });
            await assert.rejects(stack.resource("Namespace", "late").update({ ...inputs }), {
                message:
                    "found a namespace named ns1: linuxnet did not create it.\n" +
                    "Nothing was changed. Remove it, or choose another name or address for the resource, and run again.",
            });
            assertSame(before, await takeSnapshot());
        });

        it("another stack's namespace", async () => {
            await new Stack("other").up("Namespace", "theirs", inputs);
            const before = await takeSnapshot();
            await assert.rejects(up(), {
                message:
                    'name: given "ns1"\nexpected what nobody else has\n' +
                    "found a namespace named ns1: it belongs to lab/other/theirs; choose another stack or name, or destroy that one",
            });
            assertSame(before, await takeSnapshot());
        });

        it("a stale file of a person", async () => {
            await command(["sh", "-c", "mkdir -p /run/netns && touch /run/netns/ns1"]);
            await assert.rejects(up(), {
                message:
                    'name: given "ns1"\nexpected what nobody else has\n' +
                    'found a file /run/netns/ns1 without a network namespace ("ip netns del ns1" removes it): ' +
                    "linuxnet did not create it; remove it, or choose another",
            });
            assert.equal((await run(["test", "-f", "/run/netns/ns1"])).code, 0);
        });

        it("a namespace made by a person after ours was deleted", async () => {
            const namespace = await up();
            await ip("netns", "del", "ns1");
            await ip("netns", "add", "ns1");
            const before = await takeSnapshot();
            assert.deepEqual(await namespace.refresh(), ["gone"]);
            await assert.rejects(namespace.up(inputs), /found a namespace named ns1: linuxnet did not create it/);
            assertSame(before, await takeSnapshot());
        });

        it("is not deleted with something of a person's inside", async () => {
            const namespace = await up();
            await ip("-n", "ns1", "link", "add", "name", "theirs", "type", "bridge");
            const before = await takeSnapshot();
            await assert.rejects(namespace.delete(), {
                message:
                    "found a bridge named theirs in namespace ns1: linuxnet did not create it.\n" +
                    "ns1 was not deleted. Remove it, and run again.",
            });
            assertSame(before, await takeSnapshot());
        });

        it("is not deleted with a process inside, and says which", async () => {
            const namespace = await up();
            const child = spawn("ip", ["netns", "exec", "ns1", "sleep", "60"], { stdio: "ignore" });
            try {
                await new Promise((resolve) => setTimeout(resolve, 200));
                await assert.rejects(namespace.delete(), (error: Error) => {
                    assert.match(
                        error.message,
                        new RegExp(`processes live in it: ${child.pid} \\(sleep\\), end them first`),
                    );
                    return true;
                });
                assert.deepEqual(await names(), ["ns1"]);
            } finally {
                child.kill("SIGKILL");
                await new Promise((resolve) => child.on("close", resolve));
            }
            await namespace.delete();
            assert.deepEqual(await names(), []);
        });
    });
});
