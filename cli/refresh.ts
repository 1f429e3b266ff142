import type { Command } from "commander";
import { examples } from "./action.js";
import { passOn } from "./engine.js";
import { addEngineCommand } from "./engine-command.js";

export const addRefresh = (program: Command): Command =>
    addEngineCommand(program, "refresh", "look at the machine and say what has changed there", (args) =>
        passOn(["refresh", ...args]),
    ).addHelpText("after", examples(["linuxnet refresh --yes", "without asking"]));
