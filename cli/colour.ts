/** What a terminal is told before and behind a text: ECMA-48, SGR. */
const CODES = { red: [31, 39], green: [32, 39], yellow: [33, 39], bold: [1, 22], dim: [2, 22] } as const;

type Colour = keyof typeof CODES;

/** Puts a text into a colour, where there are colours. */
export type Paint = (colour: Colour, text: string) => string;

/** Whether a stream is to have colours: FORCE_COLOR and NO_COLOR say so for all, otherwise a terminal has them. */
export function hasColours(
    { isTTY }: { readonly isTTY?: boolean },
    { FORCE_COLOR, NO_COLOR, TERM }: NodeJS.ProcessEnv = process.env,
): boolean {
    if (FORCE_COLOR !== undefined) return !["0", "false"].includes(FORCE_COLOR);
    return isTTY === true && !NO_COLOR && TERM !== "dumb";
}

export const painter = (stream: { readonly isTTY?: boolean }, environment?: NodeJS.ProcessEnv): Paint =>
    hasColours(stream, environment)
        ? (colour, text) => `\x1b[${CODES[colour][0]}m${text}\x1b[${CODES[colour][1]}m`
        : (_, text) => text;
