import { byNumber } from "../model/order.js";
import { similar } from "./similar.js";

/** More are no help to who has mistyped one. */
const SHOWN = 12;

/**
 * What is said behind a name that is not known: the one that may have been meant, and what there is.
 *
 * @param accepted names that are taken too, and not told of each by itself
 */
export function choices(given: string, names: readonly string[], accepted: readonly string[] = names): string {
    const [meant] = similar(given, [...new Set([...names, ...accepted])]);
    const sorted = [...new Set(names)].toSorted(byNumber);
    const more = sorted.length - SHOWN;
    // One more takes no more room than to say so.
    const told = more > 1 ? `${sorted.slice(0, SHOWN).join(", ")}, and ${more} more` : sorted.join(", ");
    return `${meant === undefined ? "" : ` Did you mean ${meant}?`} There is ${told || "none"}.`;
}
