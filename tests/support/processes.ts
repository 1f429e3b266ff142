import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

export interface Process {
    readonly pid: number;
    readonly parent: number;
    /** The kernel's name for it, of at most 15 characters. */
    readonly program: string;
}

const limitMs = 5_000;

/** The children of a process, and theirs. */
export async function processesBelow(pid: number): Promise<readonly Process[]> {
    const all = await readProcesses();
    const below = (parent: number): readonly Process[] =>
        all.filter((process) => process.parent === parent).flatMap((process) => [process, ...below(process.pid)]);
    return below(pid);
}

/** Kills them, and waits until they are gone. */
export async function endProcesses(processes: readonly Process[]): Promise<void> {
    for (const { pid } of processes) kill(pid);
    const end = performance.now() + limitMs;
    const isThere = async (): Promise<boolean> => {
        const ids = new Set((await readProcesses()).map(({ pid }) => pid));
        return processes.some(({ pid }) => ids.has(pid));
    };
    while (await isThere()) {
        if (performance.now() > end) throw new Error(`Killed, but still there: ${JSON.stringify(processes)}`);
        await sleep(5);
    }
}

/** One that has just ended by itself is as good as killed. */
function kill(pid: number): void {
    try {
        process.kill(pid, "SIGKILL");
    } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
}

async function readProcesses(): Promise<readonly Process[]> {
    const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const stats = await Promise.all(ids.map((id) => readFile(`/proc/${id}/stat`, "utf8").catch(() => "")));
    return stats.flatMap((stat) => {
        const [, pid, program = "", parent] = /^(\d+) \((.*)\) \S (\d+)/s.exec(stat) ?? [];
        return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), program }];
    });
}
