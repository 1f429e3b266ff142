import { readFile } from "node:fs/promises";
import { command, parseList } from "../../support/kernel";
import { readNamespaces } from "../../support/namespaces";
import { type Properties, type Snapshot, takeSnapshot } from "../../support/snapshot";

/** Where what is not in the kernel is kept: names of namespaces, records, simulated hosts, settings files. */
const FOLDERS = ["/run/netns", "/run/linuxnet", "/etc/sysctl.d"];

/** Which link it is, and not only how it is called and set. */
async function indices(): Promise<[string, Properties][]> {
    const places = [{ name: "host", path: undefined }, ...(await readNamespaces())];
    const found = await Promise.all(
        places.map(async ({ name, path }) => {
            const links = parseList(await command(["ip", "-j", "link", "show"], { where: path }));
            return links.map(({ ifname, ifindex }): [string, Properties] => [
                `${name} index of ${ifname}`,
                { is: String(ifindex) },
            ]);
        }),
    );
    return found.flat();
}

/** All but the records of our own stack. */
async function files(): Promise<[string, Properties][]> {
    const format = ["-mindepth", "1", "(", "!", "-type", "d", "-o", "-empty", ")", "-printf", "%p\\t%y %i %l\\n"];
    const script = 'for d do shift; [ ! -e "$d" ] || set -- "$@" "$d"; done; [ $# = 0 ] || exec find "$@"';
    const text = await command([
        "sh",
        "-c",
        `${script} ${format.map((word) => `'${word}'`).join(" ")}`,
        "sh",
        ...FOLDERS,
    ]);
    const found = await Promise.all(
        text.split("\n").map(async (line): Promise<[string, Properties][]> => {
            const [path = "", is = ""] = line.split("\t");
            const content = is.startsWith("f") ? await readFile(path, "utf8").catch(() => "") : "";
            if (path === "" || content.includes('"lab/test/')) return [];
            // A record that two share is written anew with each of them.
            return [[`file ${path}`, path.endsWith(".json") ? { content } : { is, content }]];
        }),
    );
    return found.flat();
}

/** A bridge takes what its ports can do for its own. */
const withoutOffload = (properties: Properties): Properties =>
    Object.fromEntries(Object.entries(properties).filter(([name]) => !/^(gso|gro|tso)_/.test(name)));

/** The machine as whoever owns something on it knows it. */
export async function look(): Promise<Snapshot> {
    const network = Array.from(await takeSnapshot(), ([name, properties]): [string, Properties] => [
        name,
        withoutOffload(properties),
    ]);
    return new Map([...network, ...(await indices()), ...(await files())]);
}

/** What has come, or has changed. */
export function newIn(before: Snapshot, after: Snapshot): Snapshot {
    const isNew = ([name, properties]: [string, Properties]): boolean =>
        JSON.stringify(before.get(name)) !== JSON.stringify(properties);
    return new Map([...after].filter(isNew));
}

/** Of the machine, what the others say something about. */
export function only(names: Snapshot, of: Snapshot): Snapshot {
    return new Map([...of].filter(([name]) => names.has(name)));
}
