import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** What the engine writes into its lock of a stack: who holds it. */
interface Lock {
    readonly pid?: number;
    readonly hostname?: string;
}

function readLock(file: string): Lock {
    try {
        return Object(JSON.parse(readFileSync(file, "utf8")));
    } catch {
        return {}; // being written just now: its holder is alive
    }
}

/** Whether an engine of this number is running; of one that has ended and that nobody has waited for, the process is still listed (proc_pid_stat(5), Z). */
function isAlive(pid: number): boolean {
    try {
        return /^\d+ \(pulumi\) [^ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
        return false;
    }
}

/**
 * Removes the locks of a backend that is a folder whose engine was killed on this machine: nobody else would. Whoever is
 * locked out by somebody who is alive, or on another machine, is told so by the engine.
 */
export function removeStaleLocks(stateFolder: string | undefined): void {
    const folder = stateFolder === undefined ? undefined : join(stateFolder, ".pulumi", "locks");
    if (folder === undefined || !existsSync(folder)) return;
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
    for (const file of files) {
        const { pid, hostname: host } = readLock(join(folder, file));
        if (pid === undefined || host !== hostname() || isAlive(pid)) continue;
        rmSync(join(folder, file), { force: true });
        console.error(`The lock of an operation that was killed (process ${pid}) is removed.`);
    }
}
