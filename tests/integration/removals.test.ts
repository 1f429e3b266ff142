import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseOwner, removalGroup, stackGroup } from "../../model/owner";
import { MISDEEDS, withMisdeed } from "../faults/misbehaving";
import { type LoggedCommand, withCommandLog } from "../support/commands";
import { withFakePrograms } from "../support/fake-program";
import { ip } from "../support/kernel";
import { assertSettled, type Resource, useStack } from "../support/provider";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";
import { findLink, linkOf } from "./link";

const OWNER = parseOwner("lab/test/any");

const removals = (commands: readonly LoggedCommand[]): string[] =>
    commands
        .flatMap(({ input = "" }) => input.split("\n"))
        .filter((line) => line.startsWith("link del "))
        .map((line) => line.replace(/ dev .*/, ""));

/** An `ip` that takes its time to remove s0. */
const slow = (real: string, folder: string): string => `#!/bin/sh
case "$*" in *-batch*) ;; *) exec ${real} "$@" ;; esac
input=$(cat)
case $input in *"link del dev s0"*) : >${folder}/begun; sleep 2 ;; esac
exec ${real} "$@" <<.
$input
.
`;

describe("Links of the host that go at the same time", () => {
    const stack = useStack();

    async function makeBridges(size: number): Promise<Resource[]> {
        const bridges: Resource[] = [];
        for (let at = 0; at < size; at++) bridges.push(await stack.up("Bridge", `s${at}`, { name: `s${at}` }));
        return bridges;
    }

    /** From each bridge to the next: they are to go before what they end in. */
    async function join(bridges: readonly Resource[]): Promise<Resource[]> {
        const cables: Resource[] = [];
        for (let at = 1; at < bridges.length; at++) {
            const [left, right] = [`s${at - 1}`, `s${at}`];
            const ends = { leftName: `${left}-r`, leftBridge: left, rightName: `${right}-l`, rightBridge: right };
            cables.push(await stack.up("VethPair", `c${at}`, ends));
        }
        return cables;
    }

    const together = (resources: readonly Resource[]) => Promise.allSettled(resources.map((one) => one.delete()));

    async function assertGone(resources: readonly Resource[]): Promise<void> {
        for (const outcome of await together(resources)) assert.equal(outcome.status, "fulfilled");
    }

    it("go as a group, behind the first of them", async () => {
        const before = await takeSnapshot();
        const bridges = await makeBridges(7);
        const cables = await join(bridges);
        const { commands } = await withCommandLog(async () => {
            await assertGone(cables);
            await assertGone(bridges);
        });
        // Who comes late, on a machine that is busy, goes with a later group.
        const ways = removals(commands).filter((line, at, all) => line !== all[at - 1]);
        assert.deepEqual(ways, [
            "link del",
            `link del group ${removalGroup(OWNER)}`,
            "link del",
            `link del group ${removalGroup(OWNER)}`,
        ]);
        assert.ok(removals(commands).length < cables.length + bridges.length - 4, removals(commands).join("\n"));
        await assertRestored(before);
    });

    it("go by themselves where the group cannot: one of them is gone by then", async () => {
        const before = await takeSnapshot();
        const first = await stack.up("Bridge", "under", { name: "under", addresses: "10.7.0.1/24" });
        // The first one takes it along.
        const over = await stack.up("Vxlan", "over", {
            name: "over",
            vni: 7,
            local: "10.7.0.1",
            remotes: "10.7.0.2",
            device: "under",
        });
        await assertGone([first, over, ...(await makeBridges(4))]);
        await assertRestored(before);
    });

    for (const misdeed of MISDEEDS.filter((one) => one !== "hangs")) {
        it(`are gone at the second try where a command ${misdeed}, whichever it is`, async () => {
            const before = await takeSnapshot();
            for (let chosen = 1; ; chosen++) {
                const bridges = await makeBridges(4);
                const { hit } = await withMisdeed(misdeed, chosen, () => together(bridges));
                await assertGone(bridges);
                await assertRestored(before);
                if (hit === undefined) return assert.ok(chosen > 1);
            }
        });
    }

    it("leave those of the group that are to stay where somebody was interrupted", async () => {
        const [stays, ...others] = (await makeBridges(5)) as [Resource, ...Resource[]];
        await ip("link", "set", "dev", "s0", "group", String(removalGroup(OWNER)));
        await assertGone(others);
        assert.equal((await linkOf(undefined, "s0")).group, String(stackGroup(OWNER)));
        await assertSettled(stays);
        await stays.delete();
    });

    it("are not used as a group in which there is something of somebody else", async () => {
        const bridges = await makeBridges(4);
        await ip("link", "add", "name", "theirs", "group", String(removalGroup(OWNER)), "type", "bridge");
        await assertGone(bridges);
        assert.equal((await linkOf(undefined, "theirs")).group, String(removalGroup(OWNER)));
    });

    it("are looked at again: somebody else's may have come while they waited", async () => {
        const [first, ...others] = (await makeBridges(4)) as [Resource, ...Resource[]];
        await withFakePrograms(["ip"], slow, async (folder) => {
            const gone = [together([first])];
            while (!existsSync(`${folder}/begun`)) await sleep(10);
            gone.push(together(others));
            await sleep(500);
            await ip("link", "del", "dev", "s2");
            await ip("link", "add", "name", "s2", "up", "type", "bridge");
            await Promise.all(gone);
        });
        assert.equal((await linkOf(undefined, "s2")).alias, undefined);
        assert.equal(await findLink(undefined, "s0"), undefined);
        assert.equal(await findLink(undefined, "s3"), undefined);
    });

    it("are the stack's where somebody was killed between grouping and removing them", async () => {
        const before = await takeSnapshot();
        const bridges = await makeBridges(2);
        const [cable] = (await join(bridges)) as [Resource];
        const [left, right] = bridges as [Resource, Resource];
        const interrupt = (name: string) => ip("link", "set", "dev", name, "group", String(removalGroup(OWNER)));
        for (const [name, resource] of [
            ["s0-r", cable],
            ["s1", right],
        ] as const) {
            await interrupt(name);
            await resource.update();
            assert.equal((await linkOf(undefined, name)).group, String(stackGroup(OWNER)));
            await assertSettled(resource);
            await interrupt(name);
        }
        // A port of that group is not somebody else's.
        await assertGone([left]);
        await assertGone([cable, right]);
        await assertRestored(before);
    });
});
