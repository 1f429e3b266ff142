import type { Remnant } from "../provider/remnants.js";
import { isAgreed } from "./agreed.js";
import { type Leftovers, stackTitle } from "./leftovers.js";

/** Named as in a preview: `VethPair link1`. */
const title = ({ kind, owner }: Remnant): string => `${kind} ${owner.name}`;

/** What has become of something that was left over. */
export interface Swept {
    readonly remnant: Remnant;
    readonly outcome: "left" | "removed" | "failed";
    /** Why it could not be removed. */
    readonly why?: string;
}

export interface SweepOptions {
    /** Nobody is asked. */
    readonly isSure: boolean;
    /** Nothing is removed. */
    readonly isDry?: boolean;
    /** Nothing is told, and nobody asked. */
    readonly isQuiet?: boolean;
}

function tell({ owner, isKnown, found }: Leftovers): void {
    const what = found.map(title).join(", ");
    if (isKnown) console.error(`The state of ${owner.stack} does not know of: ${what}`);
    else console.error(`There is no state of ${stackTitle(owner)} here. Recorded as its own is: ${what}`);
}

const question = ({ isKnown }: Leftovers): string =>
    isKnown ? "Remove them?" : "Remove all of it? Whoever has deployed it may still need it.";

function advice({ owner, isKnown }: Leftovers): string {
    return `They stay. To remove them: linuxnet gc ${isKnown ? "" : `--stack ${stackTitle(owner)} `}--yes`;
}

async function isWanted(leftovers: Leftovers, { isSure, isDry, isQuiet }: SweepOptions): Promise<boolean> {
    if (isDry) return false;
    return isSure || (!isQuiet && (await isAgreed(question(leftovers))));
}

/**
 * Removes what a stack has made and no state knows, as after a `kill -9`: asked for first, or with --yes. Says what was done;
 * whatever cannot be removed is told, and the rest is.
 */
export async function sweep(leftovers: Leftovers, options: SweepOptions): Promise<Swept[]> {
    const { found } = leftovers;
    if (found.length === 0) return [];
    const say = (line: string): void => (options.isQuiet ? undefined : console.error(line));
    if (!options.isQuiet) tell(leftovers);
    if (!(await isWanted(leftovers, options))) {
        say(options.isDry ? "Nothing is removed now." : advice(leftovers));
        return found.map((remnant) => ({ remnant, outcome: "left" }));
    }
    // Only what needs it takes the time to load the provider.
    const { removeRemnant } = await import("../provider/remnants.js");
    const swept: Swept[] = [];
    for (const remnant of found) {
        try {
            await removeRemnant(remnant);
            swept.push({ remnant, outcome: "removed" });
            say(`removed ${title(remnant)}`);
        } catch (error) {
            const why = error instanceof Error ? error.message : String(error);
            swept.push({ remnant, outcome: "failed", why });
            say(`${title(remnant)} stays: ${why}`);
        }
    }
    return swept;
}

/** 0 if nothing is left over any more. */
export const sweepCode = (swept: readonly Swept[]): number =>
    swept.every(({ outcome }) => outcome === "removed") ? 0 : 1;
