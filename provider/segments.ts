import { Groups } from "./groups";
import type { DeclaredDevice } from "./program";

/** Whether what enters one tunnel leaves the other. */
function isJoined(a: DeclaredDevice, b: DeclaredDevice): boolean {
    const [one, other] = [a.vxlan, b.vxlan];
    if (!one || !other || one.vni !== other.vni || one.port !== other.port) return false;
    return one.remotes.includes(other.local) || other.remotes.includes(one.local);
}

/**
 * The tunnels that their address tells from all others of their network: where two have the same one, the program has
 * several underlays, and whose remote is meant cannot be told.
 */
function unmistakable(devices: readonly DeclaredDevice[]): DeclaredDevice[] {
    const keys = devices.map(({ vxlan }) => vxlan && `${vxlan.vni} ${vxlan.port} ${vxlan.local}`);
    return devices.filter((_, at) => keys[at] !== undefined && keys.indexOf(keys[at]) === keys.lastIndexOf(keys[at]));
}

/** The layer-2 networks that tunnels make one: each name, and the one that stands for all of its network. */
export function joinSegments(devices: readonly DeclaredDevice[]): ReadonlyMap<string, string> {
    const tunnels = unmistakable(devices);
    const groups = new Groups();
    for (const [index, one] of tunnels.entries()) {
        for (const other of tunnels.slice(index + 1)) {
            if (isJoined(one, other)) groups.join(other.segment, one.segment);
        }
    }
    return new Map(tunnels.map(({ segment }) => [segment, groups.root(segment)]));
}
