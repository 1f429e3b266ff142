import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { load } from "js-yaml";
import { Failure } from "../toolchain/failure.mjs";

export interface Project {
    readonly name: string;
    readonly folder: string;
    /** Its Pulumi.yaml. */
    readonly file: string;
    /** Where the settings of its stacks are: Pulumi.STACK.yaml. */
    readonly settingsFolder: string;
    /** As it is given, by the environment first. */
    readonly backendUrl: string;
    /** The folder of a backend such as `file://./.state`, absolute; where the environment names a backend, it counts alone. */
    readonly backendFolder: string | undefined;
    /** The folder of whatever backend it is, if it is a folder. */
    readonly stateFolder: string | undefined;
    /** What runs its program, and how. */
    readonly runtime: { readonly name: string; readonly options: Readonly<Record<string, unknown>> };
    /** The program's file or folder, as it is given. */
    readonly main: string | undefined;
}

/** The Pulumi project of a folder: the nearest one upwards, as the engine searches it. */
export function findProject(start: string): Project | undefined {
    const file = findUpwards(resolve(start));
    if (file === undefined) return undefined;
    const folder = dirname(file);
    const content = Object(load(readFileSync(file, "utf8")));
    const backendUrl = process.env.PULUMI_BACKEND_URL || String(content.backend?.url ?? "");
    const backendFolder = relativeBackend(backendUrl, folder);
    const stateFolder = backendFolder ?? /^file:\/\/(\/[^?]*)/.exec(backendUrl)?.[1];
    const settingsFolder = join(folder, String(content.stackConfigDir ?? ""));
    const { name, options } = Object(content.runtime);
    const runtime = { name: String(name ?? content.runtime), options: Object(options) };
    const main = content.main === undefined ? undefined : String(content.main);
    const own = { name: String(content.name), folder, file, settingsFolder };
    return { ...own, backendUrl, backendFolder, stateFolder, runtime, main };
}

/** The same, for a command that can do nothing without. */
export function requireProject(folder: string | undefined): Project {
    const project = findProject(folder ?? process.cwd());
    if (project !== undefined) return project;
    throw new Failure(
        `There is no Pulumi.yaml in ${folder ?? "this folder"}, or above it: go to a project, or name it: --cwd FOLDER. ` +
            '"linuxnet init" writes a new one.',
        2,
    );
}

/** Pulumi wants the folder to be there, but git keeps no empty ones. */
export function makeBackendFolder({ backendFolder }: Project): void {
    if (backendFolder !== undefined) mkdirSync(backendFolder, { recursive: true });
}

function relativeBackend(url: string, folder: string): string | undefined {
    if (process.env.PULUMI_BACKEND_URL) return undefined;
    const path = /^file:\/\/(\.[^?]*)/.exec(url)?.[1];
    return path === undefined ? undefined : join(folder, path);
}

function findUpwards(folder: string): string | undefined {
    const file = ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(folder, name)).find(existsSync);
    if (file !== undefined) return file;
    const parent = dirname(folder);
    return parent === folder ? undefined : findUpwards(parent);
}
