import assert from "node:assert/strict";
import { ip, readSetting, type Where, writeSetting } from "../support/kernel";
import { assertReply } from "../support/ping";
import { usePlace } from "../support/place";
import { assertSettled, type Inputs, type Resource, Stack, useStack } from "../support/provider";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored, assertSame } from "../support/snapshot-difference";
import { linkOf } from "./link";

for (const onHost of [false, true]) {
    describe(`Address ${onHost ? "on the host" : "in a namespace"}`, () => {
        const stack = useStack();
        const place = usePlace("here");
        const peer = usePlace("peer");
        const here = (): Where => (onHost ? undefined : place.name);
        const address = (...words: string[]): Promise<string> =>
            ip(...(onHost ? [] : ["-n", place.name]), "address", ...words);
        const link = (...words: string[]): Promise<string> =>
            ip(...(onHost ? [] : ["-n", place.name]), "link", ...words);
        const where = () => (onHost ? "on the host" : `in namespace ${place.name}`);
        const inputs = (text: string, more: Inputs = {}): Inputs => ({
            namespace: here(),
            device: "eth7",
            address: text,
            ...more,
        });
        const up = (text: string, name = "extra"): Promise<Resource> => stack.up("Address", name, inputs(text));

        /** A device that nobody manages, with an address of its own. */
        beforeEach("a device", async () => {
            await link("add", "name", "eth7", "type", "veth", "peer", "name", "far", "netns", peer.name);
            // Nothing is to change by itself: detection of duplicates is over two seconds later.
            await writeSetting("net.ipv6.conf.eth7.accept_dad", "0", here());
            await writeSetting("net.ipv6.conf.far.accept_dad", "0", peer.name);
            await link("set", "dev", "eth7", "up");
            await ip("-n", peer.name, "link", "set", "dev", "far", "up");
            await address("add", "10.6.0.1/24", "dev", "eth7");
            await address("add", "fd06::1/64", "dev", "eth7", "nodad");
            await ip("-n", peer.name, "address", "add", "10.6.0.2/24", "dev", "far");
            await ip("-n", peer.name, "address", "add", "fd06::2/64", "dev", "far", "nodad");
        });

        for (const text of ["10.6.0.9/24", "10.7.0.1/24", "10.6.0.9/32", "fd06::9/64", "fd07::1/64"]) {
            it(`${text} is there, works, and is gone without a trace`, async () => {
                const before = await takeSnapshot();
                const extra = await up(text);
                assert.ok((await linkOf(here(), "eth7")).addresses.includes(text));
                if (text.includes("6.0.9/24") || text === "fd06::9/64") {
                    await assertReply(peer.name, text.split("/")[0] ?? "");
                }
                await assertSettled(extra);
                await extra.delete();
                await assertRestored(before);
            });

            it(`${text} is repaired after it was removed, and deleted when gone`, async () => {
                const before = await takeSnapshot();
                const extra = await up(text);
                const whole = await takeSnapshot();
                await address("del", text, "dev", "eth7");
                assert.deepEqual(await extra.refresh(), ["gone"]);
                await extra.up(inputs(text));
                assertSame(whole, await takeSnapshot());
                await address("del", text, "dev", "eth7");
                await extra.delete();
                await assertRestored(before);
            });
        }

        it("keeps the addresses behind it when it is the primary one and goes", async () => {
            await address("del", "10.6.0.1/24", "dev", "eth7");
            const extra = await up("10.6.0.9/24");
            await address("add", "10.6.0.1/24", "dev", "eth7");
            await address("add", "10.6.0.3/24", "dev", "eth7");
            await ip(...(onHost ? [] : ["-n", place.name]), "route", "add", "10.66.0.0/16", "via", "10.6.0.2");
            const routes = () => ip(...(onHost ? [] : ["-n", place.name]), "route", "show", "10.66.0.0/16");
            const before = await routes();
            await extra.delete();
            assert.deepEqual((await linkOf(here(), "eth7")).addresses, ["10.6.0.1/24", "10.6.0.3/24", "fd06::1/64"]);
            assert.equal(await readSetting("net/ipv4/conf/eth7/promote_secondaries", here()), "0");
            assert.equal(await routes(), before);
        });

        it("keeps a person's address when several of ours go at the same time", async () => {
            await address("del", "10.6.0.1/24", "dev", "eth7");
            const ours = [];
            for (const host of [10, 11, 12, 13]) ours.push(await up(`10.6.0.${host}/24`, `number-${host}`));
            await address("add", "10.6.0.99/24", "dev", "eth7");
            await Promise.all(ours.map((one) => one.delete()));
            assert.deepEqual((await linkOf(here(), "eth7")).addresses, ["10.6.0.99/24", "fd06::1/64"]);
            assert.equal(await readSetting("net/ipv4/conf/eth7/promote_secondaries", here()), "0");
        });

        it("does not take a person's for its own after it was gone", async () => {
            const extra = await up("10.6.0.9/24");
            await address("del", "10.6.0.9/24", "dev", "eth7");
            assert.deepEqual(await extra.refresh(), ["gone"]);
            await address("add", "10.6.0.9/24", "dev", "eth7");
            await assert.rejects(up("10.6.0.9/24"), /linuxnet did not create it/);
            assert.ok((await linkOf(here(), "eth7")).addresses.includes("10.6.0.9/24"));
        });

        it("leaves the setting as a person has made it since", async () => {
            const extra = await up("10.6.0.9/24");
            await writeSetting("net.ipv4.conf.eth7.promote_secondaries", "1", here());
            await extra.delete();
            assert.equal(await readSetting("net/ipv4/conf/eth7/promote_secondaries", here()), "1");
        });

        it("stands beside another of ours; each goes alone", async () => {
            const one = await up("10.6.0.9/24", "one");
            const two = await up("fd06::9/64", "two");
            await assertSettled(one, two);
            await one.delete();
            const left = [...(await linkOf(here(), "eth7")).addresses].sort();
            assert.deepEqual(left, ["10.6.0.1/24", "fd06::1/64", "fd06::9/64"]);
            await two.delete();
        });

        it("is left alone by a device of ours with a list of its own", async () => {
            const bridge = await stack.up("Bridge", "switch", {
                namespace: here(),
                name: "br7",
                addresses: "10.8.0.1/24",
            });
            const extra = await stack.up("Address", "extra", {
                namespace: here(),
                device: "br7",
                address: "10.8.1.1/24",
            });
            assert.deepEqual(await bridge.refresh(), []);
            await bridge.up({ namespace: here(), name: "br7", addresses: "10.8.0.2/24" });
            assert.deepEqual([...(await linkOf(here(), "br7")).addresses].sort(), ["10.8.0.2/24", "10.8.1.1/24"]);
            await assertSettled(bridge, extra);
        });

        it("waits for duplicate address detection, and says that there is a duplicate", async () => {
            await writeSetting("net.ipv6.conf.eth7.accept_dad", "1", here());
            const before = await takeSnapshot();
            const extra = stack.resource("Address", "extra");
            await assert.rejects(extra.up(inputs("fd06::2/64")), {
                message: /another host on eth7's network has fd06::2\/64 already/,
            });
            assert.equal(extra.id, undefined);
            await assertRestored(before);
        });

        it("leaves a person's routes where it goes as the device's only one", async () => {
            const route = (...words: string[]) => ip(...(onHost ? [] : ["-n", place.name]), "route", ...words);
            await address("del", "10.6.0.1/24", "dev", "eth7");
            await route("add", "10.66.0.0/16", "dev", "eth7");
            const before = await takeSnapshot();
            const extra = await up("10.7.0.1/24");
            await extra.delete();
            await assertRestored(before);
        });

        it("leaves a person's address with a peer alone, which the kernel has instead of it or beside it", async () => {
            await address("add", "10.7.0.1", "peer", "10.7.0.2/24", "dev", "eth7");
            await address("add", "10.7.0.9", "peer", "10.9.0.1/32", "dev", "eth7");
            const before = await takeSnapshot();
            await assert.rejects(up("10.7.0.1/24"), /the address 10\.7\.0\.1 peer 10\.7\.0\.2\/24 on eth7/);
            const extra = await up("10.7.0.9/32");
            await assertSettled(extra);
            await extra.delete();
            await assertRestored(before);
        });

        it("is gone where a person has given it a peer, which stays", async () => {
            const extra = await up("10.7.0.1/24");
            await address("del", "10.7.0.1/24", "dev", "eth7");
            await address("add", "10.7.0.1", "peer", "10.7.0.2/24", "dev", "eth7");
            const before = await address("show", "dev", "eth7");
            assert.deepEqual(await extra.refresh(), ["gone"]);
            assert.equal(await address("show", "dev", "eth7"), before);
        });

        it("is replaced by another address", async () => {
            const extra = await up("10.6.0.9/24");
            assert.deepEqual((await extra.diff(inputs("10.6.0.8/24"))).replaces, ["address"]);
            assert.equal(await extra.up(inputs("10.6.0.8/24")), "replace");
            assert.deepEqual((await linkOf(here(), "eth7")).addresses, ["10.6.0.1/24", "10.6.0.8/24", "fd06::1/64"]);
        });

        for (const [text, found] of [
            ["10.6.0.1/24", "10.6.0.1/24"],
            ["fd06::1/64", "fd06::1/64"],
            ["fd06::1/48", "fd06::1/64"],
        ] as const) {
            it(`leaves a person's ${found} alone where ${text} is wanted`, async () => {
                const before = await takeSnapshot();
                await assert.rejects(up(text), {
                    message:
                        `address: given "${text}"\nexpected what nobody else has\n` +
                        `found the address ${found} on eth7 ${where()}: linuxnet did not create it; remove it, or choose another`,
                });
                assertSame(before, await takeSnapshot());
            });
        }

        it("leaves another stack's address alone", async () => {
            const theirs = await new Stack("other").up("Address", "theirs", inputs("10.6.0.9/24"));
            const before = await takeSnapshot();
            await assert.rejects(up("10.6.0.9/24"), (error: Error) => {
                assert.match(error.message, /it belongs to lab\/other\/theirs/);
                return true;
            });
            assertSame(before, await takeSnapshot());
            await theirs.delete();
        });

        it("says so when there is no such device", async () => {
            const extra = stack.resource("Address", "extra");
            const place = onHost ? "on the host" : where().replace("in namespace", "in");
            await assert.rejects(extra.up(inputs("10.6.0.9/24", { device: "absent" })), {
                message: `device: given "absent"\nexpected a device ${place}\nthere is eth7`,
            });
            // Gone after the check:
            await assert.rejects(extra.create(inputs("10.6.0.9/24", { device: "absent" })), {
                message:
                    `device: given "absent", but there is no such device ${where()}.\n` +
                    "Expected one that exists, or one of this program: pass it as an object (device: pair.left).",
            });
        });
    });
}
