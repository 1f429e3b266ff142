import { existsSync, readdirSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Lab } from "./lab";

/** Where what each released version has written is kept: a folder for each, with its program, its state and its records. */
const folder = join(__dirname, "..", "states");
/** Where linuxnet keeps its records: on the machine, and in the folders of simulated hosts below. */
const recordsRoot = "/run/linuxnet";
/** In place of the boot's id, which no other machine has. */
const BOOT = "BOOT";

export const STACK = "dev";

export const versionFolder = (version: string): string => join(folder, version);

/** All that have been released, and left a state here. */
export const stateVersions = (): readonly string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

/** What is in the file of a version's folder. */
export const readKept = async (version: string, file: "state.json" | "records.json"): Promise<unknown> =>
    JSON.parse(await readFile(join(versionFolder(version), file), "utf8"));

/** Where in its files the program has a resource is left out: it is of the machine that has written it. */
const isKept = (key: string): boolean => key !== "sourcePosition" && key !== "stackTrace";

export const keep = async (version: string, file: "state.json" | "records.json", content: unknown): Promise<void> => {
    const text = JSON.stringify(content, (key, value) => (isKept(key) ? value : undefined), 1);
    await writeFile(join(versionFolder(version), file), `${text}\n`);
};

/** The state, as the engine exports it. */
export interface State {
    readonly deployment: { readonly resources: readonly Resource[] };
}

interface Resource {
    readonly type: string;
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly outputs?: Readonly<Record<string, unknown>>;
}

export const exportState = async (lab: Lab): Promise<State> =>
    JSON.parse(await lab.command("stack", "export", "--stack", lab.stack));

/** Puts a state in the place of the one that the lab has. */
export async function importState(lab: Lab, state: unknown): Promise<void> {
    await lab.write(JSON.stringify(state), "imported.json");
    await lab.command("stack", "import", "--stack", lab.stack, "--file", "imported.json");
}

export type Records = Readonly<Record<string, string>>;

const bootId = async (): Promise<string> => (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();

async function recordFiles(): Promise<readonly string[]> {
    if (!existsSync(recordsRoot)) return [];
    const entries = await readdir(recordsRoot, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".json"));
    return files.map(({ parentPath, name }) => join(parentPath, name)).toSorted();
}

/** What is remembered on this machine, by file. */
export async function readRecords(): Promise<Records> {
    const boot = await bootId();
    const files = await recordFiles();
    const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
    return Object.fromEntries(files.map((file, at) => [file, (texts[at] ?? "").replaceAll(boot, BOOT)]));
}

/** Puts records in the place of all that there are. What settings were before us is the machine's own, as its boot is. */
export async function writeRecords(records: Records): Promise<void> {
    const [boot, own] = [await bootId(), await readRecords()];
    for (const file of Object.keys(own)) await rm(file);
    for (const [file, text] of Object.entries(records)) {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, withSettingsOf(own[file], text).replaceAll(BOOT, boot));
    }
}

function withSettingsOf(own: string | undefined, text: string): string {
    const record: unknown = JSON.parse(text);
    const [before, ownBefore] = [Object(record).before, Object(JSON.parse(own ?? "{}")).before ?? {}];
    const values = Object.keys(Object(before)).map((key) => [key, ownBefore[key] ?? before[key]]);
    return JSON.stringify({
        ...Object(record),
        ...(before === undefined ? {} : { before: Object.fromEntries(values) }),
    });
}
