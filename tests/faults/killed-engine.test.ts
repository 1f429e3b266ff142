import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Lab, type Operation, type Running } from "../support/lab";
import { sweep } from "../support/provider";
import type { Snapshot } from "../support/snapshot";
import { takeSettledSnapshot } from "../support/snapshot-difference";
import { Family, randomNumbers } from "./family";
import { assertAlike, assertNothingLeft, prepareMachine, restoreMachine } from "./machine";
import { descendantsOf, endGroup, endThose, orphans, type Process } from "./processes";

/** `command` is linuxnet itself, whose engine ends in order; `group` is all that a terminal's `kill -9` of a job would hit. */
const VICTIMS = ["engine", "provider", "command", "group"] as const;
/** More than are ever run. */
const MOMENTS = 100;
/** What a program may be without, the rest standing: nothing refers to them. */
const LEAVES = ["by-b", "loopback", "host-forwards", "a-out6", "c-forwards", "b-c"] as const;
const UNCHANGED = "const DROPPED: readonly string[] = [];";

interface Case {
    readonly operation: "up" | "destroy";
    readonly victim: (typeof VICTIMS)[number];
    /** Whether the engine notes each step in its state (PULUMI_SKIP_CHECKPOINTS). */
    readonly checkpoints: boolean;
    /** How far the operation has got, of one. */
    readonly moment: number;
    /** Is dropped from the program then. */
    readonly dropped: string | undefined;
}

const idOf = ({ operation, victim, checkpoints, moment, dropped }: Case): string =>
    `${victim} of ${operation} at ${moment.toFixed(3)}, ${checkpoints ? "noting" : "not noting"} its steps` +
    (dropped === undefined ? "" : `, then without ${dropped}`);

const kindOf = ({ operation, victim, checkpoints }: Case): string => `${victim} of ${operation} ${checkpoints}`;

/** Every victim with and without notes, at as many random moments as there are cases. */
function allCases(): Case[] {
    const random = randomNumbers("moments");
    const kinds = (["up", "destroy"] as const).flatMap((operation) =>
        VICTIMS.flatMap((victim) => [true, false].map((checkpoints) => ({ operation, victim, checkpoints }))),
    );
    return Array.from({ length: MOMENTS }).flatMap(() =>
        kinds.map((kind) => {
            const moment = random();
            const leaf = LEAVES[Math.floor(random() * LEAVES.length * 2)];
            return { ...kind, moment, dropped: kind.operation === "up" ? leaf : undefined };
        }),
    );
}

const isEngine = ({ words }: Process): boolean => basename(words[0] ?? "") === "pulumi";
const isProvider = ({ words }: Process): boolean =>
    basename(words[0] ?? "") === "node" && words.some((word) => word.includes("dynamic-provider"));

/** What a provider has commands run by, wherever it is itself. */
const isRunner = ({ words }: Process): boolean => words[0] === "/bin/sh" && words[1] === "-c";

async function untilProvider({ child }: Running): Promise<void> {
    const isThere = async (): Promise<boolean> =>
        (await descendantsOf(child.pid ?? 0)).some((one) => isProvider(one) || isRunner(one));
    while (child.exitCode === null && !(await isThere())) await sleep(20);
}

/** Kills it that long after its provider has come up; returns what it had started. */
async function kill(victim: Case["victim"], running: Running, milliseconds: number): Promise<readonly Process[]> {
    await untilProvider(running);
    await sleep(milliseconds);
    const { pid = 0, exitCode } = running.child;
    if (exitCode !== null) return [];
    const started = await descendantsOf(pid);
    const engine = started.find(isEngine)?.pid;
    // Without a terminal, linuxnet gives the engine a group of its own.
    if (victim === "group" && engine !== undefined) endGroup(engine);
    if (victim === "group" || victim === "command") endGroup(pid);
    else await endThose(started.filter(victim === "engine" ? isEngine : isProvider));
    return started;
}

/** A provider goes with its engine within a moment; on a machine with much else to do, that takes some more. */
const MOMENT_SECONDS = 5;

/** A provider that was started as its engine was killed, and asked nothing, is no code of ours yet: it has begun nothing. */
async function endIdle(): Promise<void> {
    const end = performance.now() + MOMENT_SECONDS * 1000;
    for (;;) {
        const idle = await orphans(isProvider);
        const busy = (await Promise.all(idle.map(({ pid }) => descendantsOf(pid)))).flat();
        if (busy.length === 0) return endThose(idle);
        if (performance.now() > end) assert.deepEqual(busy, [], "a provider is at work for nobody");
        await sleep(100);
    }
}

describe("An operation of the engine, killed at any moment", () => {
    const family = new Family("killed in the engine", { full: 60, sample: 4 });
    const project = join(__dirname, "reference");
    const labs = new Map<string, Lab>();
    /** Of those that are killed, and cannot tidy up. */
    let temporary: string;
    let start: Snapshot;
    let whole: Snapshot;
    /** Milliseconds from the provider's start to the end of an operation that nobody disturbs. */
    const takes = { up: 0, destroy: 0 };

    async function timed(lab: Lab, operation: "up" | "destroy"): Promise<void> {
        const running = begin(lab, operation);
        await untilProvider(running);
        const started = performance.now();
        assertSucceeded(await running.done);
        takes[operation] = performance.now() - started;
    }

    before("an undisturbed deployment", async function () {
        this.timeout(300_000);
        start = await prepareMachine();
        temporary = await mkdtemp(join(tmpdir(), "killed-"));
        for (const checkpoints of [true, false]) {
            for (const isApart of [true, false]) {
                const environment = {
                    PULUMI_SKIP_CHECKPOINTS: checkpoints ? "false" : "true",
                    LINUXNET_PLAIN: isApart ? "1" : "",
                    TMPDIR: temporary,
                };
                const lab = new Lab(project, { environment, inGroups: true, isTranslated: true });
                labs.set(`${checkpoints} ${isApart}`, await lab.make());
            }
        }
        const lab = labOf({ checkpoints: true, victim: "engine" });
        await timed(lab, "up");
        whole = await takeSettledSnapshot();
        await timed(lab, "destroy");
        await assertNothingLeft(start);
    });
    after("the labs and the machine", async function () {
        this.timeout(300_000);
        for (const lab of labs.values()) await lab.remove();
        await rm(temporary, { recursive: true });
        await restoreMachine();
    });

    /** A provider can be killed by itself only where it has a process of its own. */
    function labOf({ checkpoints, victim }: Pick<Case, "checkpoints" | "victim">): Lab {
        const lab = labs.get(`${checkpoints} ${victim === "provider"}`);
        assert.ok(lab !== undefined);
        return lab;
    }

    async function go({ operation, victim, checkpoints, moment, dropped }: Case): Promise<void> {
        const lab = labOf({ checkpoints, victim });
        if (operation === "destroy") assertSucceeded(await lab.up());
        const running = begin(lab, operation);
        const left = await kill(victim, running, moment * takes[operation]);
        await running.done;
        try {
            if (operation === "up") {
                if (dropped !== undefined) await lab.edit(UNCHANGED, `const DROPPED = [${JSON.stringify(dropped)}];`);
                assertSucceeded(await lab.up());
                if (dropped === undefined) await assertAlike(whole);
            }
            assertSucceeded(await lab.destroy());
            await assertNothingLeft(start);
            assert.equal((await lab.resources()).size, 0, "the state has something left");
        } finally {
            if (dropped !== undefined) await lab.edit(`const DROPPED = [${JSON.stringify(dropped)}];`, UNCHANGED);
            // The program's host is the engine's own, and outlives one that is killed: docs/engine.md.
            await endThose(left);
            await endIdle();
        }
    }

    it("is gone on from without a manual step, and leaves nothing", async function () {
        this.timeout(0);
        for (const one of family.choose(allCases(), idOf, kindOf)) {
            if (await family.run(idOf(one), () => go(one))) continue;
            await labOf(one).destroy();
            await sweep();
            await prepareMachine();
        }
        family.finish();
    });
});

function begin(lab: Lab, operation: "up" | "destroy"): Running {
    return lab.begin(operation, "--yes", "--skip-preview");
}

function assertSucceeded({ succeeded, text }: Operation): void {
    assert.ok(succeeded, text);
}
