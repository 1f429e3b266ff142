import { placeName } from "../place";
import type { Crossing, LinkLayer } from "./link-layer";
import type { Device } from "./node";

/** What is wrong, and what to do about it. */
export interface Explanation {
    readonly what: string;
    readonly advice: string;
}

/** Why a packet does not get from one end of a tunnel to the other; undefined: it does. */
export type UnderlayProblem = (from: Device, to: Device) => Explanation | undefined;

export const title = ({ name, place }: Device): string => `${name} in ${placeName(place)}`;

export const DOWN_ADVICE = "drop its up: false, or run up where somebody has set it down";

/** `vx42 (vxlan 42, 10.0.2.15 → 10.0.2.16)` */
export const tunnelText = ({ near: { name, tunnel }, far }: Crossing): string =>
    `${name} (vxlan ${tunnel?.vni}, ${tunnel?.local} → ${far.tunnel?.local})`;

/** Why nothing comes through the tunnels that would join the networks of two devices; undefined where there are none such. */
export function brokenTunnel(
    links: LinkLayer,
    problemOf: UnderlayProblem,
    device: Device,
    owner: Device,
): Explanation | undefined {
    for (const near of links.tunnelsFrom(device)) {
        for (const far of links.tunnelsFrom(owner)) {
            const [from, to] = [near.tunnel, far.tunnel];
            if (!from || !to || near === far || from.vni !== to.vni || from.port !== to.port) continue;
            if (!from.remotes.includes(to.local)) {
                const what = `the tunnel ${title(near)} does not send to ${to.local}, where ${title(far)} is`;
                return { what, advice: `add ${to.local} to its remotes` };
            }
            const problem = problemOf(near, far);
            if (problem) {
                const what = `the tunnel ${title(near)}: ${from.local} does not reach ${to.local}: ${problem.what}`;
                return { what, advice: problem.advice };
            }
        }
    }
    return undefined;
}
