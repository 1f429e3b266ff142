import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readSetting } from "../support/kernel";
import type { Lab, LabOptions, Operation } from "../support/lab";
import { sweep } from "../support/provider";
import type { Snapshot } from "../support/snapshot";
import { Family } from "./family";
import { assertNothingLeft, prepareMachine, restoreMachine } from "./machine";
import { assertSucceeded, identityOf, locksOf, makeNeighbour, recordsOf, thingsOf, wholeOf } from "./neighbours";

const forwards = (): Promise<string> => readSetting("net.ipv4.ip_forward");

/** Both have what they want, the host forwards, and goes on until the last one is gone. */
async function share(first: Lab, second: Lab): Promise<void> {
    assertSucceeded(await first.destroy());
    assert.equal(await forwards(), "1", "the one that stays wants it");
    assertSucceeded(await second.destroy());
}

async function comeBoth(one: Lab, other: Lab): Promise<void> {
    assertSucceeded(await one.up());
    assertSucceeded(await other.up());
    assert.equal(await forwards(), "1");
}

/** Of two that want a bridge of one name. */
const wantSame = (lab: Lab): Promise<void> =>
    lab.edit("const BRIDGE: string | undefined = undefined;", 'const BRIDGE: string | undefined = "both-br";');
const CONFLICT =
    /found a (bridge named both-br on the host|claim on both-br): it belongs to together\/s[12]\/switch[;.]\s.*(choose another|Remove it)/s;

/** The engine's words to whoever comes second. */
const LOCKED = /the stack is currently locked by 1 lock\(s\)/;
const REMOVED = /The lock of an operation that was killed \(process \d+\) is removed\./;

/** Until it is let go, an operation of the lab stays where it has its lock and has changed nothing. */
async function hold(lab: Lab): Promise<() => Promise<Operation>> {
    const file = join(lab.folder, "hold");
    await writeFile(file, "");
    const running = lab.begin("up", "--yes", "--skip-preview");
    while (running.child.exitCode === null && (await locks(lab)).length === 0) await sleep(20);
    return async () => {
        await rm(file, { force: true });
        return running.done;
    };
}

async function locks(lab: Lab): Promise<string[]> {
    if (!existsSync(locksOf(lab))) return [];
    return (await readdir(locksOf(lab), { recursive: true })).filter((name) => name.endsWith(".json"));
}

/** Two `up` of one stack: the second is told by the engine, and the first does all that it wanted. */
async function comeTwice(lab: Lab): Promise<void> {
    const letGo = await hold(lab);
    let first: Operation;
    try {
        const before = await locks(lab);
        const second = await lab.up();
        assert.equal(second.succeeded, false, second.text);
        assert.equal(second.exitCode, 1, second.text);
        assert.match(second.text, LOCKED);
        assert.deepEqual(await locks(lab), before, "the lock of one that is alive");
        assert.deepEqual(await thingsOf(1), []);
    } finally {
        first = await letGo();
    }
    assertSucceeded(first);
    assert.deepEqual(await thingsOf(1), wholeOf(1, false));
    assertSucceeded(await lab.destroy());
}

interface Case {
    readonly id: string;
    readonly options?: LabOptions;
    play(one: Lab, other: Lab): Promise<void>;
}

const CASES: readonly Case[] = [
    {
        id: "forwarding of the host, and the one that came first goes first",
        async play(one, other) {
            await comeBoth(one, other);
            await share(one, other);
        },
    },
    {
        id: "forwarding of the host, and the one that came last goes first",
        async play(one, other) {
            await comeBoth(one, other);
            await share(other, one);
        },
    },
    {
        id: "forwarding of the host, both at once",
        async play(one, other) {
            for (const operation of await Promise.all([one.up(), other.up()])) assertSucceeded(operation);
            assert.equal(await forwards(), "1");
            for (const operation of await Promise.all([one.destroy(), other.destroy()])) assertSucceeded(operation);
        },
    },
    {
        id: "forwarding of the host, one coming while the other goes",
        async play(one, other) {
            assertSucceeded(await one.up());
            for (const operation of await Promise.all([one.destroy(), other.up()])) assertSucceeded(operation);
            assert.equal(await forwards(), "1");
            assert.deepEqual(await thingsOf(2), wholeOf(2, false));
            assertSucceeded(await other.destroy());
        },
    },
    {
        id: "one name, one after the other",
        async play(one, other) {
            for (const lab of [one, other]) await wantSame(lab);
            assertSucceeded(await one.up());
            const identity = await identityOf(1);
            const refused = await other.up();
            assert.equal(refused.succeeded, false, refused.text);
            assert.match(refused.text, CONFLICT);
            assertSucceeded(await other.destroy());
            assert.equal(await recordsOf(2), "");
            assert.equal(await identityOf(1), identity, "the winner was disturbed");
            assertSucceeded(await one.destroy());
            assertSucceeded(await other.up());
            assertSucceeded(await other.destroy());
        },
    },
    {
        id: "one name, both at once",
        async play(one, other) {
            for (const lab of [one, other]) await wantSame(lab);
            const both = await Promise.all([one.up(), other.up()]);
            const losers = both.filter(({ succeeded }) => !succeeded);
            assert.equal(losers.length, 1, both.map(({ text }) => text).join("\n"));
            assert.match(losers[0]?.text ?? "", CONFLICT);
            const [winner, loser] = both[0]?.succeeded ? [one, other] : [other, one];
            assertSucceeded(await loser.destroy());
            assertSucceeded(await winner.up());
            assertSucceeded(await winner.destroy());
        },
    },
    { id: "one stack twice, by linuxnet", play: (one) => comeTwice(one) },
    { id: "one stack twice, by the engine itself", options: { command: "pulumi" }, play: (one) => comeTwice(one) },
    {
        id: "one stack twice, and the lock of one that was killed beside",
        async play(one) {
            const letGo = await hold(one);
            const [living = ""] = await locks(one);
            const stale = join(locksOf(one), living, "..", "00000000-0000-0000-0000-000000000000.json");
            await mkdir(join(stale, ".."), { recursive: true });
            // No process has this number: it is above all that the kernel gives.
            const lock = { pid: 4194305, username: "root", hostname: hostname(), timestamp: new Date().toISOString() };
            await writeFile(stale, JSON.stringify(lock));
            const second = await one.up().finally(() => rm(join(one.folder, "hold"), { force: true }));
            const first = await letGo();
            assert.equal(second.succeeded, false, second.text);
            assert.match(second.text, REMOVED);
            assert.match(second.text, LOCKED);
            assert.ok(!existsSync(stale), "a killed one's lock stays");
            assertSucceeded(first);
            assert.deepEqual(await thingsOf(1), wholeOf(1, false));
            assertSucceeded(await one.destroy());
        },
    },
];

describe("Two that want the same", () => {
    const family = new Family("together, at odds", { full: CASES.length, sample: 4 });
    let start: Snapshot;

    before("the machine", async () => {
        start = await prepareMachine();
    });
    after("the machine", () => restoreMachine());

    async function run({ options, play }: Case): Promise<void> {
        const labs = [await makeNeighbour(1, options), await makeNeighbour(2, options)] as const;
        try {
            await play(...labs);
            await assertNothingLeft(start);
        } finally {
            for (const lab of labs) await lab.remove();
        }
    }

    it("share it, or one of them has it and the other is told", async function () {
        this.timeout(0);
        for (const one of family.choose(
            CASES,
            ({ id }) => id,
            ({ id }) => id.split(",")[0] ?? id,
        )) {
            if (await family.run(one.id, () => run(one))) continue;
            await sweep();
            await prepareMachine();
        }
        family.finish();
    });
});
