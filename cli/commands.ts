import type { Command } from "commander";
import { Failure } from "../toolchain/failure.mjs";
import { ending, examples } from "./action.js";
import { EMPTY, script } from "./commands/script.js";
import { readSteps } from "./commands/steps.js";
import { operateQuietly } from "./engine.js";
import { type EngineOptions, withEngineOptions, wordsOf } from "./options.js";
import { readPreview } from "./preview/changes.js";
import { requireProject } from "./project.js";

/** Somebody who wants the whole lab as a script, and has it deployed, gets an empty one. */
const NOTHING = `Nothing would change: the script has nothing to do. The whole lab is printed of a stack that is not deployed:
  linuxnet stack init whole --no-select
  linuxnet commands --stack whole >lab.sh
  linuxnet stack rm whole --yes; linuxnet stack select dev`;

/** The script of a preview's steps, from what is on the machines now. */
async function scriptOf(events: string, folder: string): Promise<string> {
    // The provider finds the stack's settings from the folder that it runs in.
    process.chdir(folder);
    const { planSteps, shellOn, workForStackOf } = await import("../provider/commands.js");
    const { Failure: Refusal } = await import("../provider/problem.js");
    const steps = readSteps(events);
    const stack = workForStackOf(steps);
    try {
        return script(await planSteps(steps), (machine) => stack && shellOn(machine, stack));
    } catch (error) {
        throw error instanceof Refusal ? new Failure(`error: ${error.message}`) : error;
    }
}

/** What up would run, as a script that does the same on a machine without linuxnet. Half of it is never printed. */
async function commands(options: EngineOptions): Promise<number> {
    const folder = requireProject(options.cwd).folder;
    const { exitCode, events } = await operateQuietly(["preview", ...wordsOf(options)]);
    for (const problem of readPreview(events).problems) console.error(problem);
    if (exitCode !== 0) return exitCode;
    const text = await scriptOf(events, folder);
    console.log(text);
    if (text === EMPTY) console.error(NOTHING);
    return 0;
}

export const addCommands = (program: Command): Command =>
    withEngineOptions(program.command("commands"))
        .description("print what up would run, as a script for bash")
        .action(ending(commands))
        .addHelpText(
            "after",
            examples(
                ["linuxnet commands >lab.sh", "what is not deployed yet, for a machine without linuxnet"],
                ["linuxnet commands --stack whole", "the whole lab: whole is a stack that is not deployed"],
            ),
        );
