import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Failure } from "./failure.mjs";
import { findProgram } from "./path.mjs";

/** @typedef {{ cwd: string, environment: NodeJS.ProcessEnv, isQuiet?: boolean }} Place */

/**
 * Runs the engine in our place: with our terminal, ending as it ends. It ends with us, however we are ended.
 *
 * @param {import("./engine.mjs").Engine} engine
 * @param {readonly string[]} args
 * @param {Place} place
 * @returns {Promise<number>} its exit code
 */
export function runEngine(engine, args, place) {
    const [program = "", ...programArgs] = dyingWithUs([join(engine.folder, "pulumi"), ...args]);
    return new Promise((resolve, reject) => {
        // The engine asks its questions at a terminal only: there it must be in the foreground with us.
        const detached = !process.stdin.isTTY;
        // The language host leaves its pipes behind when a program fails.
        const temporary = mkdtempSync(join(tmpdir(), "linuxnet-"));
        const env = { ...place.environment, TMPDIR: temporary };
        const stdio = /** @type {const} */ (["inherit", place.isQuiet ? "ignore" : "inherit", "inherit"]);
        const child = spawn(program, programArgs, { cwd: place.cwd, env, stdio: [...stdio], detached });
        /** The engine drops what it is doing at a hang-up, and leaves its lock; asked to end, it finishes what it has begun. */
        const end = () => child.kill("SIGTERM");
        /** A terminal tells the engine itself, in a group with us; at a second word it would drop everything. */
        const interrupt = () => detached && child.kill("SIGINT");
        process.on("SIGTERM", end).on("SIGHUP", end).on("SIGINT", interrupt);
        child.on("error", (error) => reject(new Failure(`${program} cannot be run: ${error.message}`)));
        child.on("close", (code, signal) => {
            rmSync(temporary, { recursive: true, force: true });
            process.off("SIGTERM", end).off("SIGHUP", end).off("SIGINT", interrupt);
            resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
        });
    });
}

/**
 * Asks the engine something and returns what it answered.
 *
 * @param {import("./engine.mjs").Engine} engine
 * @param {readonly string[]} args
 * @param {Place} place
 */
export function askEngine(engine, args, place) {
    const { status, stdout, stderr, error } = spawnSync(join(engine.folder, "pulumi"), args, {
        cwd: place.cwd,
        env: place.environment,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
        // The state of a large lab is more than the usual megabyte.
        maxBuffer: Number.POSITIVE_INFINITY,
    });
    if (error !== undefined) throw new Failure(`${engine.folder}/pulumi cannot be run: ${error.message}`);
    return { succeeded: status === 0, stdout: stdout.trim(), stderr: stderr.trim() };
}

/**
 * A kill -9 gives us no chance to pass it on; the kernel does, where util-linux can ask it to (BusyBox cannot).
 *
 * @param {readonly string[]} command
 */
function dyingWithUs(command) {
    const setpriv = findProgram("setpriv");
    const isUsable = setpriv !== undefined && basename(realpathSync(setpriv)) === "setpriv";
    return isUsable ? [setpriv, "--pdeathsig", "TERM", "--", ...command] : command;
}
