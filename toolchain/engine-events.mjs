import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runEngine } from "./engine-run.mjs";

/**
 * Runs an operation of the engine and tells whether it changed anything, from the engine's own account of it and not from what it
 * shows to people. The option for that account is for the Automation API, and has to be unlocked.
 *
 * @param {import("./engine.mjs").Engine} engine
 * @param {readonly string[]} args
 * @param {import("./engine-run.mjs").Place} place
 * @returns {Promise<{ exitCode: number, changed: boolean }>}
 */
export async function runOperation(engine, args, place) {
    const folder = mkdtempSync(join(tmpdir(), "linuxnet-events-"));
    try {
        const file = join(folder, "events.jsonl");
        const environment = { ...place.environment, PULUMI_DEBUG_COMMANDS: "true" };
        const exitCode = await runEngine(engine, [...args, "--event-log", file], { ...place, environment });
        return { exitCode, changed: hasChanges(file) };
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/**
 * @param {string} file one event a line; the last summary is that of the update itself
 */
function hasChanges(file) {
    const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
    const summaries = lines
        .filter((line) => line.includes('"summaryEvent"'))
        .map((line) => JSON.parse(line).summaryEvent);
    const changes = summaries.at(-1)?.resourceChanges ?? {};
    return Object.entries(changes).some(([operation, count]) => operation !== "same" && count > 0);
}
