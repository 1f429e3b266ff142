import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Project } from "../project.js";
import { optimizeLater } from "./optimizer.js";
import { loadPulumi, runtimeOf } from "./pulumi.js";
import { type Inline, serve } from "./server.js";

/** How often an operation runs the program; any other word is the engine's own business. */
function runsOf([word = "", ...args]: readonly string[]): 0 | 1 | 2 | undefined {
    const isSingle = args.some((arg) => /^(--skip-preview|-f|--preview-only)/.test(arg));
    if (["up", "update"].includes(word)) return isSingle ? 1 : 2;
    if (["preview", "pre"].includes(word)) return 1;
    return ["refresh", "destroy", "down", "dn"].includes(word) ? 0 : undefined;
}

/** Options that want the engine's own way, and an `up` of a template. */
const OWN_WAY = /^(--client|--exec-kind|--remote|--attach-debugger|--run-program|https?:)/;

/** Options that have the engine show, or keep, what is told for debugging. */
const DEBUGGING = /^(--debug|-d|-v|--verbose|--log)/;

/** Of what Pulumi.yaml may say of the runtime, what is the same here. */
const UNDERSTOOD = ["typescript", "packagemanager"];

/** The folder that a program runs in: the engine's project.go, getPwdMain. */
function folderOf({ folder, main }: Project): string | undefined {
    if (main === undefined) return folder;
    const path = resolve(folder, main);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    return found.isDirectory() ? path : dirname(path);
}

/** What a folder's package.json says, if it has one. */
function manifestIn(folder: string): Readonly<Record<string, unknown>> | undefined {
    const file = join(folder, "package.json");
    return existsSync(file) ? Object(JSON.parse(readFileSync(file, "utf8"))) : undefined;
}

/** The TypeScript that a program begins with: what Pulumi.yaml's `main` names, or package.json's, or index.ts. */
function entryOf({ folder, main }: Project, programFolder: string): string | undefined {
    const { main: named = "index.ts" } = manifestIn(programFolder) ?? {};
    const files = [
        resolve(folder, main ?? "."),
        resolve(programFolder, String(named)),
        join(programFolder, "index.ts"),
    ];
    return files.find((file) => /\.tsx?$/.test(file) && existsSync(file));
}

/** Programs that are ES modules are left to the engine: a thread cannot be told how to compile them. */
function isModule(folder: string): boolean {
    const manifest = manifestIn(folder);
    if (manifest !== undefined) return manifest["type"] === "module";
    return dirname(folder) !== folder && isModule(dirname(folder));
}

/** Where, and with what environment, the engine would have started a provider's process; returns the way back. */
function enter(folder: string, environment: NodeJS.ProcessEnv): () => void {
    const before = { folder: process.cwd(), environment: { ...process.env } };
    process.chdir(folder);
    Object.assign(process.env, environment);
    return () => {
        process.chdir(before.folder);
        for (const name of Object.keys(process.env)) if (!(name in before.environment)) delete process.env[name];
        Object.assign(process.env, before.environment);
    };
}

/**
 * Makes this process what the engine finds its programs and dynamic providers in, or does nothing where that would not be the same as what
 * it does itself: docs/engine.md, "One process".
 */
export async function startInline(
    project: Project,
    args: readonly string[],
    environment: NodeJS.ProcessEnv,
): Promise<Inline | undefined> {
    const runs = runsOf(args);
    const { LINUXNET_PLAIN, PULUMI_DEBUG_PROVIDERS, PULUMI_LANGUAGE_NODEJS_RUN_PATH } = environment;
    if (runs === undefined || LINUXNET_PLAIN || PULUMI_DEBUG_PROVIDERS || PULUMI_LANGUAGE_NODEJS_RUN_PATH)
        return undefined;
    const { name, options } = project.runtime;
    const isUnderstood = name === "nodejs" && Object.keys(options).every((option) => UNDERSTOOD.includes(option));
    const folder = folderOf(project);
    if (!isUnderstood || folder === undefined || isModule(folder) || args.some((arg) => OWN_WAY.test(arg)))
        return undefined;
    const runtime = runtimeOf(folder);
    const pulumi = runtime && loadPulumi();
    if (!runtime || !pulumi) return undefined;

    optimizeLater();
    const leave = enter(folder, environment);
    const inline = await serve(pulumi, {
        project: project.name,
        runtime,
        isDebugging: args.some((arg) => DEBUGGING.test(arg)),
        isTypeScript: options["typescript"] !== false,
        entry: entryOf(project, folder),
        environment,
        runs,
    });
    return {
        ...inline,
        async end() {
            await inline.end();
            leave();
        },
    };
}
