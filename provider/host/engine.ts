import { readFileSync } from "node:fs";

/** How often the engine is looked for. */
const LOOK_MILLISECONDS = 200;

/** proc_pid_stat(5): the parent is the second word behind the command's name, which may hold anything. */
function parentOf(pid: number): number | undefined {
    try {
        const text = readFileSync(`/proc/${pid}/stat`, "utf8");
        return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
    } catch {
        return undefined; // gone
    }
}

/**
 * Ends this process when the engine that has started it is gone, killed perhaps: nobody would hear of what is done then,
 * and whoever comes next must not meet us at work. Between the engine and us is the shell that starts dynamic providers.
 */
export function endWithEngine(): void {
    if (!process.argv[1]?.includes("dynamic-provider")) return;
    const starter = process.ppid;
    const engine = parentOf(starter);
    const isGone = (): boolean => process.ppid !== starter || parentOf(starter) !== engine;
    setInterval(() => isGone() && process.exit(1), LOOK_MILLISECONDS).unref();
}
