import type { Declared } from "../../faults/reference/lab";

/** Written anew for each edit. */
export const LAB: readonly Declared[] = [];
