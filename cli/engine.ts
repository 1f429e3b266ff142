import { type Engine, findEngine, oldestEngine } from "../toolchain/engine.mjs";
import { engineEnvironment } from "../toolchain/engine-environment.mjs";
import { withEvents } from "../toolchain/engine-events.mjs";
import { runEngine } from "../toolchain/engine-run.mjs";
import { Failure } from "../toolchain/failure.mjs";
import { folderOption, isHelpWanted } from "./options.js";
import { findProject, makeBackendFolder, type Project } from "./project.js";
import { ensureStack } from "./stack.js";
import { removeStaleLocks } from "./stale-lock.js";

interface PassOnOptions {
    /** Beside what the engine is always told. */
    readonly environment?: NodeJS.ProcessEnv;
    /** What it would show is read from its account instead. */
    readonly isQuiet?: boolean;
}

/** Hands a command over to the engine, with all its options, and ends as the engine ends. */
export async function passOn(args: readonly string[], options: PassOnOptions = {}): Promise<number> {
    const engine = requireEngine();
    const environment = { ...engineEnvironment(engine), ...options.environment };
    const here = { cwd: process.cwd(), environment, isQuiet: options.isQuiet === true };
    const project = isHelpWanted(args) ? undefined : findProject(folderOption(args) ?? here.cwd);
    if (project === undefined) return runEngine(engine, args, here);
    makeBackendFolder(project);
    removeStaleLocks(project.stateFolder);
    ensureStack(engine, args, { ...here, cwd: project.folder });
    return runEngine(engine, args, mustRunInProject(project, args) ? { ...here, cwd: project.folder } : here);
}

/** An operation that shows nothing: how it ended, and the engine's account of it, one event a line. */
export const operateQuietly = (args: readonly string[]): Promise<{ exitCode: number; events: string }> =>
    withEvents((options, unlocked) => passOn([...args, ...options], { environment: unlocked, isQuiet: true }));

/** The engine takes the path of a relative backend from where it runs, and not from where Pulumi.yaml is. */
function mustRunInProject(project: Project, args: readonly string[]): boolean {
    return project.backendFolder !== undefined && folderOption(args) === undefined;
}

export function requireEngine(): Engine {
    const engine = findEngine();
    if (engine !== undefined) return engine;
    throw new Failure(
        `There is no Pulumi engine (${oldestEngine} or newer) on PATH or in Pulumi's home.\n` +
            `Run "npx linuxnet setup": it downloads it, or builds it where it cannot be downloaded (about 6 minutes, once).`,
    );
}
