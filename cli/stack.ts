import type { Engine } from "../toolchain/engine.mjs";
import { engineEnvironment } from "../toolchain/engine-environment.mjs";
import { askEngine, type Place } from "../toolchain/engine-run.mjs";
import { Failure } from "../toolchain/failure.mjs";
import { namesStack, stackOption } from "./options.js";
import { nameOf } from "./preview/changes.js";
import type { Project } from "./project.js";
import { selectedStack } from "./selected-stack.js";

/** The stack of those who name none. */
export const usualStack = "dev";

/** The commands that make sense on a stack that does not exist yet. */
const beginnings = new Set(["up", "update", "preview", "pre", "refresh", "config", "import", "watch"]);

/** Makes and selects the stack `dev` where none is selected and none is named, so that a first `up` needs no ceremony. */
export function ensureStack(engine: Engine, args: readonly string[], place: Place, project?: Project): void {
    const isNamed = namesStack(args) || (place.environment.PULUMI_STACK ?? "") !== "";
    if (isNamed || !beginnings.has(args[0] ?? "")) return;
    if (project !== undefined && selectedStack(project) !== undefined) return;
    if (askEngine(engine, ["stack", "--show-name", "--non-interactive"], place).succeeded) return;
    const made = askEngine(engine, ["stack", "select", "--create", usualStack, "--non-interactive"], place);
    if (!made.succeeded) throw new Failure(made.stderr);
    console.error(`No stack was selected: using "${usualStack}" from now on.`);
}

/** The stack that a command works on, as the engine takes it; empty where none is selected. */
export function stackOf(engine: Engine, project: Project, args: readonly string[]): string {
    const named = stackOption(args) || process.env.PULUMI_STACK || selectedStack(project);
    if (named !== undefined && named !== "") return named;
    const place = { cwd: project.folder, environment: engineEnvironment(engine) };
    return askEngine(engine, ["stack", "--show-name", "--non-interactive"], place).stdout;
}

/** What the engine says of a stack. */
interface Stack {
    /** With what some backends put in front. */
    readonly name: string;
    /** Pulumi Cloud says so; other backends do not know. */
    readonly updateInProgress?: boolean;
}

/** The stacks of a project, or why the backend cannot be asked. */
export function stacksIn(engine: Engine, place: Place): { stacks: readonly Stack[] } | { problem: string } {
    const { succeeded, stdout, stderr } = askEngine(engine, ["stack", "ls", "--json", "--non-interactive"], place);
    return succeeded ? { stacks: JSON.parse(stdout) } : { problem: stderr };
}

/** A stack's name without its owner and its project, which some backends put in front. */
export const ownName = (stack: string): string => stack.split("/").at(-1) ?? stack;

interface Resource {
    readonly type: string;
    readonly urn: string;
    readonly custom?: boolean;
}

interface State {
    readonly deployment?: { readonly resources?: readonly Resource[] };
}

/** The resources of an exported state, without the stack itself, providers and components: `VethPair link1`. */
export function namesInState(text: string): string[] {
    const state: State = JSON.parse(text);
    return (state.deployment?.resources ?? [])
        .filter(({ type, custom }) => custom && !type.startsWith("pulumi:"))
        .map(({ type, urn }) => `${type.split(":").at(-1)} ${nameOf(urn)}`);
}
