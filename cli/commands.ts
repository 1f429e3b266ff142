import { Failure } from "../toolchain/failure.mjs";
import { script } from "./commands/script.js";
import { readSteps } from "./commands/steps.js";
import { operateQuietly } from "./engine.js";
import { printHelp } from "./help.js";
import { folderOption, formOption, isHelpWanted } from "./options.js";
import { readPreview } from "./preview/changes.js";
import { findProject } from "./project.js";

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
export async function commands(args: readonly string[]): Promise<number> {
    if (isHelpWanted(args)) return printHelp();
    const form = formOption(args);
    if (form !== undefined)
        throw new Failure(`linuxnet commands prints a script and nothing else: ${form} is for linuxnet preview.`, 2);
    const folder = findProject(folderOption(args) ?? process.cwd())?.folder ?? process.cwd();
    const { exitCode, events } = await operateQuietly(["preview", ...args]);
    for (const problem of readPreview(events).problems) console.error(problem);
    if (exitCode !== 0) return exitCode;
    console.log(await scriptOf(events, folder));
    return 0;
}
