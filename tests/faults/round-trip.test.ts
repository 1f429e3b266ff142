import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import fc from "fast-check";
import { assertSettled, sweep } from "../support/provider";
import type { Snapshot } from "../support/snapshot";
import { assertThere } from "./declared-there";
import { Deployment, startAnew } from "./deployment";
import { Family, randomNumbers } from "./family";
import { assertNothingLeft, prepareMachine, restoreMachine } from "./machine";
import { programText, randomLab } from "./random-lab";
import type { Declared } from "./reference/lab";

/** How many are possible without end: the one that is asked for is among these. */
const POSSIBLE = 10_000;

interface Case {
    readonly number: number;
    readonly seed: number;
}

const idOf = ({ number }: Case): string => `lab ${number}`;

const labOf = ({ seed }: Case): readonly Declared[] => {
    const [lab = []] = fc.sample(randomLab, { seed, numRuns: 1 });
    return lab;
};

/** What an unhappy reader needs. */
const withProgram = (error: unknown, lab: readonly Declared[]): Error =>
    new Error(`${error instanceof Error ? error.message : String(error)}\n${programText(lab)}`);

describe("Labs by lot, deployed and destroyed", () => {
    const family = new Family("round trip", { full: 200, sample: 8 });
    let before: Snapshot;

    beforeEach("the machine", async () => {
        before = await prepareMachine();
    });
    afterEach("the machine", () => restoreMachine());

    async function roundTrip(lab: readonly Declared[]): Promise<void> {
        const deployment = new Deployment(lab);
        await deployment.up();
        await assertThere(lab);
        await assertSettled(...deployment.resources);
        await deployment.destroy();
        await assertNothingLeft(before);
        const persisted = (await readdir("/etc/sysctl.d")).filter((name) => name.startsWith("90-"));
        assert.deepEqual(persisted, [], "settings are left for the next boot");
    }

    /** After a failure, the next case finds the machine as it was nevertheless. */
    async function run(one: Case): Promise<void> {
        const lab = labOf(one);
        const hasPassed = await family.run(idOf(one), () =>
            roundTrip(lab).catch((error: unknown) => {
                throw withProgram(error, lab);
            }),
        );
        if (hasPassed) return;
        await sweep();
        startAnew();
        await prepareMachine();
    }

    it("are there as they were declared, settle, and leave nothing", async function () {
        this.timeout(0);
        const random = randomNumbers("round trip");
        const all = Array.from({ length: POSSIBLE }, (_, at) => ({
            number: at + 1,
            seed: Math.floor(random() * 2 ** 31),
        }));
        // In their order: they are by lot themselves.
        const cases = family.choose(all, idOf, idOf);
        for (const one of cases) await run(one);
        family.finish();
    });
});
