import { setFlagsFromString } from "node:v8";

/** How much of a function is to run before it is optimized, in bytes of its code: eight times what V8 has by itself. */
const BUDGET = 1_000_000;

/**
 * An operation is over before most of what V8 optimizes meanwhile has been worth it: in Node 20, that takes an eighth of all the processors'
 * time. Later versions have a cheaper compiler before that one.
 */
export function optimizeLater(): void {
    if (process.versions.v8.startsWith("11.")) setFlagsFromString(`--interrupt-budget=${BUDGET}`);
}
