import type { Problem } from "../model/schema";

/** A failure that is told to the user as it is: the engine prints a stack if there is one, so there is none. */
export class Failure extends Error {
    constructor(message: string) {
        super(message);
        this.name = "";
        this.stack = "";
    }
}

/** Nothing can work on this machine. */
export class HostProblem extends Failure {}

/** Something that is not ours is in the way. */
export class Conflict extends Failure {}

/** A problem of an input as one text: what was given, what is expected, what to do. */
export function explain({ given, expected, advice }: Problem): string {
    return `given ${given}, expected ${expected}${advice ? ` (${advice})` : ""}`;
}
