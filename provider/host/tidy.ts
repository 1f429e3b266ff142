/** How they begin. */
export const TIDY = "tidy() { ";

/**
 * A script as a function, that leaves the shell that runs it as it was: the program on a machine needs no process of its own for it, which
 * takes longer than what it does. It ends by `return`, changes no folder, no option and no trap, and has names of its own.
 */
export const tidy = (body: string): string => `${TIDY}${body}; }; tidy "$@"`;
