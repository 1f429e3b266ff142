import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

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
