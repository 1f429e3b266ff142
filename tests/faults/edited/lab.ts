import type { Declared } from "../reference/lab";

/** Written anew for each edit. */
export const LAB: readonly Declared[] = [];
