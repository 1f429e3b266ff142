import type { Where } from "./kernel";

/** Each setting that can be read, a line each: one process, however many there are. */
export const SETTINGS_COMMAND = 'grep -rs "" /proc/sys/net/';

/** Not set by anybody, but counted by the kernel or drawn by lot. */
const counted = /^netfilter\/nf_conntrack_count$|\/stable_secret$/;

/** The settings of a namespace, by their paths below /proc/sys/net. */
export function parseSettings(answer: string, where: Where): ReadonlyMap<string, string> {
    const settings = new Map<string, string>();
    for (const line of answer.trim().split("\n")) {
        const [, name, value] = /^\/proc\/sys\/net\/([^:]+):(.*)$/.exec(line) ?? [];
        if (name === undefined || value === undefined || counted.test(name)) continue;
        const earlier = settings.get(name);
        settings.set(name, earlier === undefined ? value : `${earlier} ${value}`);
    }
    if (settings.size < 100) throw new Error(`Only ${settings.size} settings could be read in ${where ?? "the host"}.`);
    return settings;
}
