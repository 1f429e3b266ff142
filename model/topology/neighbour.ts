import { placeName } from "../place";
import type { Prefix } from "../prefix";
import type { LinkLayer } from "./link-layer";
import type { Device } from "./node";
import type { Topology } from "./topology";
import { brokenTunnel, DOWN_ADVICE, type Explanation, title, type UnderlayProblem } from "./tunnel";

/** A device on the way from one that is down, or is no port of a bridge that is. */
function brokenLink(topology: Topology, links: LinkLayer, device: Device): Explanation | undefined {
    const { peer } = device;
    if (peer !== undefined && !peer.isUp) {
        return {
            what: `${title(peer)}, the other end of ${device.name}, is down`,
            advice: DOWN_ADVICE,
        };
    }
    const bridged = [device, ...(peer ? [peer] : [])].find(({ bridge }) => bridge !== undefined);
    const bridge = bridged && topology.nodes.get(bridged.place)?.devices.get(bridged.bridge ?? "");
    if (bridge !== undefined && !bridge.isUp) {
        return {
            what: `the bridge ${title(bridge)} is down`,
            advice: DOWN_ADVICE,
        };
    }
    const ports = bridge ? links.portsOf(bridge) : device.kind === "bridge" ? links.portsOf(device) : [];
    const down = ports.find((port) => !port.isUp || port.peer?.isUp === false);
    const end = down?.isUp ? down.peer : down;
    return (
        end && {
            what: `${title(end)}, on the same bridge, is down`,
            advice: DOWN_ADVICE,
        }
    );
}

/** Why nobody on the network of a device answers for an address. */
export function missingNeighbour(
    topology: Topology,
    links: LinkLayer,
    problemOf: UnderlayProblem,
    device: Device,
    next: Prefix,
): Explanation {
    if (device.bridge !== undefined) {
        const what = `${title(device)} is a port of ${device.bridge}, which takes all that it receives`;
        return { what, advice: `give ${device.bridge} the address instead` };
    }
    const owner = links.ownerOf(next.address);
    if (owner === undefined) {
        const what = `nobody has ${next.address}, to which ${placeName(device.place)} sends over ${device.name}`;
        return { what, advice: "give the neighbour there this address, or correct the gateway" };
    }
    if (!owner.isUp)
        return {
            what: `${title(owner)}, which has ${next.address}, is down`,
            advice: DOWN_ADVICE,
        };
    const broken = brokenLink(topology, links, owner) ?? brokenLink(topology, links, device);
    if (broken) return broken;
    const cut = brokenTunnel(links, problemOf, device, owner);
    if (cut) return cut;
    return {
        what: `${title(owner)} has ${next.address}, and is not on the network of ${title(device)}`,
        advice: "join them by a bridge or a pair, or correct the gateway",
    };
}
