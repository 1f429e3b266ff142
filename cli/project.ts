import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

export interface Project {
    readonly folder: string;
    /** The folder of a backend such as `file://./.state`, absolute. */
    readonly backendFolder: string | undefined;
    /** The engine takes such a path from where it runs, and not from where Pulumi.yaml is. */
    readonly mustRunThere: boolean;
}

/** The Pulumi project of a folder: the nearest one upwards, as the engine searches it. */
export function findProject(start: string): Project | undefined {
    const from = resolve(start);
    const file = findUpwards(from);
    if (file === undefined) return undefined;
    const folder = dirname(file);
    const backendFolder = relativeBackend(readFileSync(file, "utf8"), folder);
    return { folder, backendFolder, mustRunThere: backendFolder !== undefined && from !== folder };
}

/** Pulumi wants the folder to be there, but git keeps no empty ones. */
export function makeBackendFolder({ backendFolder }: Project): void {
    if (backendFolder !== undefined) mkdirSync(backendFolder, { recursive: true });
}

/** An environment variable comes before what the file says. */
function relativeBackend(projectFile: string, folder: string): string | undefined {
    const url = process.env.PULUMI_BACKEND_URL ?? /\burl:\s*["']?(file:[^\s"'}]+)/.exec(projectFile)?.[1];
    const path = /^file:\/\/(\.[^?]*)/.exec(url ?? "")?.[1];
    return path === undefined ? undefined : join(folder, path);
}

function findUpwards(folder: string): string | undefined {
    const file = ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(folder, name)).find(existsSync);
    if (file !== undefined) return file;
    const parent = dirname(folder);
    return parent === folder ? undefined : findUpwards(parent);
}
