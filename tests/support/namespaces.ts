import { readFile } from "node:fs/promises";

export interface PinnedNamespace {
    /** The name that `ip netns` has for it, or else its path. */
    readonly name: string;
    readonly path: string;
}

const named = "/run/netns/";

/** Every network namespace that a file holds, whoever has put it there, and wherever. */
export async function readNamespaces(): Promise<readonly PinnedNamespace[]> {
    const paths = (await readMounts())
        .filter(({ root }) => root.startsWith("net:["))
        .map(({ path }) => path)
        .sort();
    return [...new Set(paths)].map((path) => ({
        name: path.startsWith(named) ? path.slice(named.length) : path,
        path,
    }));
}

export interface Mount {
    readonly root: string;
    readonly path: string;
}

export async function readMounts(): Promise<readonly Mount[]> {
    const lines = (await readFile("/proc/self/mountinfo", "utf8")).trim().split("\n");
    return lines.map((line) => {
        const [, , , root = "", path = ""] = line.split(" ");
        return { root, path: path.replaceAll("\\040", " ") };
    });
}
