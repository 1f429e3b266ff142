/** What becomes of a thing on the machine: `gone` was there and is not any more, which only a look at the machine tells. */
export type Status = "up" | "down" | "gone";

/** What every part of a picture says of itself. */
export interface Part {
    readonly status: Status;
    /** What somebody has changed by hand, in words; empty where all is as it was deployed. */
    readonly drift: readonly string[];
}

/** A device, as a line of its box. */
export interface Row extends Part {
    /** Names the line within its box, so that links end at it: `p1`. */
    readonly port: string;
    readonly name: string;
    readonly kind: "veth" | "bridge" | "vxlan" | "existing";
    readonly addresses: readonly string[];
    /** `mtu 1450`, `vxlan 42 to 10.0.3.16` */
    readonly notes: readonly string[];
    /** The resource that makes it. */
    readonly resource: string;
    /** So many devices are drawn as this one. */
    readonly count: number;
}

export interface RouteRow extends Part {
    /** `192.168.2.0/24 via 192.168.1.1 dev veth-ns1` */
    readonly text: string;
    readonly resource: string;
}

/** One of the places that a box stands for. */
interface Member {
    readonly name: string;
    readonly addresses: readonly string[];
}

/** A namespace or a host's own one, with its devices; a bridge, with its ports; or a tunnel between many. */
export interface Box extends Part {
    /** `n1`: the same program has the same ones. */
    readonly id: string;
    readonly kind: "namespace" | "host" | "bridge" | "tunnel";
    /** What stands above it: within a frame, without the frame's name. */
    readonly title: string;
    /** By itself: `ns1 of left`. */
    readonly name: string;
    /** The frame around it. */
    readonly frame: string | undefined;
    /** `forwards IPv4` */
    readonly forwarding: string;
    readonly rows: readonly Row[];
    readonly routes: readonly RouteRow[];
    /** All that it stands for, where that is several; else nothing. */
    readonly members: readonly Member[];
}

/** A host: what is on it is drawn within. This machine itself has none. */
export interface Frame {
    readonly id: string;
    readonly title: string;
    /** The one around it. */
    readonly frame: string | undefined;
}

export interface End {
    readonly box: string;
    readonly port: string;
}

/** A pair, a tunnel, or where a bridge with an address is a device of its place. */
export interface Link extends Part {
    /** `e1` */
    readonly id: string;
    readonly kind: "pair" | "tunnel" | "bridge";
    /** The first is the one further to the left. */
    readonly ends: readonly [End, End];
    /** `veth-ns1 ⟷ veth-ns1-router` */
    readonly text: string;
    readonly resource: string;
    readonly count: number;
    /** Whether it keeps its ends apart, from left to right. */
    readonly isRanked: boolean;
}

/** Everything that a picture shows, in an order that only the lab decides. */
export interface Picture {
    /** `router/dev` */
    readonly title: string;
    /** Whether it shows what the program says, or what is there. */
    readonly state: "declared" | "deployed";
    readonly frames: readonly Frame[];
    readonly boxes: readonly Box[];
    readonly links: readonly Link[];
}

export const isDrifted = ({ drift }: Part): boolean => drift.length > 0;

/** The worse of two. */
export function worst(...all: readonly Status[]): Status {
    if (all.includes("gone")) return "gone";
    return all.includes("down") ? "down" : "up";
}
