import type { Command } from "commander";
import { byNumber } from "../model/order.js";
import { examples } from "./action.js";
import { operateQuietly, passOn } from "./engine.js";
import { addEngineCommand } from "./engine-command.js";
import { formOption } from "./options.js";
import { type Change, readPreview } from "./preview/changes.js";
import { forecastOf } from "./preview/forecast.js";
import { groupLines } from "./preview/groups.js";
import { readLabs } from "./preview/labs.js";
import { reachLines } from "./preview/reach.js";
import { describeChange } from "./preview/words.js";

const OPERATIONS = ["delete", "replace", "update", "create"];
const KINDS = ["SimulatedHost", "Namespace", "Bridge", "VethPair", "Vxlan", "Address", "ForwardingSetting", "Route"];

const rank = ({ operation, kind }: Change): number =>
    kind === "Reachability" ? OPERATIONS.length : OPERATIONS.indexOf(operation);
const kindRank = ({ kind }: Change): number => (KINDS.includes(kind) ? KINDS.indexOf(kind) : KINDS.length);

/** What is removed first, then what is made anew, changed and made, each from the ground up; checks last. */
const inOrder = (changes: readonly Change[]): Change[] =>
    changes.toSorted((a, b) => rank(a) - rank(b) || kindRank(a) - kindRank(b) || byNumber(a.name, b.name));

function summary(changes: readonly Change[], unchanged: number): string {
    const count = (operation: string): number => changes.filter((one) => one.operation === operation).length;
    const words = [
        [count("create"), "to make"],
        [count("update"), "to change in place"],
        [count("replace"), "to make anew"],
        [count("delete"), "to remove"],
        [unchanged, "as they are"],
    ] as const;
    return `${words
        .filter(([number]) => number > 0)
        .map(([number, what]) => `${number} ${what}`)
        .join(", ")}.`;
}

/** The engine's preview, in network terms, like changes counted and put together. */
export async function preview(args: readonly string[]): Promise<number> {
    // Whoever asks for a form of the engine's own gets that.
    if (formOption(args) !== undefined) return passOn(["preview", ...args]);
    const { exitCode, events } = await operateQuietly(["preview", ...args]);
    const { changes, unchanged, problems, remarks } = readPreview(events);
    for (const line of [...remarks, ...problems]) console.error(line);
    // Half a preview says nothing, nor does one that never began (a wrong passphrase); one that is merely unexpected
    // (--expect-no-changes) does.
    const isWhole = changes.length > 0 && !problems.some((problem) => problem.startsWith("error"));
    if (exitCode !== 0 && !isWhole) return exitCode;
    if (changes.length === 0) {
        const count = unchanged > 0 ? ` ${summary(changes, unchanged)}` : "";
        console.log(`Nothing would change: the lab is as its program says.${count}`);
        return exitCode;
    }
    const labs = readLabs(events);
    const forecast = forecastOf([...labs.after.values()]);
    const lines = inOrder(changes).flatMap((change) => describeChange(change, forecast));
    for (const line of groupLines(lines)) console.log(line);
    const reach = reachLines(labs);
    if (reach.length > 0) console.log(`\n${reach.join("\n")}`);
    console.log(`\n${summary(changes, unchanged)} Every value: linuxnet preview --diff`);
    return exitCode;
}

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
