import type { Command } from "./host/command";
import { describeForeign, type Foreign } from "./kind";

/** A failure that is told to the user as it is: the engine prints a stack if there is one, so there is none. */
export class Failure extends Error {
    constructor(message: string) {
        super(message);
        this.name = "";
        this.stack = "";
    }
}

/** What was made is of no use: it is taken away again. */
export class Useless extends Failure {
    constructor(
        message: string,
        readonly undo: readonly Command[],
    ) {
        super(message);
    }
}

/** Nothing can work on this machine. */
export class HostProblem extends Failure {}

/** A machine has not answered, or not all of it. What was to be done before the question may be done. */
export class Silence extends HostProblem {}

/** Something that is not ours is in the way. */
export class Conflict extends Failure {
    /** `consequence`: what was therefore not done, and what to do. */
    constructor(
        readonly foreign: Foreign,
        consequence: string,
    ) {
        super(`found ${describeForeign(foreign)}.\n${consequence}, and run again.`);
    }
}
