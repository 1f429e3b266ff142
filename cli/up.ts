import type { Command } from "commander";
import { examples } from "./action.js";
import { isAgreed } from "./agreed.js";
import { passOn, prepareStackFor } from "./engine.js";
import { addEngineCommand } from "./engine-command.js";
import { preview } from "./preview.js";
import { isUnasked, isUnattended, onlyShow, refuseUnattended } from "./unattended.js";

/** What says the same to a preview and to an update; anything else is the engine's to understand. */
const SHARED =
    /^(--stack|-s|--cwd|-C|--config|-c|--refresh|-r|--message|-m|--parallel|-p|--target|-t|--replace|--color|--non-interactive)(=|$)|^-[sCcmpt][^-]/;

const isShared = (arg: string): boolean => !arg.startsWith("-") || SHARED.test(arg);

/** The engine's update; the change is shown in network terms before, and whoever sits at a terminal is asked about it. */
async function up(args: readonly string[]): Promise<number> {
    if (!args.every(isShared) && isUnattended(args)) return refuseUnattended();
    if (isUnasked(args) || !args.every(isShared)) return passOn(["up", ...args]);
    prepareStackFor(["up", ...args]);
    if (isUnattended(args)) return onlyShow(preview(args));
    const code = await preview(args);
    if (code !== 0) return code;
    if (await isAgreed("Do this?")) return passOn(["up", "--yes", "--skip-preview", ...args]);
    console.error("Nothing was changed.");
    return 1;
}

export const addUp = (program: Command): Command =>
    addEngineCommand(program, "up", "create what is missing, change what differs", up).addHelpText(
        "after",
        examples(
            ["linuxnet up", "shows the change in network terms, asks, and makes it"],
            ["linuxnet up --yes", "does not ask, as in scripts"],
            ["linuxnet up --stack two --yes", "the same program once more, beside the first"],
        ),
    );
