import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import type { Owner } from "../model/owner.js";
import type { Engine } from "../toolchain/engine.mjs";
import { engineEnvironment } from "../toolchain/engine-environment.mjs";
import { askEngine, type Place } from "../toolchain/engine-run.mjs";
import { Failure } from "../toolchain/failure.mjs";
import { ending } from "./action.js";
import { requireEngine } from "./engine.js";
import { findProject, makeBackendFolder, type Project } from "./project.js";
import { namesInState, ownName } from "./stack.js";
import { removeStaleLocks } from "./stale-lock.js";
import { sweep } from "./sweep.js";

/** What the state of a stack knows: `VethPair link1`. A stack that is gone knows nothing. */
function known(engine: Engine, stack: string, place: Place): ReadonlySet<string> {
    const { succeeded, stdout } = askEngine(engine, ["stack", "export", "--stack", stack, "--non-interactive"], place);
    return new Set(succeeded ? namesInState(stdout) : []);
}

/** Whether the lock of a backend that is a folder is taken. */
function isLocked(stateFolder: string, { name }: Project, stack: string): boolean {
    const folder = join(stateFolder, ".pulumi", "locks", "organization", name, stack);
    return existsSync(folder) && readdirSync(folder).some((file) => file.endsWith(".json"));
}

/**
 * Refuses while an operation is at work on the stack: what it makes is in no state yet. The engine does not say whether a lock is
 * taken; where its backend is no folder to look into, the machines say who works for the stack on them.
 */
async function requireRest(project: Project, stack: string, owner: Owner): Promise<void> {
    const { stateFolder } = project;
    const words = `An operation is at work on ${stack}`;
    if (stateFolder !== undefined) {
        if (isLocked(stateFolder, project, owner.stack))
            throw new Failure(`${words}: run linuxnet gc when it is over.`);
        return;
    }
    const { whereAtWork } = await import("../provider/at-work.js");
    const [where] = await whereAtWork(owner);
    if (where === undefined) return;
    const dead = `Where it was killed, linuxnet up or destroy goes on from there; else remove ${where.file} there.`;
    throw new Failure(`${words}, on ${where.machine}: run linuxnet gc when it is over.\n${dead}`);
}

interface Collection {
    /** Nothing is asked. */
    readonly isSure: boolean;
    /** The lock of the stack was ours a moment ago: the machines need not be asked who is at work. */
    readonly isFree?: boolean;
}

/** Removes what one stack has left on its machines without its state knowing. */
export async function collect(
    engine: Engine,
    project: Project,
    stack: string,
    { isSure, isFree = false }: Collection,
): Promise<number> {
    const place = { cwd: project.folder, environment: engineEnvironment(engine) };
    const owner = { project: project.name, stack: ownName(stack), name: "" };
    // The provider finds the stack's settings from the folder that it runs in.
    process.chdir(project.folder);
    // To look into a folder costs nothing.
    if (!isFree || project.stateFolder !== undefined) await requireRest(project, stack, owner);
    const names = known(engine, stack, place);
    const { remnantsOf } = await import("../provider/remnants.js");
    const found = await remnantsOf(owner);
    const unknown = found.filter(({ kind, owner: { name } }) => !names.has(`${kind} ${name}`));
    return sweep(stack, unknown, isSure);
}

/** What the engine says of a stack. */
interface Stack {
    readonly name: string;
    /** Pulumi Cloud says so; other backends do not know. */
    readonly updateInProgress?: boolean;
}

/** What crashed operations of this project's stacks have left behind. */
async function collectGarbage({ yes: isSure = false }: { yes?: boolean }): Promise<number> {
    const engine = requireEngine();
    const project = findProject(process.cwd());
    if (project === undefined)
        throw new Failure("There is no Pulumi.yaml here: linuxnet gc works on a project's stacks.", 2);
    makeBackendFolder(project);
    removeStaleLocks(project.stateFolder);
    const place = { cwd: project.folder, environment: engineEnvironment(engine) };
    const { succeeded, stdout, stderr } = askEngine(engine, ["stack", "ls", "--json", "--non-interactive"], place);
    if (!succeeded) throw new Failure(stderr);
    const stacks: readonly Stack[] = JSON.parse(stdout);
    let code = 0;
    for (const { name, updateInProgress } of stacks) {
        if (updateInProgress) throw new Failure(`An operation is at work on ${name}: run linuxnet gc when it is over.`);
        code = Math.max(code, await collect(engine, project, name, { isSure }));
    }
    return code;
}

export const addGc = (program: Command): Command =>
    program
        .command("gc")
        .description("remove what a killed operation has left and the state does not know of, after asking")
        .option("-y, --yes", "without asking")
        .action(ending(collectGarbage));
