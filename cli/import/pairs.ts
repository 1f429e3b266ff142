import type { Place } from "../../model/place";
import type { Inventory } from "../../provider/inventory";
import type { LinkState } from "../../provider/link";

/** A device where it is. */
export interface Device {
    readonly place: Place;
    readonly link: LinkState;
}

export interface Pair {
    readonly left: Device;
    readonly right: Device;
}

/** The other end of a veth, where it is in one of the places. */
function peerOf(link: LinkState, here: Inventory, all: ReadonlyMap<Place, Inventory>): Device | undefined {
    const isPeer = (other: LinkState) => other.kind === "veth" && other.index === link.peerIndex;
    const within = (found: Inventory | undefined): Device | undefined => {
        const peer = found?.links.find((other) => isPeer(other) && other.peerIndex === link.index);
        return found && peer && { place: found.place, link: peer };
    };
    if (link.peerName !== undefined) {
        const peer = here.links.find(({ name }) => name === link.peerName);
        return peer && { place: here.place, link: peer };
    }
    const number = here.extras.get(link.name)?.peerNamespace;
    if (number === undefined) return undefined;
    const name = here.neighbours.get(number);
    if (name !== undefined) return within(all.get(name));
    // The host has no name in a namespace: there, the other end has to say that its peer is here.
    const isBack = (other: Inventory) => {
        const peer = within(other);
        const back = peer && other.extras.get(peer.link.name)?.peerNamespace;
        return back !== undefined && other.neighbours.get(back) === here.place;
    };
    return within([...all.values()].find(isBack));
}

/** Whether a device comes before the other in a program: at the end of the network first, the host last. */
function isBefore(one: Device, other: Device, all: ReadonlyMap<Place, Inventory>): boolean {
    if (one.place === other.place) return one.link.index < other.link.index;
    const rank = ({ place }: Device) => (place === "" ? Number.POSITIVE_INFINITY : (all.get(place)?.links.length ?? 0));
    if (rank(one) !== rank(other)) return rank(one) < rank(other);
    return one.place < other.place;
}

/** All veth pairs whose ends are both in these places, each once. */
export function findPairs(all: ReadonlyMap<Place, Inventory>): Pair[] {
    return [...all.values()].flatMap((here) =>
        here.links.flatMap((link) => {
            const device = { place: here.place, link };
            const peer = link.kind === "veth" ? peerOf(link, here, all) : undefined;
            return peer && isBefore(device, peer, all) ? [{ left: device, right: peer }] : [];
        }),
    );
}
