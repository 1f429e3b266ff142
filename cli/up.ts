import type { Command } from "commander";
import { examples } from "./action.js";
import { asking } from "./asking.js";
import { passOn, prepareStackFor } from "./engine.js";
import { addEngineCommand } from "./engine-command.js";
import { foretell } from "./preview.js";

/** The engine's update; the change is shown in network terms before, and whoever sits at a terminal is asked about it. */
const up = (args: readonly string[]): Promise<number> =>
    asking(args, {
        foretell(all) {
            prepareStackFor(["up", ...all]);
            return foretell(all);
        },
        question: "Do this?",
        run: (all) => passOn(["up", ...all]),
    });

export const addUp = (program: Command): Command =>
    addEngineCommand(program, "up", "create what is missing, change what differs", up).addHelpText(
        "after",
        examples(
            ["linuxnet up", "shows the change in network terms, asks, and makes it"],
            ["linuxnet up --yes", "does not ask, as in scripts"],
            ["linuxnet up --stack two --yes", "the same program once more, beside the first"],
        ),
    );
