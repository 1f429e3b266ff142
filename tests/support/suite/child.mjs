import { spawn } from "node:child_process";

/** @type {readonly NodeJS.Signals[]} */
const deadlySignals = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs a program to its end, showing what it prints, at once or held back until it is done. It is ended when we are, and
 * when it takes too long.
 *
 * @param {readonly string[]} argv
 * @param {{ environment?: NodeJS.ProcessEnv, folder?: string, limitMinutes: number, isHeld?: boolean }} options
 * @returns {Promise<number | null>} its exit code; null where it was killed, or could not be run
 */
export function runChild([program = "", ...args], { environment = process.env, folder, limitMinutes, isHeld = false }) {
    return new Promise((resolve, reject) => {
        const out = isHeld ? "pipe" : "inherit";
        const child = spawn(program, args, { cwd: folder, env: environment, stdio: ["ignore", out, out] });
        /** @type {Buffer[]} */
        const held = [];
        for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => held.push(chunk));
        const kill = () => child.kill("SIGKILL");
        const timer = setTimeout(() => {
            console.log(`Not done after ${limitMinutes} minutes: ${[program, ...args].join(" ")}`);
            kill();
        }, limitMinutes * 60_000);
        /** @param {NodeJS.Signals} signal */
        const end = (signal) => {
            kill();
            child.prependOnceListener("close", () => reject(new Error(`Ended by ${signal}.`)));
        };
        for (const signal of deadlySignals) process.on(signal, end);
        /** @param {number | null} code */
        const finish = (code) => {
            clearTimeout(timer);
            process.stdout.write(Buffer.concat(held));
            for (const signal of deadlySignals) process.off(signal, end);
            resolve(code);
        };
        child.on("error", (error) => {
            console.log(`${program} cannot be run: ${error.message}`);
            finish(null);
        });
        child.on("close", finish);
    });
}
