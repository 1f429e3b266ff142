import { isAgreed } from "./agreed.js";
import { isYes } from "./options.js";
import type { Foretold } from "./preview/show.js";

/** An operation that asks nothing: it only shows, or is told to go ahead without a preview. */
const isUnasked = (args: readonly string[]): boolean =>
    isYes(args) || args.some((arg) => /^(--skip-preview|--preview-only|--remote|-f$)/.test(arg));

/** Whether an operation asks, and nobody is there to answer: the engine would do nothing at all then. */
const isUnattended = (args: readonly string[]): boolean =>
    process.stdin.isTTY !== true || args.includes("--non-interactive");

/** What says the same to a preview and to the operation; anything else is the engine's to understand. */
const SHARED =
    /^(--stack|-s|--cwd|-C|--config|-c|--refresh|-r|--message|-m|--parallel|-p|--target|-t|--replace|--color|--non-interactive)(=|$)|^-[sCcmpt][^-]/;

const isShared = (arg: string): boolean => !arg.startsWith("-") || SHARED.test(arg);

/** Says why nothing is done; returns what linuxnet ends with. */
function refuse(): number {
    console.error("Nothing was changed: nobody is there to agree. Where that is meant, as in scripts: --yes");
    return 1;
}

/** An operation of the engine's that changes something. */
interface Operation {
    /** Shows in network terms what it would do. */
    readonly foretell: (args: readonly string[]) => Promise<Foretold>;
    readonly question: string;
    readonly run: (args: readonly string[]) => Promise<number>;
    /** The same shown by the engine, for options that are its own; without it, nothing is shown then. */
    readonly show?: (args: readonly string[]) => Promise<number>;
}

/** Does an operation as it is told to: without a word, or asking whoever sits at a terminal; where nobody does, it is only shown. */
export async function asking(args: readonly string[], { foretell, question, run, show }: Operation): Promise<number> {
    if (isUnasked(args)) return run(args);
    if (!args.every(isShared)) {
        if (!isUnattended(args)) return run(args);
        return (await show?.(args)) || refuse();
    }
    const { code, next } = await foretell(args);
    if (next === "end") return code;
    if (isUnattended(args)) return refuse();
    if (next === "go" || (await isAgreed(question))) return run(["--yes", "--skip-preview", ...args]);
    console.error("Nothing was changed.");
    return 1;
}
