import { forgetAll } from "../../provider/host/machines";
import { Runner } from "../../provider/host/runner";
import type { Step } from "../../provider/host/step";

class Killed extends Error {}

/**
 * Does the work as if its process were killed after so many commands that change something: no command behind them is run, and
 * nobody is told. Says whether there were that many.
 */
export async function killedAfter(commands: number, work: () => Promise<unknown>): Promise<boolean> {
    return (await interrupted(commands, work)).killed;
}

/** How many commands that change something the work takes. */
export async function countCommands(work: () => Promise<unknown>): Promise<number> {
    return (await interrupted(Number.POSITIVE_INFINITY, work)).done;
}

async function interrupted(
    commands: number,
    work: () => Promise<unknown>,
): Promise<{ readonly killed: boolean; readonly done: number }> {
    const run = Runner.prototype.run;
    let done = 0;
    Runner.prototype.run = async function (steps, opening) {
        const allowed: Step[] = [];
        for (const step of steps) {
            const size = step.mutating ? step.describe.length : 0;
            const left = commands - done;
            if (size <= left) {
                done += size;
                allowed.push(step);
                continue;
            }
            if (left > 0) allowed.push({ ...step, input: step.input.slice(0, left) });
            done = commands;
            await run.call(this, allowed, opening);
            throw new Killed();
        }
        return run.call(this, allowed, opening);
    };
    try {
        await work();
        return { killed: false, done };
    } catch (error) {
        if (!(error instanceof Killed)) throw error;
        return { killed: true, done };
    } finally {
        Runner.prototype.run = run;
        forgetAll();
    }
}
