import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Owner, parseOwner } from "../model/owner.js";
import type { Remnant } from "../provider/remnants.js";
import type { Engine } from "../toolchain/engine.mjs";
import { engineEnvironment } from "../toolchain/engine-environment.mjs";
import { askEngine, type Place } from "../toolchain/engine-run.mjs";
import { Failure } from "../toolchain/failure.mjs";
import { makeBackendFolder, type Project } from "./project.js";
import { namesInState, stacksIn } from "./stack.js";
import { removeStaleLocks } from "./stale-lock.js";

/** What a stack has on its machines, and no state knows of. */
export interface Leftovers {
    readonly owner: Owner;
    /** Whether there is a state of it; without one, all that is recorded of it is left over. */
    readonly isKnown: boolean;
    readonly found: readonly Remnant[];
}

export const stackTitle = ({ project, stack }: Owner): string => `${project}/${stack}`;

/** A project, and the engine that knows its stacks. */
export interface Backend {
    readonly engine: Engine;
    readonly project: Project;
}

const placeOf = ({ engine, project }: Backend): Place => ({
    cwd: project.folder,
    environment: engineEnvironment(engine),
});

/** The stacks that have a state, as the engine calls them. One that is worked on is refused. */
export function knownStacks(backend: Backend): string[] {
    makeBackendFolder(backend.project);
    removeStaleLocks(backend.project.stateFolder);
    const told = stacksIn(backend.engine, placeOf(backend));
    if ("problem" in told) throw new Failure(told.problem);
    const busy = told.stacks.find(({ updateInProgress }) => updateInProgress);
    if (busy !== undefined)
        throw new Failure(`An operation is at work on ${busy.name}: run linuxnet gc when it is over.`);
    return told.stacks.map(({ name }) => name);
}

/** What the state of a stack knows: `VethPair link1`. Undefined for a stack that is gone. */
function namesKnown(backend: Backend, stack: string): ReadonlySet<string> | undefined {
    const words = ["stack", "export", "--stack", stack, "--non-interactive"];
    const { succeeded, stdout } = askEngine(backend.engine, words, placeOf(backend));
    return succeeded ? new Set(namesInState(stdout)) : undefined;
}

/** Whether the lock of a backend that is a folder is taken. */
function isLocked(stateFolder: string, { project, stack }: Owner): boolean {
    const folder = join(stateFolder, ".pulumi", "locks", "organization", project, stack);
    return existsSync(folder) && readdirSync(folder).some((file) => file.endsWith(".json"));
}

/**
 * Refuses while an operation is at work on the stack: what it makes is in no state yet. The engine does not say whether a lock is
 * taken; where its backend is no folder to look into, the machines say who works for the stack on them.
 */
async function requireRest({ stateFolder }: Project, stack: string, owner: Owner): Promise<void> {
    const words = `An operation is at work on ${stack}`;
    if (stateFolder !== undefined) {
        if (isLocked(stateFolder, owner)) throw new Failure(`${words}: run linuxnet gc when it is over.`);
        return;
    }
    const { whereAtWork } = await import("../provider/at-work.js");
    const [where] = await whereAtWork(owner);
    if (where === undefined) return;
    const dead = `Where it was killed, linuxnet up or destroy goes on from there; else remove ${where.file} there.`;
    throw new Failure(`${words}, on ${where.machine}: run linuxnet gc when it is over.\n${dead}`);
}

/** Who could know a stack, and how. */
interface Known extends Backend {
    /** As the engine calls it. */
    readonly stack: string;
    /** The lock of the stack was ours a moment ago: the machines need not be asked who is at work. */
    readonly isFree?: boolean;
}

/** What is left over of a stack; where nobody could know it, all that is recorded of it. */
export async function leftoversOf(owner: Owner, known: Known | undefined): Promise<Leftovers> {
    // The provider finds the stack's settings from the folder that it runs in.
    if (known !== undefined) process.chdir(known.project.folder);
    // To look into a folder costs nothing.
    if (known !== undefined && (!known.isFree || known.project.stateFolder !== undefined))
        await requireRest(known.project, known.stack, owner);
    const names = known && namesKnown(known, known.stack);
    // Only what needs it takes the time to load the provider.
    const { remnantsOf } = await import("../provider/remnants.js");
    const found = await remnantsOf(owner);
    const unknown = found.filter((one) => !names?.has(`${one.kind} ${one.owner.name}`));
    return { owner, isKnown: names !== undefined, found: unknown };
}

/** Whose there is something on the machines that this stack knows: `project/stack`, and how many objects. */
export async function ownersSeenBy(owner: Owner): Promise<ReadonlyMap<string, number>> {
    const { allRemnants } = await import("../provider/remnants.js");
    const all = (await allRemnants(owner)).map((one) => stackTitle(one.owner));
    return new Map([...new Set(all)].sort().map((title) => [title, all.filter((one) => one === title).length]));
}

/** `project/stack`, or in a project's folder `stack`; whatever organization stands before them is the backend's business. */
export function ownerNamed(name: string, project: Project | undefined): Owner {
    const [stack = "", given = project?.name] = name.split("/").toReversed();
    if (stack !== "" && given) return parseOwner(`${given}/${stack}/`);
    throw new Failure(
        `linuxnet: --stack: given ${JSON.stringify(name)}, expected PROJECT/STACK where no Pulumi.yaml is`,
        2,
    );
}
