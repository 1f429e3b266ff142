import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Owner, parseOwner } from "../model/owner.js";
import type { Remnant } from "../provider/remnants.js";
import type { Engine } from "../toolchain/engine.mjs";
import { engineEnvironment } from "../toolchain/engine-environment.mjs";
import { askEngine, type Place } from "../toolchain/engine-run.mjs";
import { Failure } from "../toolchain/failure.mjs";
import { makeBackendFolder, type Project } from "./project.js";
import { namesInState } from "./stack.js";
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

/** The names of the stacks that have a state. */
export function knownStacks(backend: Backend): string[] {
    makeBackendFolder(backend.project);
    removeStaleLocks(backend.project.stateFolder);
    const { succeeded, stdout, stderr } = askEngine(
        backend.engine,
        ["stack", "ls", "--json", "--non-interactive"],
        placeOf(backend),
    );
    if (!succeeded) throw new Failure(stderr);
    const stacks: { readonly name: string }[] = JSON.parse(stdout);
    return stacks.map(({ name }) => name.split("/").at(-1) ?? name);
}

/** What the state of a stack knows: `VethPair link1`. Undefined for a stack that is gone. */
function namesKnown(backend: Backend, stack: string): ReadonlySet<string> | undefined {
    const words = ["stack", "export", "--stack", stack, "--non-interactive"];
    const { succeeded, stdout } = askEngine(backend.engine, words, placeOf(backend));
    return succeeded ? new Set(namesInState(stdout)) : undefined;
}

/** Whether an operation is at work on the stack: what it makes is in no state yet. */
function isBusy({ stateFolder, name }: Project, stack: string): boolean {
    const folder = stateFolder && join(stateFolder, ".pulumi", "locks", "organization", name, stack);
    return folder !== undefined && existsSync(folder) && readdirSync(folder).some((file) => file.endsWith(".json"));
}

/** What is left over of a stack; without a backend that could know it, all that is recorded of it. */
export async function leftoversOf(owner: Owner, backend: Backend | undefined): Promise<Leftovers> {
    if (backend !== undefined && isBusy(backend.project, owner.stack))
        throw new Failure(`An operation is at work on ${owner.stack}: run linuxnet gc when it is over.`);
    const names = backend && namesKnown(backend, owner.stack);
    // The provider finds the stack's settings from the folder that it runs in.
    if (backend !== undefined) process.chdir(backend.project.folder);
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
