import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { assertThere } from "../faults/declared-there";
import { Family, randomNumbers } from "../faults/family";
import { assertNothingLeft, prepareMachine, restoreMachine } from "../faults/machine";
import { programText, randomLab } from "../faults/random-lab";
import { backgroundPing } from "../support/background-ping";
import { listChanges } from "../support/engine-events";
import { Lab as EngineLab, type Operation } from "../support/lab";
import { sweep } from "../support/provider";
import type { Snapshot } from "../support/snapshot";
import { Chance, type Edit, type Lab } from "./edit";
import { assertNothingElse, changesBetween } from "./edit-changes";
import { deviceEditors } from "./edit-devices";
import { type Kernel, readKernel } from "./edit-kernel";
import { nameEditors } from "./edit-names";
import { quietPath } from "./edit-paths";
import { resourceEditors } from "./edit-resources";
import { settingEditors } from "./edit-settings";
import { inOrder, WITNESSES, writeLab } from "./edited-lab";

/** So many edits of one lab, and so many of them at a time, each of another resource. */
const EDITS = 16;
const AT_ONCE = 4;
/** How many labs are possible without end: the one that is asked for is among these. */
const POSSIBLE = 10_000;

interface Case {
    readonly number: number;
    readonly seed: number;
}

const idOf = ({ number }: Case): string => `lab ${number}`;

function labOf({ seed }: Case): Lab {
    const [lab = []] = fc.sample(fc.noBias(randomLab), { seed, numRuns: 1 });
    return inOrder([...WITNESSES, ...lab]);
}

const hasWitnesses = (lab: Lab): boolean =>
    WITNESSES.every((witness) => lab.some((one) => JSON.stringify(one) === JSON.stringify(witness)));

/** Each kind of edit as often as any other, whatever the lab is rich in. */
function editBeside(before: Lab, edits: readonly Edit[], chance: Chance): Edit {
    const lab = edits.at(-1)?.lab ?? before;
    const isBeside = (edit: Edit): boolean =>
        !edits.some((other) => other.target === edit.target || (other.isOfPlace && edit.isOfPlace));
    const editors = [deviceEditors, deviceEditors, settingEditors, settingEditors, nameEditors, resourceEditors];
    for (;;) {
        const edit = chance.pick(chance.pick(editors) ?? [])?.(lab, chance);
        if (edit && hasWitnesses(edit.lab) && isBeside(edit)) return { ...edit, lab: inOrder(edit.lab) };
    }
}

function assertSucceeded({ succeeded, text }: Operation): void {
    assert.ok(succeeded, text);
}

describe("Labs by lot, edited", () => {
    const family = new Family("edits", { full: 200, sample: 6 });
    const project = join(__dirname, "edited");
    let engine = new EngineLab(project);
    let start: Snapshot;

    before("the machine", async () => {
        start = await prepareMachine();
    });
    after("the machine", () => restoreMachine());

    /** After a failure, the next lab finds the machine as it was nevertheless. */
    async function recover(): Promise<void> {
        await engine.remove().catch(() => undefined);
        await sweep();
        await prepareMachine();
    }

    /** What the preview says, and what the kernel says afterwards. */
    async function turn(lab: Lab, edits: readonly Edit[], before: Kernel): Promise<Kernel> {
        const edited = edits.at(-1)?.lab ?? lab;
        await writeLab(engine, edited);
        const preview = await engine.preview();
        assertSucceeded(preview);
        const shown = listChanges(preview).toSorted();
        for (const { target } of edits)
            assert.ok(
                preview.steps.some(({ name, op }) => name === target && op !== "same"),
                `nothing is shown of ${target}\n${shown.join("\n")}`,
            );
        const { from, to } = quietPath(lab, edited, shown);
        const { sent, lost } = await backgroundPing(from, to, async () => {
            const up = await engine.up();
            assertSucceeded(up);
            assert.deepEqual(listChanges(up).toSorted(), shown, "what was done is not what was shown");
        });
        assert.deepEqual(lost, [], `of ${sent} packets from ${from} to ${to} some were lost`);
        const after = await readKernel();
        assert.deepEqual(changesBetween(before, lab, after, edited), shown, "what has changed is not what was shown");
        await assertThere(edited);
        assertNothingElse(after, edited);
        const next = await engine.preview("--refresh");
        assertSucceeded(next);
        assert.deepEqual(listChanges(next), [], "the next preview has something left to do");
        return after;
    }

    /** Whether all of the edits have passed; each is a case, and those of one turn pass or fail together. */
    async function run(one: Case, count: number): Promise<boolean> {
        const chance = new Chance(randomNumbers(`edits of ${one.seed}`));
        let lab = labOf(one);
        await writeLab(engine, lab);
        assertSucceeded(await engine.up());
        let kernel = await readKernel();
        for (let done = 0; done < count; ) {
            const edits: Edit[] = [];
            while (edits.length < Math.min(AT_ONCE, count - done)) edits.push(editBeside(lab, edits, chance));
            const happened = turn(lab, edits, kernel);
            const words = edits.map(({ what }) => what).join("; ");
            const told = happened.catch((error: unknown) => {
                throw new Error(`${words}\n${error instanceof Error ? error.message : error}\n${programText(lab)}`);
            });
            const passed = await family.run(idOf(one), () => told);
            const beside = () => assert.ok(passed, "with the one above");
            for (const _ of edits.slice(1)) await family.run(idOf(one), async () => beside());
            if (!passed) return false;
            kernel = await happened;
            lab = edits.at(-1)?.lab ?? lab;
            done += edits.length;
        }
        return true;
    }

    it("become what the preview has shown, and nothing else", async function () {
        this.timeout(0);
        const random = randomNumbers("edits");
        const size = Number.isFinite(family.size) ? family.size : POSSIBLE;
        const all = Array.from({ length: Math.ceil(size / EDITS) }, (_, at) => ({
            number: at + 1,
            seed: Math.floor(random() * 2 ** 31),
        }));
        for (const one of family.choose(all, idOf, idOf)) {
            engine = await new EngineLab(project, { isTranslated: true }).make();
            const passed = await run(one, Math.min(EDITS, size - (one.number - 1) * EDITS));
            if (passed) await engine.remove();
            else await recover();
            await assertNothingLeft(start);
        }
        family.finish();
    });
});
