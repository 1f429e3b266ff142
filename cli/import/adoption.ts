import { createRequire } from "node:module";
import { join } from "node:path";
import type { Engine } from "../../toolchain/engine.mjs";
import { engineEnvironment } from "../../toolchain/engine-environment.mjs";
import { askEngine, type Place } from "../../toolchain/engine-run.mjs";
import { Failure } from "../../toolchain/failure.mjs";
import { operateQuietly } from "../engine.js";
import { readPreview } from "../preview/changes.js";
import { ensureStack, namesInState } from "../stack.js";
import type { Resource } from "./resource.js";

/** Where the engine works for this folder's project. */
export const enginePlace = (engine: Engine, folder: string): Place => ({
    cwd: folder,
    environment: engineEnvironment(engine),
});

/** The stack that is worked on, if there is one. */
export function selectedStack(engine: Engine, place: Place): string | undefined {
    const { succeeded, stdout } = askEngine(engine, ["stack", "--show-name", "--non-interactive"], place);
    return succeeded && stdout !== "" ? (stdout.split("/").at(-1) ?? stdout) : undefined;
}

/** Makes the stack where it is not there yet. */
export function makeStack(engine: Engine, stack: string, isNamed: boolean, place: Place): void {
    if (!isNamed) ensureStack(engine, ["import"], place);
    const known = askEngine(engine, ["stack", "export", "--stack", stack, "--non-interactive"], place);
    if (known.succeeded) return;
    const made = askEngine(engine, ["stack", "init", stack, "--no-select", "--non-interactive"], place);
    if (!made.succeeded) throw new Failure(made.stderr);
}

/** The program has to be this stack's only one, and about this machine. */
export function refuseOthers(engine: Engine, stack: string, resources: readonly Resource[], place: Place): void {
    const told = askEngine(engine, ["stack", "export", "--stack", stack, "--non-interactive"], place);
    if (!told.succeeded) throw new Failure(told.stderr);
    const wanted = new Set(resources.map(({ kind, name }) => `${kind} ${name}`));
    const others = namesInState(told.stdout).filter((one) => !wanted.has(one));
    if (others.length > 0) {
        throw new Failure(
            `The stack ${stack} has other resources, which its new program does not have: ${others.join(", ")}\n` +
                "Nothing was adopted. Choose another stack: --stack NAME",
        );
    }
    const host = askEngine(engine, ["config", "get", "linuxnet:host", "--stack", stack, "--non-interactive"], place);
    if (host.succeeded && host.stdout !== "local")
        throw new Failure(
            `The stack ${stack} is about the host ${host.stdout} (linuxnet:host), and not about this machine.`,
        );
}

/** The program says `import … from "pulumi-linuxnet"`. */
export function requirePackage(folder: string): void {
    try {
        createRequire(join(folder, "/")).resolve("pulumi-linuxnet/provider");
    } catch {
        throw new Failure(
            `The program needs pulumi-linuxnet in ${folder}, and it is not there: npm install pulumi-linuxnet\n` +
                "Nothing was adopted. Then run this again: it goes on from here.",
        );
    }
}

/** An operation of the engine that says nothing but what is wrong. */
async function quietly(
    args: readonly string[],
): Promise<{ exitCode: number; count: number; problems: readonly string[] }> {
    const { exitCode, events } = await operateQuietly(args);
    const { changes, unchanged, problems } = readPreview(events);
    return { exitCode, count: changes.length + unchanged, problems };
}

/** Tells the engine of what is marked: each resource finds its object there. Returns how many there are. */
export async function bringIntoState(stack: string): Promise<number> {
    const { exitCode, count, problems } = await quietly(["up", "--yes", "--skip-preview", "--stack", stack]);
    if (exitCode === 0) return count;
    throw new Failure(`${problems.join("\n")}\nAll of it is marked as the stack's. "linuxnet up" goes on from here.`);
}

/** Whether the first preview is empty. */
export async function isSettled(stack: string): Promise<boolean> {
    const { exitCode } = await quietly(["preview", "--expect-no-changes", "--stack", stack]);
    return exitCode === 0;
}
