import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { load } from "js-yaml";
import { ConnectionProblem, parseConnections } from "../../model/connection";
import type { Owner } from "../../model/owner";
import { HostProblem } from "../problem";
import type { Connections } from "./machines";

/*
 * The engine would tell a dynamic provider the stack's configuration, but keeps what it tells in the state, and tells what
 * is in the state when it refreshes and destroys: a machine that has moved could never be reached again. So the stack's
 * settings file is read here, as it is now.
 */

type Yaml = Readonly<Record<string, unknown>>;

const object = (value: unknown): Yaml => (typeof value === "object" && value !== null ? (value as Yaml) : {});

function readYaml(file: string): Yaml {
    try {
        return object(load(readFileSync(file, "utf8")));
    } catch (error) {
        throw new HostProblem(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
    }
}

interface Project {
    readonly folder: string;
    readonly extension: string;
    readonly content: Yaml;
}

/** The project of this name: a program may lie in the folder of another. */
function findProject(name: string, folder: string): Project | undefined {
    for (const extension of ["yaml", "yml"]) {
        const file = join(folder, `Pulumi.${extension}`);
        if (!existsSync(file)) continue;
        const content = readYaml(file);
        if (content["name"] === name) return { folder, extension, content };
    }
    const parent = dirname(folder);
    return parent === folder ? undefined : findProject(name, parent);
}

const KEY = "linuxnet:hosts";

/** Whether a part of it is encrypted. */
const isSecret = (value: unknown): boolean =>
    typeof object(value)["secure"] === "string" || Object.values(object(value)).some(isSecret);

/** Where the settings of the stacks are: the project's folder, or the one that it names. */
function settingsFolder({ folder, content }: Project): string {
    const { stackConfigDir, config } = content;
    const named = [stackConfigDir, config].find((value) => typeof value === "string");
    return join(folder, String(named ?? ""));
}

/** The stack's settings: Pulumi.STACK.yaml. */
function stackSettings(project: Project, stack: string): Yaml {
    const file = join(settingsFolder(project), `Pulumi.${stack.split("/").at(-1)}.${project.extension}`);
    return existsSync(file) ? object(readYaml(file)["config"]) : {};
}

/** The stacks of a project that have settings here, by name. */
export function stacksWithSettings(name: string): string[] {
    const project = findProject(name, process.cwd());
    const folder = project && settingsFolder(project);
    if (folder === undefined || !existsSync(folder)) return [];
    return readdirSync(folder)
        .flatMap((file) => /^Pulumi\.(.+)\.ya?ml$/.exec(file)?.[1] ?? [])
        .toSorted();
}

/** What the project's file says for all of its stacks. */
function projectDefault({ content }: Project): unknown {
    const value = object(content["config"])[KEY];
    const { value: given, default: usual } = object(value);
    return given ?? usual ?? value;
}

/** How the machines of a stack are reached, as its configuration says now. */
export function readConnections({ project: name, stack }: Owner): Connections {
    const project = findProject(name, process.cwd());
    const hosts = project && (stackSettings(project, stack)[KEY] ?? projectDefault(project));
    if (isSecret(hosts)) {
        throw new HostProblem(`${KEY} is a secret, which only the engine can read: set it without --secret`);
    }
    try {
        return parseConnections(hosts);
    } catch (error) {
        throw error instanceof ConnectionProblem ? new HostProblem(error.message) : error;
    }
}
