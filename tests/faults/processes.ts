import { readdir, readFile } from "node:fs/promises";

export interface Process {
    readonly pid: number;
    readonly parent: number;
    /** When it was started, which tells it from a later one of its number. */
    readonly started: string;
    readonly words: readonly string[];
}

/** proc_pid_stat(5): the state is the first word behind the command's name, which may hold anything. */
async function look(pid: number): Promise<Process | undefined> {
    try {
        const stat = await readFile(`/proc/${pid}/stat`, "utf8");
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        if (fields[0] === "Z") return undefined;
        const words = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0");
        return { pid, parent: Number(fields[1]), started: fields[19] ?? "", words };
    } catch {
        return undefined; // gone meanwhile
    }
}

async function processes(): Promise<Process[]> {
    const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
    return (await Promise.all(ids.map(look))).filter((one) => one !== undefined);
}

/** What a process has started, and what that has. */
export async function descendantsOf(pid: number): Promise<Process[]> {
    const all = await processes();
    const below = (parent: number): Process[] =>
        all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)]);
    return below(pid);
}

/** Those whose parent has ended before them. */
export async function orphans(isWanted: (process: Process) => boolean): Promise<Process[]> {
    return (await processes()).filter((one) => one.parent === 1 && isWanted(one));
}

/** Ends a process group, unless it has come to its own end in the meantime. */
export function endGroup(leader: number): void {
    try {
        process.kill(-leader, "SIGKILL");
    } catch (error) {
        if (Object(error).code !== "ESRCH") throw error;
    }
}

/** Ends those that are still there. */
export async function endThose(processes: readonly Process[]): Promise<void> {
    for (const { pid, started } of processes) {
        if ((await look(pid))?.started === started) process.kill(pid, "SIGKILL");
    }
}
