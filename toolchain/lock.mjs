import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { run } from "./command.mjs";
import { Failure } from "./failure.mjs";
import { findProgram } from "./path.mjs";
import { step } from "./steps.mjs";

const wouldBlock = 1;

/**
 * Does the work while no one else does theirs in that folder. It is the kernel's lock on the open folder: it leaves no file
 * behind, and when its holder dies in whatever way it is free. flock(1) takes it on our file descriptor, where it stays.
 *
 * @template T
 * @param {string} folder
 * @param {(lock: number) => Promise<T>} work is given the file descriptor, for programs that must not outlive the lock
 * @returns {Promise<T>}
 */
export async function withLock(folder, work) {
    const flock = findProgram("flock");
    if (flock === undefined) throw new Failure("flock is missing. Install the package util-linux.");
    const lock = openSync(folder, "r");
    try {
        const { status, stderr } = spawnSync(flock, ["--nonblock", "3"], { stdio: ["ignore", "ignore", "pipe", lock] });
        if (status === wouldBlock) {
            await step(`Waiting for another preparation in ${folder}`, () => run(flock, ["3"], { lock }));
        } else if (status !== 0) {
            throw new Failure(`${folder} cannot be locked: ${stderr}`);
        }
        return await work(lock);
    } finally {
        closeSync(lock);
    }
}
