import type { Command } from "commander";
import { byNumber } from "../model/order.js";
import { examples } from "./action.js";
import { asking } from "./asking.js";
import { operateQuietly, passOn } from "./engine.js";
import { addEngineCommand } from "./engine-command.js";
import { isYes } from "./options.js";
import { describeDrift, readRefresh } from "./preview/drifted.js";
import { groupLines } from "./preview/groups.js";
import { type Foretold, tellRemarks } from "./preview/show.js";

/** What says itself whether there is a preview, or has its own form for one. */
const OWN_PREVIEW = /^(--preview-only|--skip-preview|--json|-[a-zA-Z]*[fj])/;

/** A preview would look at every machine a second time, and nobody is asked about what it shows: the refresh itself says the same. */
function withoutPreview(args: readonly string[]): readonly string[] {
    return isYes(args) && !args.some((arg) => OWN_PREVIEW.test(arg)) ? ["--skip-preview", ...args] : args;
}

/** What has changed on the machines since, in network terms. */
async function foretell(args: readonly string[]): Promise<Foretold> {
    const { exitCode: code, events } = await operateQuietly(["refresh", "--preview-only", ...args]);
    const account = readRefresh(events);
    const { changes, unchanged } = account;
    tellRemarks(account);
    if (code !== 0) return { code, next: "end" };
    const drifted = changes.toSorted((a, b) => byNumber(a.name, b.name));
    for (const line of groupLines(drifted.flatMap(describeDrift))) console.log(line);
    console.log(
        changes.length === 0
            ? `The state is as the machines are: ${unchanged} resources.`
            : `\n${changes.length} changed there, ${unchanged} as the state says.`,
    );
    return { code, next: changes.length === 0 ? "end" : "ask" };
}

const refresh = (args: readonly string[]): Promise<number> =>
    asking(args, {
        foretell,
        question: "Take that into the state? Nothing is changed on the machines.",
        run: (all) => passOn(["refresh", ...withoutPreview(all)]),
        show: (all) => passOn(["refresh", "--preview-only", ...all]),
    });

export const addRefresh = (program: Command): Command =>
    addEngineCommand(program, "refresh", "look at the machine and say what has changed there", refresh).addHelpText(
        "after",
        examples(["linuxnet refresh --yes", "without asking"]),
    );
