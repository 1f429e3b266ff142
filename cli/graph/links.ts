import { byNumber } from "../../model/order.js";
import type { Device } from "../../model/topology/node.js";
import type { Topology } from "../../model/topology/topology.js";
import type { Drifts } from "./drift.js";
import { type End, type Link, worst } from "./picture.js";

/** Where devices are drawn. */
export interface Positions {
    /** The line of a device, of its place or among the ports of a bridge. */
    readonly lines: ReadonlyMap<Device, End>;
    /** The box of a bridge. */
    readonly bridges: ReadonlyMap<Device, End>;
}

type Drawn = Omit<Link, "id" | "isRanked">;

function between(a: Device, b: Device, ends: readonly (End | undefined)[], drifts: Drifts): Omit<Drawn, "kind">[] {
    const [first, second] = ends;
    if (first === undefined || second === undefined) return [];
    const parts = [drifts.device(a), drifts.device(b)];
    return [
        {
            ends: [first, second],
            text: `${a.name} ⟷ ${b.name}`,
            resource: a.resource,
            count: 1,
            status: worst(...parts.map(({ status }) => status)),
            drift: [...new Set(parts.flatMap(({ drift }) => drift))],
        },
    ];
}

/** Whether what one sends into its tunnel is meant for the other. */
const isRemote = ({ tunnel }: Device, { tunnel: far }: Device): boolean =>
    tunnel !== undefined &&
    far !== undefined &&
    tunnel.vni === far.vni &&
    tunnel.port === far.port &&
    tunnel.remotes.includes(far.local);

/** What joins the devices of a lab. */
export function drawLinks(topology: Topology, { lines, bridges }: Positions, drifts: Drifts): Link[] {
    const { devices } = topology;
    const pairs = devices.flatMap((device): Drawn[] => {
        const { peer, side } = device;
        if (peer === undefined || side !== "left") return [];
        const ends = [lines.get(device), lines.get(peer)];
        return between(device, peer, ends, drifts).map((link) => ({ ...link, kind: "pair" }));
    });
    const tunnels = devices.flatMap((device, at): Drawn[] =>
        devices
            .slice(at + 1)
            .filter((other) => isRemote(device, other) || isRemote(other, device))
            .flatMap((other) => between(device, other, [lines.get(device), lines.get(other)], drifts))
            .map((link) => ({ ...link, kind: "tunnel", text: `vxlan ${device.tunnel?.vni}: ${link.text}` })),
    );
    // A bridge with an address is a device of its place, too.
    const stacks = devices.flatMap((device): Drawn[] => {
        const [line, box] = [lines.get(device), bridges.get(device)];
        const link = between(device, device, [line, box], drifts);
        return link.map((one) => ({ ...one, kind: "bridge", text: device.name }));
    });
    const key = ({ ends, text }: Drawn): string => ends.map(({ box, port }) => `${box} ${port}`).join(" ") + text;
    const all = [...pairs, ...tunnels, ...stacks].sort((a, b) => byNumber(key(a), key(b)));
    return all.map((link, at) => ({ id: `e${at + 1}`, ...link, isRanked: link.kind !== "tunnel" }));
}
