import { isYes } from "./options.js";

/** An operation that asks nothing: it only shows, or is told to go ahead without a preview. */
export const isUnasked = (args: readonly string[]): boolean =>
    isYes(args) || args.some((arg) => /^(--skip-preview|--preview-only|--remote|-f$)/.test(arg));

/** Whether an operation asks, and nobody is there to answer: the engine would do nothing at all then. */
export const isUnattended = (args: readonly string[]): boolean =>
    !isUnasked(args) && (process.stdin.isTTY !== true || args.includes("--non-interactive"));

/** Says why nothing is done; returns what linuxnet ends with. */
export function refuseUnattended(): number {
    console.error("Nothing was changed: nobody is there to agree. Where that is meant, as in scripts: --yes");
    return 1;
}

/** Shows what an operation would do, and does not do it; returns what linuxnet ends with. */
export async function onlyShow(preview: Promise<number>): Promise<number> {
    return (await preview) || refuseUnattended();
}
