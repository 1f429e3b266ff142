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
    assert.deepEqual(await readdir("/run/linuxnet", { recursive: true }).catch(() => []), [], "records are left");
}

const PORT = "linkinfo.info_slave_data";
const BRIDGE = "linkinfo.info_data";

/** A bridge numbers its ports in the order in which they come, which is nobody's wish where they come side by side. */
const NUMBERS = [`${PORT}.id`, `${PORT}.no`, `${PORT}.designated_port`];

/**
 * With STP, a port gets from listening to forwarding in half a minute; with the first one the bridge gets its carrier, and for a
 * while it forgets sooner what it has learned (IEEE 802.1D, topology change).
 */
const STATES = [
    ...["operstate", "flags", `${PORT}.state`, `${PORT}.config_pending`],
    ...[`${BRIDGE}.ageing_time`, `${BRIDGE}.topology_change_detected`],
];

/** What IPv6 puts on a device when it gets its carrier. */
const FOLLOWS_CARRIER = / (local|dst) (fe80:|ff00::\/8)/;

const hasStp = (link: Properties | undefined): boolean => link?.[`${BRIDGE}.stp_state`] === "1";

/** The snapshot without what changes by itself, or with the order of things. */
function atRest(snapshot: Snapshot): Snapshot {
    const bridges = [...snapshot].filter(([, properties]) => hasStp(properties)).map(([name]) => name.split(" link "));
    const entries = Array.from(snapshot).flatMap(([name, properties]): [string, Properties][] => {
        const bridge = snapshot.get(name.replace(/ link .*/, ` link ${properties.master}`));
        const passing = hasStp(properties) || hasStp(bridge) ? [...NUMBERS, ...STATES] : NUMBERS;
        const kept = Object.entries(properties).filter(([property]) => !passing.includes(property));
        const isOn = ([place, device]: string[]) =>
            name.startsWith(`${place} address ${device} `) ||
            (name.startsWith(`${place} route `) && name.includes(` dev ${device} `));
        if (!bridges.some(isOn)) return [[name, Object.fromEntries(kept)]];
        return FOLLOWS_CARRIER.test(name) ? [] : [[name.replace(" flags linkdown", " flags "), {}]];
    });
    return new Map(entries);
}

/** The lab as it is when nobody disturbs it, but for what changes from one deployment to the next. */
export async function assertAlike(whole: Snapshot): Promise<void> {
    const wanted = atRest(whole);
    assertSame(wanted, await settle(wanted, async () => atRest(await takeSnapshot()), 5));
}
