import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { engineEnvironment } from "./engine-environment.mjs";
import { withEvents } from "./engine-events.mjs";
import { Failure } from "./failure.mjs";
import { packageFolder } from "./package.mjs";

/** The lab that Pulumi.yaml in the root names, as it is deployed by npm start. */
export const stack = "dev";

/**
 * Where and how the engine runs for it. Its backend is a folder that Pulumi wants to find there.
 *
 * @param {import("./engine.mjs").Engine} engine
 * @returns {import("./engine-run.mjs").Place}
 */
export function quickStart(engine) {
    mkdirSync(join(packageFolder, ".state"), { recursive: true });
    return { cwd: packageFolder, environment: engineEnvironment(engine) };
}

/**
 * Calls linuxnet as its user would, at our terminal.
 *
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<number>} its exit code
 */
export function linuxnet(args, environment) {
    const argv = [join(packageFolder, "dist", "cli", "main.js"), ...args, "--stack", stack, "--non-interactive"];
    return new Promise((resolve, reject) => {
        const child = spawn(process.execPath, argv, { cwd: packageFolder, env: environment, stdio: "inherit" });
        // A terminal tells it itself; we end as it does.
        for (const signal of /** @type {const} */ (["SIGINT", "SIGHUP"])) process.on(signal, () => undefined);
        process.on("SIGTERM", () => child.kill("SIGTERM"));
        child.on("error", (error) => reject(new Failure(`linuxnet cannot be run: ${error.message}`)));
        child.on("close", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
}

/**
 * The same, telling whether it has changed anything.
 *
 * @param {readonly string[]} args
 * @param {import("./engine-run.mjs").Place} place
 * @returns {Promise<{ exitCode: number, changed: boolean }>}
 */
export async function operate(args, place) {
    const { exitCode, events } = await withEvents((options, unlocked) =>
        linuxnet([...args, ...options], { ...place.environment, ...unlocked }),
    );
    return { exitCode, changed: hasChanges(events) };
}

/**
 * @param {string} events one a line; the last summary is that of the update itself
 */
function hasChanges(events) {
    const lines = events.trim().split("\n");
    const summaries = lines
        .filter((line) => line.includes('"summaryEvent"'))
        .map((line) => JSON.parse(line).summaryEvent);
    const changes = summaries.at(-1)?.resourceChanges ?? {};
    return Object.entries(changes).some(([operation, count]) => operation !== "same" && count > 0);
}
