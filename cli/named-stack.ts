import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../toolchain/engine.mjs";
import { askEngine, type Place } from "../toolchain/engine-run.mjs";
import { Failure } from "../toolchain/failure.mjs";
import { stackOption } from "./options.js";
import type { Project } from "./project.js";
import { ownName, stacksIn } from "./stack.js";

/** Whether a stack's state is in its folder: then nobody has to be asked. */
const hasState = ({ stateFolder, name }: Project, stack: string): boolean =>
    stateFolder !== undefined &&
    ["json", "json.gz"].some((extension) =>
        existsSync(join(stateFolder, ".pulumi", "stacks", name, `${stack}.${extension}`)),
    );

/** A stack's name without its owner and its project; undefined for a stack that only the engine can find. */
function nameIn({ name, stateFolder }: Project, stack: string): string | undefined {
    const [own, project = name, owner] = stack.split("/").toReversed();
    const isHere = stateFolder !== undefined && owner !== undefined ? project === name : !stack.includes("/");
    return isHere ? own : undefined;
}

/** What is said of a stack that is not there: the stacks that are, and how it is made. */
function noStack(stack: string, project: string, known: readonly string[]): string {
    const there = known.length === 0 ? "It has none yet" : `There is ${known.toSorted().join(", ")}`;
    return (
        `linuxnet: the project ${project} has no stack ${stack}. ${there}.\n` +
        `"linuxnet up --stack ${stack}" makes and deploys it; "linuxnet stack init ${stack}" only makes it.`
    );
}

/** Whoever deploys a stack that is not there wants a new one; anybody else has mistaken its name. */
const isDeploying = (word = ""): boolean => ["up", "update"].includes(word);

/** Makes the stack that an `up` names, by an option or PULUMI_STACK, if it is not there; refuses it for any other word. */
export function ensureNamedStack(engine: Engine, args: readonly string[], place: Place, project: Project): void {
    const named = stackOption(args) || place.environment.PULUMI_STACK || "";
    const stack = named === "" ? undefined : nameIn(project, named);
    if (stack === undefined || hasState(project, stack)) return;
    const told = stacksIn(engine, place);
    // Whatever is wrong with the backend, the engine says it where it is at work.
    if ("problem" in told) return;
    const known = told.stacks.map(({ name }) => ownName(name));
    if (known.includes(stack)) return;
    if (!isDeploying(args[0])) throw new Failure(noStack(stack, project.name, known), 2);
    const made = askEngine(engine, ["stack", "init", named, "--no-select", "--non-interactive"], place);
    if (!made.succeeded) throw new Failure(made.stderr);
    console.error(`Stack "${stack}" is new: made.`);
}
