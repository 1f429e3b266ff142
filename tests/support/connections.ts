import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { processesBelow } from "./processes";

const settleMs = 10_000;

/** The kernel takes its time for an IPv6 address, and sshd for the end of a session. */
export async function until<T>(take: () => Promise<T>, isDone: (found: T) => boolean): Promise<T> {
    const end = performance.now() + settleMs;
    for (;;) {
        const found = await take();
        if (isDone(found) || performance.now() > end) return found;
        await sleep(100);
    }
}

/** On the way to the machines: neither a process nor the folder of a socket, which is below the operation's own. */
export async function assertNoConnections(): Promise<void> {
    const found = async (): Promise<readonly string[]> => {
        const processes = (await processesBelow(1)).filter(({ program }) => program === "ssh");
        const folders = (await readdir(tmpdir())).filter((name) => name.startsWith("linuxnet-"));
        const commands = processes.map(({ pid }) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""));
        const addresses = (await Promise.all(commands)).map((words) => words.split("\0").at(-2));
        return [...addresses.map((address) => `ssh to ${address}`), ...folders];
    };
    assert.deepEqual(await until(found, (left) => left.length === 0), []);
}
