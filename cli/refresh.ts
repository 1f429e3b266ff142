import type { Command } from "commander";
import { examples } from "./action.js";
import { passOn } from "./engine.js";
import { addEngineCommand } from "./engine-command.js";
import { isYes } from "./options.js";
import { isUnattended, onlyShow } from "./unattended.js";

/** What says itself whether there is a preview, or has its own form for one. */
const OWN_PREVIEW = /^(--preview-only|--skip-preview|--json|-[a-zA-Z]*[fj])/;

/** A preview would look at every machine a second time, and nobody is asked about what it shows: the refresh itself says the same. */
function withoutPreview(args: readonly string[]): readonly string[] {
    return isYes(args) && !args.some((arg) => OWN_PREVIEW.test(arg)) ? ["--skip-preview", ...args] : args;
}

export const addRefresh = (program: Command): Command =>
    addEngineCommand(program, "refresh", "look at the machine and say what has changed there", (args) =>
        isUnattended(args)
            ? onlyShow(passOn(["refresh", "--preview-only", ...args]))
            : passOn(["refresh", ...withoutPreview(args)]),
    ).addHelpText("after", examples(["linuxnet refresh --yes", "without asking"]));
