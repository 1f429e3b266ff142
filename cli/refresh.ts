import type { Command } from "commander";
import { examples } from "./action.js";
import { passOn } from "./engine.js";
import { addEngineCommand } from "./engine-command.js";
import { isUnattended, onlyShow } from "./unattended.js";

export const addRefresh = (program: Command): Command =>
    addEngineCommand(program, "refresh", "look at the machine and say what has changed there", (args) =>
        isUnattended(args) ? onlyShow(passOn(["refresh", "--preview-only", ...args])) : passOn(["refresh", ...args]),
    ).addHelpText("after", examples(["linuxnet refresh --yes", "without asking"]));
