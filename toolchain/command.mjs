import { spawn } from "node:child_process";
import { constants } from "node:os";
import { Failure } from "./failure.mjs";
import { completeEnvironment } from "./path.mjs";

/** @type {readonly NodeJS.Signals[]} */
const deadlySignals = ["SIGINT", "SIGTERM", "SIGHUP"];
const shownLines = 20;

/**
 * Runs a program that needs no terminal and returns what it said. What kills us kills it first, so that whoever called can
 * still clean up. It fails with the whole command and the end of what it said.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, environment?: NodeJS.ProcessEnv, lock?: number }} [options] a program that is given the lock's file
 *     descriptor holds the lock for as long as it lives, even when we were killed without a chance to end it
 * @returns {Promise<string>}
 */
export function run(program, args, options = {}) {
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, {
            cwd: options.cwd,
            env: completeEnvironment(options.environment),
            stdio: ["ignore", "pipe", "pipe", ...(options.lock === undefined ? [] : [options.lock])],
        });
        /** @type {NodeJS.Signals | undefined} */
        let received;
        /** @param {NodeJS.Signals} signal */
        const passOn = (signal) => {
            received = signal;
            child.kill(signal);
        };
        for (const signal of deadlySignals) process.on(signal, passOn);
        const command = [program, ...args].join(" ");
        let output = "";
        /** @param {Buffer} data */
        const collect = (data) => {
            output += data;
        };
        child.stdout?.on("data", collect);
        child.stderr?.on("data", collect);
        /** @param {Failure} [failure] */
        const end = (failure) => {
            for (const signal of deadlySignals) process.off(signal, passOn);
            if (received !== undefined) reject(new Failure("Interrupted.", 128 + constants.signals[received]));
            else if (failure !== undefined) reject(failure);
            else resolve(output);
        };
        child.on("error", (error) => end(new Failure(`${command} cannot be run: ${error.message}`)));
        child.on("close", (code, signal) => {
            if (code === 0) end();
            else end(new Failure(`${command} failed (${signal ?? `exit code ${code}`}):\n${excerpt(output)}`));
        });
    });
}

/**
 * The beginning, where npm gives its reason, and the end, where compilers do.
 *
 * @param {string} output
 */
function excerpt(output) {
    const lines = output.trimEnd().split("\n");
    if (lines.length <= 2 * shownLines) return lines.join("\n");
    return [...lines.slice(0, shownLines), "…", ...lines.slice(-shownLines)].join("\n");
}
