import { forgetAll } from "../../provider/host/machines";
import { Runner } from "../../provider/host/runner";
import type { Step } from "../../provider/host/step";

class Killed extends Error {}

/**
 * Does the work as if its process were killed after so many commands that change something: no command behind them is run, and
 * nobody is told. Says whether there were that many.
 */
export async function killedAfter(commands: number, work: () => Promise<unknown>): Promise<boolean> {
    const run = Runner.prototype.run;
    let left = commands;
    Runner.prototype.run = async function (steps, opening) {
        const allowed: Step[] = [];
        for (const step of steps) {
            const size = step.mutating ? step.describe.length : 0;
            if (size <= left) {
                left -= size;
                allowed.push(step);
                continue;
            }
            if (left > 0) allowed.push({ ...step, input: step.input.slice(0, left) });
            left = 0;
            await run.call(this, allowed, opening);
            throw new Killed();
        }
        return run.call(this, allowed, opening);
    };
    try {
        await work();
        return false;
    } catch (error) {
        if (!(error instanceof Killed)) throw error;
        return true;
    } finally {
        Runner.prototype.run = run;
        forgetAll();
    }
}
