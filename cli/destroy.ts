import type { Command } from "commander";
import { examples } from "./action.js";
import { asking } from "./asking.js";
import { operateQuietly, passOn, requireEngine } from "./engine.js";
import { addEngineCommand } from "./engine-command.js";
import { leftoversOf } from "./leftovers.js";
import { folderOption, isYes } from "./options.js";
import { readPreview } from "./preview/changes.js";
import { type Foretold, showChanges, summary, tellRemarks } from "./preview/show.js";
import { requireProject } from "./project.js";
import { ownName, stackOf } from "./stack.js";
import { sweep, sweepCode } from "./sweep.js";

/** Only a part is destroyed, or nothing: the rest is wanted. */
const isPartial = (args: readonly string[]): boolean =>
    args.some((arg) => /^(-t|--target|--exclude|--preview-only)/.test(arg));

/** The kernel lets those who remove links wait: the more of them wait together, the better. The engine's own number is four for each core. */
const AT_ONCE = 32;

function byEngine(args: readonly string[]): Promise<number> {
    const isSaid = args.some((arg) => /^(-p|--parallel)/.test(arg));
    return passOn(["destroy", ...(isSaid ? [] : ["--parallel", String(AT_ONCE)]), ...args]);
}

/** What would be taken away, in network terms. */
async function foretell(args: readonly string[]): Promise<Foretold> {
    const { exitCode: code, events } = await operateQuietly(["destroy", "--preview-only", ...args]);
    const account = readPreview(events);
    const { changes } = account;
    tellRemarks(account);
    if (code !== 0) return { code, next: "end" };
    showChanges(changes);
    console.log(changes.length === 0 ? "The state knows of nothing to take away." : `\n${summary(changes)}`);
    return { code, next: changes.length === 0 ? "go" : "ask" };
}

/** The engine's destroy, and then whatever the stack has made that its state does not know. */
async function takeAway(args: readonly string[], isSure: boolean): Promise<number> {
    if (isPartial(args)) return byEngine(args);
    const project = requireProject(folderOption(args));
    const engine = requireEngine();
    // Behind --remove there is no stack to ask about.
    const stack = stackOf(engine, project, args);
    const code = await byEngine(args);
    if (code !== 0 || stack === "") return code;
    const owner = { project: project.name, stack: ownName(stack), name: "" };
    const leftovers = await leftoversOf(owner, { engine, project, stack, isFree: true });
    return sweepCode(await sweep({ ...leftovers, isKnown: true }, { isSure }));
}

const destroy = (args: readonly string[]): Promise<number> =>
    asking(args, {
        foretell,
        question: "Take all of this away?",
        run: (all) => takeAway(all, isYes(args)),
        show: (all) => passOn(["destroy", "--preview-only", ...all]),
    });

export const addDestroy = (program: Command): Command =>
    addEngineCommand(program, "destroy", "take everything away", destroy).addHelpText(
        "after",
        examples(["linuxnet destroy --yes", "without asking; the machine is as it was before"]),
    );
