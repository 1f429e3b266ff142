import type { Place } from "../place";
import type { Prefix } from "../prefix";
import type { Device, Node } from "./node";

/** What the sender learns of a packet that does not arrive: an error, or nothing. */
export type Loss = "unreachable" | "no-reply";

/** The first thing that is missing on a way. */
export interface Missing {
    readonly place: Place;
    /** `ns1 has no route to 192.168.2.2` */
    readonly what: string;
    /** What to do about it. */
    readonly advice: string;
    readonly loss: Loss;
    readonly cause: Cause;
    /** Where nobody of the program has an address: all that would hear who asks for it. */
    readonly asked?: readonly Device[];
}

/** What kind of thing is missing. */
export type Cause = "route" | "forwarding" | "neighbour" | "address" | "loop" | "unknown";

/** One thing that a packet meets, in its order. */
export interface Step {
    readonly place: Place;
    readonly text: string;
    readonly resource: string | undefined;
}

/** A way in one direction. */
export interface Leg {
    readonly steps: readonly Step[];
    readonly missing: Missing | undefined;
    /** Where it ends. */
    readonly end: Node | undefined;
    readonly source: Prefix | undefined;
    /** Routers in between. */
    readonly hops: number;
}

/** What comes back when one place asks another. */
export interface Verdict {
    /** "another": the reply is of another place than the one that is meant. */
    readonly outcome: "reply" | "another" | Loss;
    readonly there: Leg;
    readonly back: Leg | undefined;
    /** Of the reply, as it arrives. */
    readonly ttl: number | undefined;
    readonly missing: Missing | undefined;
}
