import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { allTemplates } from "../init/templates.js";
import { folderOption, stackOption } from "../options.js";
import { nameOf } from "../preview/changes.js";
import { findProject, type Project } from "../project.js";
import { selectedStack } from "../selected-stack.js";
import { SHELLS } from "./scripts.js";
import type { Candidate } from "./wanted.js";

/** A line that has the shell complete by itself: a file, or a folder. */
export type ByShell = ":files" | ":folders";

const stacksFolder = ({ stateFolder, name }: Project): string | undefined => {
    const folder = stateFolder && join(stateFolder, ".pulumi", "stacks", name);
    return folder !== undefined && existsSync(folder) ? folder : undefined;
};

/** The stacks of a backend that is a folder: the engine would take too long for who has pressed a key. */
function stacks(words: readonly string[]): Candidate[] {
    const project = findProject(folderOption(words) ?? process.cwd());
    const folder = project && stacksFolder(project);
    if (folder === undefined) return [];
    const names = readdirSync(folder).flatMap((file) => /^(.+)\.json$/.exec(file)?.[1] ?? []);
    return names.map((value) => ({ value, description: "" }));
}

interface Resource {
    readonly type: string;
    readonly urn: string;
    readonly inputs?: { readonly name?: unknown };
}

/** The resources in the state of the stack that is meant, read from the backend's folder. */
function deployed(words: readonly string[]): readonly Resource[] {
    const project = findProject(folderOption(words) ?? process.cwd());
    const folder = project && stacksFolder(project);
    const stack = project && (stackOption(words) ?? (process.env.PULUMI_STACK || selectedStack(project)));
    const file = folder && stack && join(folder, `${stack.split("/").at(-1)}.json`);
    if (!file || !existsSync(file)) return [];
    return Object(JSON.parse(readFileSync(file, "utf8"))).checkpoint?.latest?.resources ?? [];
}

const TITLES: Readonly<Record<string, string>> = { Namespace: "namespace", SimulatedHost: "simulated host" };

/** The namespaces and simulated hosts that are deployed, by the program's names and by their own. */
function places(words: readonly string[]): Candidate[] {
    const found = deployed(words).flatMap(({ type, urn, inputs }) => {
        const title = TITLES[type.split(":").at(-1) ?? ""];
        return title === undefined ? [] : [{ title, name: nameOf(urn), own: String(inputs?.name ?? "") }];
    });
    const current = words.at(-1) ?? "";
    const byName = found.map(({ title, name, own }) => ({ value: name, description: `${title} ${own}` }));
    const byOwn = found.map(({ title, name, own }) => ({ value: own, description: `${title} of ${name}` }));
    // The program's names are the shorter ones; the kernel's are offered to who has begun to type one.
    const names = new Set(byName.map(({ value }) => value));
    const isLonger = ({ value }: Candidate): boolean => !names.has(value) && value !== "";
    return current === "" ? byName : [...byName, ...byOwn.filter(isLonger)];
}

const templates = (): Candidate[] => allTemplates().map(({ name, description }) => ({ value: name, description }));

type Source = ByShell | ((words: readonly string[]) => Candidate[]);

/** Where the values of arguments and options come from, by the names that these have in the commands. */
const SOURCES: Readonly<Record<string, Source>> = {
    stack: stacks,
    from: places,
    to: places,
    place: places,
    places,
    namespace: places,
    namespaces: places,
    host: places,
    template: templates,
    shell: () => SHELLS.map((value) => ({ value, description: "" })),
    cwd: ":folders",
    folder: ":folders",
    out: ":files",
    output: ":files",
    write: ":files",
    file: ":files",
    command: ":files",
};

/** The values that an option or an argument of this name can have, as far as they can be told at once. */
export function valuesOf(name: string, words: readonly string[]): Candidate[] | ByShell {
    const source = Object.hasOwn(SOURCES, name) ? SOURCES[name] : undefined;
    if (source === undefined) return [];
    return typeof source === "function" ? source(words) : source;
}
