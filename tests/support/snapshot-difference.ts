import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { command } from "./kernel";
import { readNamespaces } from "./namespaces";
import { describe, type Properties, type Snapshot, takeSnapshot } from "./snapshot";

/** What differs, a line each: `+` is new, `-` is gone, `~` has changed. */
export function diffSnapshots(before: Snapshot, after: Snapshot): readonly string[] {
    const names = [...new Set([...before.keys(), ...after.keys()])].sort();
    const lines = names.map((name) => compare(name, before.get(name), after.get(name))).filter((line) => line !== "");
    const isImplied = impliedBy(lines);
    return lines.filter((line) => !isImplied(line));
}

export function assertSame(before: Snapshot, after: Snapshot): void {
    assert.equal(diffSnapshots(before, after).join("\n"), "", "the network is not what it was");
}

/** The kernel ends some work after it has answered, such as the removal of a namespace: that much time it is given. */
export async function assertRestored(before: Snapshot, settleSeconds = 5): Promise<void> {
    assertSame(before, await settle(before, takeSnapshot, settleSeconds));
}

/** Takes snapshots until one is the same, or the time is up, and returns the last. */
export async function settle(
    before: Snapshot,
    take: () => Promise<Snapshot>,
    settleSeconds: number,
): Promise<Snapshot> {
    const end = performance.now() + settleSeconds * 1000;
    for (;;) {
        const now = await take();
        if (diffSnapshots(before, now).length === 0 || performance.now() > end) return now;
        await sleep(100);
    }
}

/**
 * A snapshot for later comparison of links that have just been made: the kernel tries their IPv6 addresses for two seconds, and adds
 * routes for them then.
 */
export async function takeSettledSnapshot(settleSeconds = 10): Promise<Snapshot> {
    const end = performance.now() + settleSeconds * 1000;
    for (;;) {
        const isTrying = await hasTentativeAddresses();
        const first = await takeSnapshot();
        await sleep(100);
        const second = await takeSnapshot();
        const differences = diffSnapshots(first, second);
        if (differences.length === 0 && !isTrying) return second;
        if (performance.now() > end) throw new Error(`The network does not come to rest:\n${differences.join("\n")}`);
    }
}

/** The kernel tries a new IPv6 address for two seconds, and sends nothing from it before. */
async function hasTentativeAddresses(): Promise<boolean> {
    const places = [undefined, ...(await readNamespaces()).map(({ path }) => path)];
    const found = await Promise.all(
        places.map((where) => command(["ip", "-6", "-o", "address", "show", "tentative"], { where })),
    );
    return found.some((text) => text.trim() !== "");
}

function compare(name: string, before: Properties | undefined, after: Properties | undefined): string {
    if (before === undefined) return `+ ${name}${beginning(after ?? {})}`;
    if (after === undefined) return `- ${name}${beginning(before)}`;
    const properties = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const changed = properties.filter((property) => before[property] !== after[property]);
    if (changed.length === 0) return "";
    const words = changed.map((property) =>
        `${property} ${before[property] ?? "(absent)"} → ${after[property] ?? "(absent)"}`.trim(),
    );
    return `~ ${name}: ${words.join(", ")}`;
}

/** A link has a hundred properties; the first ones tell what it is, and whose. */
function beginning(properties: Properties): string {
    const text = describe(properties);
    return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** With a namespace come all its things, with a link come its settings: one line for all of them will do. */
function impliedBy(lines: readonly string[]): (line: string) => boolean {
    const implied = lines.flatMap((line) => {
        const [, sign, namespace] = /^([+-]) namespace (\S+)/.exec(line) ?? [];
        if (sign !== undefined && namespace !== undefined) return [`${sign} ${namespace} `];
        const [, linkSign, place, link] = /^([+-]) (\S+) link ([^\s:]+)/.exec(line) ?? [];
        if (linkSign === undefined || place === undefined || link === undefined) return [];
        return ["ipv4/conf", "ipv4/neigh", "ipv6/conf", "ipv6/neigh", "mpls/conf"].map(
            (folder) => `${linkSign} ${place} setting ${folder}/${link}/`,
        );
    });
    return (line) => implied.some((beginning) => line.startsWith(beginning));
}
