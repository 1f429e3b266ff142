import type { Command } from "commander";
import { Failure } from "../toolchain/failure.mjs";
import { ending, examples } from "./action.js";
import { script } from "./commands/script.js";
import { readSteps } from "./commands/steps.js";
import { operateQuietly } from "./engine.js";
import { type EngineOptions, withEngineOptions, wordsOf } from "./options.js";
import { readPreview } from "./preview/changes.js";
import { requireProject } from "./project.js";

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
    console.log(await scriptOf(events, folder));
    return 0;
}

export const addCommands = (program: Command): Command =>
    withEngineOptions(program.command("commands"))
        .description("print what up would run, as a script for bash")
        .action(ending(commands))
        .addHelpText("after", examples(["linuxnet commands >lab.sh", "the lab for a machine without linuxnet"]));
