import { run, type Where } from "./kernel";

const root = "/proc/sys/net/";

/** Not set by anybody, but counted by the kernel or drawn by lot. */
const counted = /^netfilter\/nf_conntrack_count$|\/stable_secret$/;

/** Every setting of a namespace that can be read, by its path below /proc/sys/net: one process, however many there are. */
export async function readSettings(where: Where): Promise<ReadonlyMap<string, string>> {
    const { stdout, stderr } = await run(["grep", "-rs", "", root], { where });
    const settings = new Map<string, string>();
    for (const line of stdout.trim().split("\n")) {
        const [, name, value] = /^\/proc\/sys\/net\/([^:]+):(.*)$/.exec(line) ?? [];
        if (name === undefined || value === undefined || counted.test(name)) continue;
        const earlier = settings.get(name);
        settings.set(name, earlier === undefined ? value : `${earlier} ${value}`);
    }
    if (settings.size < 100)
        throw new Error(`Only ${settings.size} settings could be read in ${where ?? "the host"}: ${stderr}`);
    return settings;
}
