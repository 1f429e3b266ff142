import type { Command } from "commander";
import { examples } from "./action.js";
import { operateQuietly, passOn } from "./engine.js";
import { addEngineCommand } from "./engine-command.js";
import { formOption } from "./options.js";
import { readPreview } from "./preview/changes.js";
import { forecastOf } from "./preview/forecast.js";
import { readLabs } from "./preview/labs.js";
import { reachLines } from "./preview/reach.js";
import { type Foretold, showChanges, summary, tellRemarks } from "./preview/show.js";

/** The engine's preview, in network terms. */
export async function foretell(args: readonly string[]): Promise<Foretold> {
    const { exitCode, events } = await operateQuietly(["preview", ...args]);
    const account = readPreview(events);
    const { changes, unchanged, problems } = account;
    tellRemarks(account);
    // Half a preview says nothing, nor does one that never began (a wrong passphrase); one that is merely unexpected
    // (--expect-no-changes) does.
    const isWhole = changes.length > 0 && !problems.some((problem) => problem.startsWith("error"));
    if (exitCode !== 0 && !isWhole) return { code: exitCode, next: "end" };
    if (changes.length === 0) {
        const count = unchanged > 0 ? ` ${summary(changes, unchanged)}` : "";
        console.log(`Nothing would change: the lab is as its program says.${count}`);
        return { code: exitCode, next: exitCode === 0 ? "go" : "end" };
    }
    const labs = readLabs(events);
    showChanges(changes, forecastOf([...labs.after.values()]));
    const reach = reachLines(labs);
    if (reach.length > 0) console.log(`\n${reach.join("\n")}`);
    console.log(`\n${summary(changes, unchanged)} Every value: linuxnet preview --diff`);
    return { code: exitCode, next: exitCode === 0 ? "ask" : "end" };
}

/** Whoever asks for a form of the engine's own gets that. */
const preview = async (args: readonly string[]): Promise<number> =>
    formOption(args) === undefined ? (await foretell(args)).code : passOn(["preview", ...args]);

export const addPreview = (program: Command): Command =>
    addEngineCommand(program, "preview", "show what up would do, in network terms", preview).addHelpText(
        "after",
        examples(
            ["linuxnet preview", "each change as a line, and who reaches whom afterwards"],
            ["linuxnet preview --diff", "every value, as the engine shows it"],
            ["linuxnet preview --json", "the engine's own account, for programs"],
            ["linuxnet preview --expect-no-changes", "ends with 1 if something would change"],
        ),
    );
