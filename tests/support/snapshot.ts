import { readNamespaces } from "./namespaces";
import { readNetwork } from "./network";

/** What is known about one thing: "~ router link br0: mtu 1500 → 1400" needs its properties one by one. */
export type Properties = Readonly<Record<string, string>>;

/** Everything found, under names such as `host link br0` and `router route 10.0.0.0/24 dev veth1`. */
export type Snapshot = ReadonlyMap<string, Properties>;

/**
 * The whole network: links, addresses, routes of all tables, rules, neighbours and forwarding entries that somebody has set, the
 * packet filter and every setting, of the namespace that we are in (`host`) and of each one that is pinned to a file. Nothing in
 * it changes by itself.
 */
export async function takeSnapshot(): Promise<Snapshot> {
    const namespaces = await readNamespaces();
    const networks = await Promise.all([
        readNetwork("host", undefined),
        ...namespaces.map(({ name, path }) => readNetwork(name, path)),
    ]);
    const found = namespaces.map(({ name }): [string, Properties] => [`namespace ${name}`, {}]);
    return new Map([...found, ...networks.flatMap((network) => [...network])]);
}

/** The same as text, one line a thing, in a fixed order. */
export function snapshotText(snapshot: Snapshot): string {
    const lines = Array.from(snapshot, ([name, properties]) => `${name}${describe(properties)}`);
    return `${lines.sort().join("\n")}\n`;
}

export function describe(properties: Properties): string {
    const words = Object.entries(properties).map(([name, value]) => ` ${name} ${value}`.trimEnd());
    return words.length === 0 ? "" : `:${words.join("")}`;
}
