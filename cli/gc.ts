import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import type { Engine } from "../toolchain/engine.mjs";
import { engineEnvironment } from "../toolchain/engine-environment.mjs";
import { askEngine, type Place } from "../toolchain/engine-run.mjs";
import { Failure } from "../toolchain/failure.mjs";
import { ending } from "./action.js";
import { requireEngine } from "./engine.js";
import { findProject, makeBackendFolder, type Project } from "./project.js";
import { namesInState } from "./stack.js";
import { removeStaleLocks } from "./stale-lock.js";
import { sweep } from "./sweep.js";

/** What the state of a stack knows: `VethPair link1`. A stack that is gone knows nothing. */
function known(engine: Engine, stack: string, place: Place): ReadonlySet<string> {
    const { succeeded, stdout } = askEngine(engine, ["stack", "export", "--stack", stack, "--non-interactive"], place);
    return new Set(succeeded ? namesInState(stdout) : []);
}

/** Whether an operation is at work on the stack: what it makes is in no state yet. */
function isBusy({ stateFolder, name }: Project, stack: string): boolean {
    const folder = stateFolder && join(stateFolder, ".pulumi", "locks", "organization", name, stack);
    return folder !== undefined && existsSync(folder) && readdirSync(folder).some((file) => file.endsWith(".json"));
}

/** Removes what one stack has left on its machines without its state knowing. */
export async function collect(engine: Engine, project: Project, stack: string, isSure: boolean): Promise<number> {
    const place = { cwd: project.folder, environment: engineEnvironment(engine) };
    if (isBusy(project, stack))
        throw new Failure(`An operation is at work on ${stack}: run linuxnet gc when it is over.`);
    const names = known(engine, stack, place);
    // The provider finds the stack's settings from the folder that it runs in.
    process.chdir(project.folder);
    const { remnantsOf } = await import("../provider/remnants.js");
    const found = await remnantsOf({ project: project.name, stack, name: "" });
    const unknown = found.filter(({ kind, owner }) => !names.has(`${kind} ${owner.name}`));
    return sweep(stack, unknown, isSure);
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
    const stacks: { readonly name: string }[] = JSON.parse(stdout);
    let code = 0;
    for (const { name } of stacks) code = Math.max(code, await collect(engine, project, name, isSure));
    return code;
}

export const addGc = (program: Command): Command =>
    program
        .command("gc")
        .description("remove what a killed operation has left and the state does not know of, after asking")
        .option("-y, --yes", "without asking")
        .action(ending(collectGarbage));
