import type { Command } from "commander";
import type { Owner } from "../model/owner.js";
import { Failure } from "../toolchain/failure.mjs";
import { ending, examples } from "./action.js";
import { requireEngine } from "./engine.js";
import {
    type Backend,
    knownStacks,
    type Leftovers,
    leftoversOf,
    ownerNamed,
    ownersSeenBy,
    stackTitle,
} from "./leftovers.js";
import { findProject, type Project } from "./project.js";
import { ownName } from "./stack.js";
import { type Swept, sweep, sweepCode } from "./sweep.js";

interface GcOptions {
    readonly stack?: string;
    readonly cwd?: string;
    readonly yes?: boolean;
    readonly dryRun?: boolean;
    readonly json?: boolean;
}

const objects = (count: number): string => (count === 1 ? "1 object" : `${count} objects`);

/** Without a project there is no state to say what is wanted: what is on this machine is told, and nothing is removed. */
async function refuseWithoutProject(): Promise<never> {
    const seen = await ownersSeenBy({ project: "", stack: "", name: "" });
    const lines = [...seen].map(([title, count]) => `  linuxnet gc --stack ${title}   (${objects(count)})`);
    const rest =
        lines.length === 0
            ? "On this machine nothing is recorded of any."
            : `A stack whose project is gone can be removed as a whole. On this machine there is something of:\n${lines.join("\n")}`;
    throw new Failure(`There is no Pulumi.yaml here: linuxnet gc works on a project's stacks.\n${rest}`, 2);
}

/**
 * Stacks of this project's name that its backend does not know: gone, or those of another folder. They are told, and stay. Returns
 * whether there are any.
 */
async function tellOthers(project: Project, stacks: readonly string[]): Promise<boolean> {
    const seen = await ownersSeenBy({ project: project.name, stack: ownName(stacks[0] ?? ""), name: "" });
    const known = new Set(stacks.map((stack) => `${project.name}/${ownName(stack)}`));
    const others = [...seen].filter(([title]) => title.startsWith(`${project.name}/`) && !known.has(title));
    for (const [title, count] of others) {
        console.error(
            `${objects(count)} of ${title}, a stack without a state here: deleted, or another folder's.\n` +
                `To remove them: linuxnet gc --stack ${title}`,
        );
    }
    return others.length > 0;
}

const asJson = ({ owner, isKnown }: Leftovers, swept: readonly Swept[]): object => ({
    stack: stackTitle(owner),
    known: isKnown,
    objects: swept.map(({ remnant: { kind, owner: whose, spec }, outcome, why }) => ({
        kind,
        name: whose.name,
        outcome,
        why,
        properties: spec,
    })),
});

/** What crashed operations have left behind: of the stack that is named, or of all stacks of this folder's project. */
async function collectGarbage({ stack, cwd, yes, dryRun, json }: GcOptions): Promise<number> {
    const project = findProject(cwd ?? process.cwd());
    const named = stack === undefined ? undefined : ownerNamed(stack, project);
    if (project === undefined && named === undefined) return refuseWithoutProject();
    const isOwn = project !== undefined && (named === undefined || named.project === project.name);
    const backend: Backend | undefined = isOwn ? { engine: requireEngine(), project } : undefined;
    const stacks = backend === undefined ? [] : knownStacks(backend);
    const ownerOf = (name: string): Owner => ({ project: project?.name ?? "", stack: ownName(name), name: "" });
    const nameOf = (owner: Owner): string => stacks.find((name) => ownName(name) === owner.stack) ?? owner.stack;
    const options = { isSure: yes === true, isDry: dryRun === true, isQuiet: json === true };
    const told: object[] = [];
    let isClean = true;
    let code = 0;
    for (const owner of named === undefined ? stacks.map(ownerOf) : [named]) {
        const leftovers = await leftoversOf(owner, backend && { ...backend, stack: nameOf(owner) });
        const swept = await sweep(leftovers, options);
        told.push(asJson(leftovers, swept));
        isClean &&= swept.length === 0;
        code = Math.max(code, sweepCode(swept));
    }
    const isOther = named === undefined && project !== undefined && (await tellOthers(project, stacks));
    if (isClean && !isOther && !json)
        console.error(`Nothing is left behind${named === undefined ? "" : ` of ${stackTitle(named)}`}.`);
    if (json) console.log(JSON.stringify(told, undefined, 2));
    return code;
}

export const addGc = (program: Command): Command =>
    program
        .command("gc")
        .description("remove what a killed operation has left and the state does not know of, after asking")
        .option("-s, --stack <name>", "only this stack; PROJECT/STACK also names one whose project and state are gone")
        .option("-C, --cwd <folder>", "the folder of the project")
        .option("--dry-run", "say what would be removed, and remove nothing")
        .option("-y, --yes", "remove without asking")
        .option("--json", "for programs; nobody is asked, and without --yes nothing is removed")
        .action(ending(collectGarbage))
        .addHelpText(
            "after",
            examples(
                ["linuxnet gc", "what all stacks of this project have left behind"],
                ["linuxnet gc --dry-run", "only says so; ends with 1 if there is something"],
                ["linuxnet gc --stack old-lab/dev", "all of a stack whose project is gone"],
            ),
        );
