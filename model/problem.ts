import type { Problem } from "./schema";

/** A problem of an input as one text: where, what was given, what is expected, what to do. */
export function explain({ property, given, expected, advice }: Problem): string {
    return [`${property}: given ${given}`, `expected ${expected}`, ...(advice ? [advice] : [])].join("\n");
}
