import type { Remnant } from "../provider/remnants.js";
import { isAgreed } from "./agreed.js";

/** Named as in a preview: `VethPair link1`. */
const title = ({ kind, owner }: Remnant): string => `${kind} ${owner.name}`;

/**
 * Removes what a stack has made and its state does not know, as after a `kill -9`: asked for first, or with --yes.
 * Says what was done; whatever cannot be removed is told, and the rest is.
 */
export async function sweep(stack: string, found: readonly Remnant[], isSure: boolean): Promise<number> {
    if (found.length === 0) return 0;
    console.error(`The state of ${stack} does not know of: ${found.map(title).join(", ")}`);
    if (!isSure && !(await isAgreed("Remove them?"))) {
        console.error("They stay. To remove them: linuxnet gc --yes");
        return 1;
    }
    // Only what needs it takes the time to load the provider.
    const { removeRemnant } = await import("../provider/remnants.js");
    let failed = 0;
    for (const one of found) {
        try {
            await removeRemnant(one);
            console.error(`removed ${title(one)}`);
        } catch (error) {
            failed++;
            console.error(`${title(one)} stays: ${error instanceof Error ? error.message : error}`);
        }
    }
    return failed > 0 ? 1 : 0;
}
