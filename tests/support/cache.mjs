import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { withLock } from "../../toolchain/lock.mjs";
import { step } from "../../toolchain/steps.mjs";

/**
 * A folder that is made once and kept beside the caches of others: a fresh checkout finds what an earlier one has made. It is put together
 * in a folder of its own, and takes its place only when it is whole.
 *
 * @param {{ kind: string, name: string, title: string }} wanted the title is shown while it is made
 * @param {(work: string) => Promise<string>} make is given a folder to work in, and returns the one in it that is to be kept
 * @returns {Promise<string>}
 */
export async function provideCached({ kind, name, title }, make) {
    const base = process.env.XDG_CACHE_HOME || join(process.env.HOME || homedir(), ".cache");
    const cache = join(base, "pulumi-linuxnet", kind);
    mkdirSync(cache, { recursive: true });
    return withLock(cache, async () => {
        const folder = join(cache, name);
        if (existsSync(folder)) return folder;
        const work = mkdtempSync(`${folder}.`);
        try {
            await step(title, async () => renameSync(await make(work), folder));
        } finally {
            rmSync(work, { recursive: true, force: true });
        }
        return folder;
    });
}
