import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pulumiHome } from "../toolchain/engine.mjs";
import type { Project } from "./project.js";

/** What the engine keeps for a project on this machine: its selected stack, newer ones for each backend. */
interface Workspace {
    readonly stack?: string;
    readonly stacks?: Readonly<Record<string, string>>;
}

function readWorkspace({ name, file }: Project): Workspace {
    const hash = createHash("sha1").update(file).digest("hex");
    try {
        return Object(
            JSON.parse(readFileSync(join(pulumiHome(), "workspaces", `${name}-${hash}-workspace.json`), "utf8")),
        );
    } catch {
        return {};
    }
}

/**
 * The stack that is selected, where it can be told without starting the engine to ask: its backend is a folder, and it is there.
 * Undefined means nothing but that the engine has to be asked.
 */
export function selectedStack(project: Project): string | undefined {
    const { stateFolder, backendUrl, name } = project;
    if (stateFolder === undefined) return undefined;
    const { stack, stacks } = readWorkspace(project);
    const selected = stacks === undefined ? stack : stacks[backendUrl];
    const [, owner, own] = /^organization\/([^/]+)\/([^/]+)$/.exec(selected ?? "") ?? [];
    if (owner !== name || own === undefined) return undefined;
    return existsSync(join(stateFolder, ".pulumi", "stacks", name, `${own}.json`)) ? own : undefined;
}
