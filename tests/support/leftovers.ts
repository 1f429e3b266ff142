import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readMounts } from "./namespaces";
import { type Properties, type Snapshot, takeSnapshot } from "./snapshot";
import { diffSnapshots, settle } from "./snapshot-difference";

/** Where tests and what they test may write; empty folders count in those of the tests only. */
export interface Folders {
    readonly system: readonly string[];
    readonly own: readonly string[];
}

/** What mount, iptables, ts-node and the engine (after a failed update) keep, whoever calls them. */
const kept = /^\/run\/(mount|xtables\.lock)$|\/(v8-compile-cache-|pulumi-node-pipes)\d+$/;

/** The network, and what else can be left behind: files, mounts and processes. */
export async function lookAround(folders: Folders): Promise<Snapshot> {
    const network = await takeSnapshot();
    const files = await Promise.all([
        ...folders.system.map((folder) => filesBelow(folder, false)),
        ...folders.own.map((folder) => filesBelow(folder, true)),
    ]);
    return new Map([...network, ...files.flat(), ...(await mounts()), ...(await processes())]);
}

/** What is there now and was not before, or has changed, after giving it the time to go away by itself. */
export async function leftBehind(before: Snapshot, folders: Folders, settleSeconds = 5): Promise<readonly string[]> {
    return diffSnapshots(before, await settle(before, () => lookAround(folders), settleSeconds));
}

async function filesBelow(folder: string, withEmptyFolders: boolean): Promise<[string, Properties][]> {
    const entries = await readdir(folder, { withFileTypes: true }).catch(whenAbsent);
    const found = await Promise.all(
        entries.map(async (entry): Promise<[string, Properties][]> => {
            const path = join(folder, entry.name);
            if (kept.test(path)) return [];
            if (!entry.isDirectory()) return [[`file ${path}`, { content: await beginningOf(path, entry.isFile()) }]];
            const below = await filesBelow(path, withEmptyFolders);
            return below.length === 0 && withEmptyFolders ? [[`folder ${path}`, {}]] : below;
        }),
    );
    return found.flat();
}

function whenAbsent(error: NodeJS.ErrnoException): [] {
    if (error.code === "ENOENT") return [];
    throw error;
}

/** A namespace's file cannot be read. */
async function beginningOf(path: string, isFile: boolean): Promise<string> {
    const content = isFile ? await readFile(path, "utf8").catch(() => "") : "";
    return JSON.stringify(content.slice(0, 200));
}

/** Network namespaces are in the network's snapshot already. */
async function mounts(): Promise<[string, Properties][]> {
    const counts = new Map<string, number>();
    for (const { root, path } of await readMounts()) {
        if (!root.startsWith("net:[")) counts.set(path, (counts.get(path) ?? 0) + 1);
    }
    return Array.from(counts, ([path, count]) => [`mount ${path}`, { times: String(count) }]);
}

/** All those of our process namespace, apart from ourselves. */
async function processes(): Promise<[string, Properties][]> {
    const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
    const found = await Promise.all(
        ids.map(async (id): Promise<[string, Properties][]> => {
            const words = await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => undefined);
            return words === undefined ? [] : [[`process ${id} ${words.replaceAll("\0", " ").trim()}`, {}]];
        }),
    );
    return found.flat();
}
