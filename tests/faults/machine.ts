import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { writeSetting } from "../support/kernel";
import { type Properties, type Snapshot, takeSnapshot } from "../support/snapshot";
import { assertRestored, assertSame, settle } from "../support/snapshot-difference";

/** What differs from a fresh machine's, so that it can be seen to come back; and the wait for new IPv6 addresses goes. */
const SETTINGS = [
    ["net.ipv4.conf.lo.forwarding", "0", "1"],
    ["net.ipv6.conf.lo.forwarding", "0", "1"],
    ["net.ipv6.conf.default.accept_dad", "1", "0"],
] as const;

export async function setApart(): Promise<void> {
    for (const [key, , value] of SETTINGS) await writeSetting(key, value);
}

/** The machine before everything. */
export async function prepareMachine(): Promise<Snapshot> {
    await setApart();
    return takeSnapshot();
}

export async function restoreMachine(): Promise<void> {
    for (const [key, value] of SETTINGS) await writeSetting(key, value);
}

/** Neither in the kernel nor in a record. */
export async function assertNothingLeft(before: Snapshot): Promise<void> {
    await assertRestored(before);
    assert.deepEqual(await readdir("/run/linuxnet").catch(() => []), [], "records are left");
}

/** A bridge numbers its ports in the order in which they come, which is nobody's wish where they come side by side. */
function withoutPortNumbers(snapshot: Snapshot): Snapshot {
    const isNumber = (name: string): boolean => /^linkinfo\.info_slave_data\.(id|no|designated_port)$/.test(name);
    const entries = Array.from(snapshot, ([name, properties]): [string, Properties] => [
        name,
        Object.fromEntries(Object.entries(properties).filter(([property]) => !isNumber(property))),
    ]);
    return new Map(entries);
}

/** The lab as it is when nobody disturbs it, but for what changes from one deployment to the next. */
export async function assertAlike(whole: Snapshot): Promise<void> {
    const wanted = withoutPortNumbers(whole);
    assertSame(wanted, await settle(wanted, async () => withoutPortNumbers(await takeSnapshot()), 5));
}
