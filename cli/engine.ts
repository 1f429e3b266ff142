import { type Engine, findEngine, oldestEngine } from "../toolchain/engine.mjs";
import { engineEnvironment } from "../toolchain/engine-environment.mjs";
import { withEvents } from "../toolchain/engine-events.mjs";
import { runEngine } from "../toolchain/engine-run.mjs";
import { Failure } from "../toolchain/failure.mjs";
import { startInline } from "./inline/start.js";
import { ensureNamedStack } from "./named-stack.js";
import { folderOption, isHelpWanted } from "./options.js";
import { isPassphraseGiven, tellOfPassphrase } from "./passphrase.js";
import { findProject, makeBackendFolder, type Project, requireProject } from "./project.js";
import { ensureStack, ownName, stackOf } from "./stack.js";
import { removeStaleLocks } from "./stale-lock.js";

/** The commands that are about the lab of a project: of one stack of it, that is. */
const OF_A_LAB = new Set(["up", "update", "preview", "pre", "refresh", "destroy", "down", "dn"]);

interface PassOnOptions {
    /** Beside what the engine is always told. */
    readonly environment?: NodeJS.ProcessEnv;
    /** What it would show is read from its account instead. */
    readonly isQuiet?: boolean;
}

/** Of a word that needs no project there may be none: help, a template, and what else the engine has. */
function projectOf(args: readonly string[]): Project | undefined {
    if (isHelpWanted(args)) return undefined;
    const isOfLab = OF_A_LAB.has(args[0] ?? "") && !args.some((arg) => /^(--remote|https?:)/.test(arg));
    return isOfLab ? requireProject(folderOption(args)) : findProject(folderOption(args) ?? process.cwd());
}

/**
 * Hands a command over to the engine, with all its options, and ends as the engine ends; where it is about a lab, the engine's many
 * numbers for "failed" (4 a resource, 7 unexpected changes, 255 a wrong option, …) are 1, and that of a signal stays.
 */
export async function passOn(args: readonly string[], options: PassOnOptions = {}): Promise<number> {
    const code = await operate(args, options);
    const isSignal = code > 128 && code < 255;
    return code === 0 || isSignal || !OF_A_LAB.has(args[0] ?? "") ? code : 1;
}

async function operate(args: readonly string[], options: PassOnOptions): Promise<number> {
    const engine = requireEngine();
    const environment = { ...engineEnvironment(engine), ...withoutCheckpoints(), ...options.environment };
    const here = { cwd: process.cwd(), environment, isQuiet: options.isQuiet === true };
    const project = projectOf(args);
    if (project === undefined) return runEngine(engine, args, here);
    removeStaleLocks(project.stateFolder);
    prepareStack(engine, args, environment, project);
    const place = mustRunInProject(project, args) ? { ...here, cwd: project.folder } : here;
    const isGiven = isPassphraseGiven();
    const tell = (): void => {
        if (!isGiven) tellOfPassphrase(project, ownName(stackOf(engine, project, args)));
    };
    const inline = await startInline(project, args, environment);
    if (inline === undefined) {
        const code = await runEngine(engine, args, place);
        if (code !== 0) tell();
        return code;
    }
    try {
        const [word = "", ...rest] = args;
        const code = await runEngine(engine, [word, ...inline.options, ...rest], {
            ...place,
            environment: { ...environment, ...inline.environment },
        });
        if (code !== 0 && !inline.isAsked()) tell();
        return code;
    } finally {
        await inline.end();
    }
}

/** Makes the stack that a first `up` needs, and refuses one that is not there. */
function prepareStack(engine: Engine, args: readonly string[], environment: NodeJS.ProcessEnv, project: Project): void {
    makeBackendFolder(project);
    const place = { cwd: project.folder, environment };
    if (OF_A_LAB.has(args[0] ?? "")) ensureNamedStack(engine, args, place, project);
    ensureStack(engine, args, place, project);
}

/** The same ahead of time, for who looks at the stack before it works on it. */
export function prepareStackFor(args: readonly string[]): void {
    const project = requireProject(folderOption(args));
    const engine = requireEngine();
    prepareStack(engine, args, engineEnvironment(engine), project);
}

/**
 * The engine would save the whole state twice for each step. Once at the end is enough: whatever a killed operation has made is adopted
 * by the next one, and what is not in its program any more is found by the records on the machines (gc).
 */
const withoutCheckpoints = (): NodeJS.ProcessEnv => ({
    PULUMI_SKIP_CHECKPOINTS: process.env.PULUMI_SKIP_CHECKPOINTS || "true",
});

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
