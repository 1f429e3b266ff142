import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runEngine } from "./engine-run.mjs";

/**
 * Has an operation of the engine done with an account of it, and hands that over when it has ended: one event a line. The option
 * for it is for the Automation API, and has to be unlocked by the environment.
 *
 * @param {(options: readonly string[], unlocked: NodeJS.ProcessEnv) => Promise<number>} work returns the exit code
 * @returns {Promise<{ exitCode: number, events: string }>}
 */
export async function withEvents(work) {
    const folder = mkdtempSync(join(tmpdir(), "linuxnet-events-"));
    try {
        const file = join(folder, "events.jsonl");
        const exitCode = await work(["--event-log", file], { PULUMI_DEBUG_COMMANDS: "true" });
        return { exitCode, events: existsSync(file) ? readFileSync(file, "utf8") : "" };
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/**
 * Runs an operation of the engine and tells whether it changed anything, from the engine's own account of it and not from what it
 * shows to people.
 *
 * @param {import("./engine.mjs").Engine} engine
 * @param {readonly string[]} args
 * @param {import("./engine-run.mjs").Place} place
 * @returns {Promise<{ exitCode: number, changed: boolean }>}
 */
export async function runOperation(engine, args, place) {
    const { exitCode, events } = await withEvents((options, unlocked) => {
        const environment = { ...place.environment, ...unlocked };
        return runEngine(engine, [...args, ...options], { ...place, environment });
    });
    return { exitCode, changed: hasChanges(events) };
}

/**
 * @param {string} events the last summary is that of the update itself
 */
function hasChanges(events) {
    const lines = events.trim().split("\n");
    const summaries = lines
        .filter((line) => line.includes('"summaryEvent"'))
        .map((line) => JSON.parse(line).summaryEvent);
    const changes = summaries.at(-1)?.resourceChanges ?? {};
    return Object.entries(changes).some(([operation, count]) => operation !== "same" && count > 0);
}
