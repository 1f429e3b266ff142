import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { completeEnvironment, findProgram, isExecutable } from "./path.mjs";
import { compareVersions, isAtLeast } from "./version.mjs";

/** The oldest engine that knows all that the resources ask of it, and the one that is fetched or built when there is none. */
export const oldestEngine = "3.248.0";
export const ourEngine = "3.259.0";

/** What an engine for Node programs consists of; the last one starts the process that dynamic providers live in. */
export const engineFiles = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

/** @typedef {{ folder: string, version: string }} Engine */

/** @param {NodeJS.ProcessEnv} environment */
export function pulumiHome(environment = process.env) {
    return environment.PULUMI_HOME || join(environment.HOME || homedir(), ".pulumi");
}

/**
 * The engine to use: the one on PATH, else the one that Pulumi's installer left in its home, else the newest of those that
 * Pulumi's Automation API, or we, have put into its home's versions.
 *
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Engine | undefined}
 */
export function findEngine(environment = process.env) {
    return (
        findEngineOnPath(environment) ?? engineIn(join(pulumiHome(environment), "bin")) ?? newestVersion(environment)
    );
}

/**
 * The version that an engine says it is, or undefined when it does not run.
 *
 * @param {string} folder
 */
export function askVersion(folder) {
    const { stdout, status } = spawnSync(join(folder, "pulumi"), ["version"], {
        encoding: "utf8",
        env: { ...completeEnvironment(), PULUMI_SKIP_UPDATE_CHECK: "true" },
        timeout: 20_000,
    });
    return status === 0 ? /^v(\S+)/.exec(stdout)?.[1] : undefined;
}

/** @param {NodeJS.ProcessEnv} environment */
function findEngineOnPath(environment) {
    const folders = (environment.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
    const [pulumi, ...others] = engineFiles.map((file) => findProgram(file, folders));
    if (pulumi === undefined || others.includes(undefined)) return undefined;
    return usable(dirname(pulumi));
}

/** @param {NodeJS.ProcessEnv} environment */
function newestVersion(environment) {
    const versions = join(pulumiHome(environment), "versions");
    const names = existsSync(versions) ? readdirSync(versions).filter((name) => /^\d/.test(name)) : [];
    for (const name of names.sort(compareVersions).reverse()) {
        const engine = engineIn(join(versions, name, "bin"));
        if (engine !== undefined) return engine;
    }
    return undefined;
}

/** @param {string} folder */
function engineIn(folder) {
    return engineFiles.every((file) => isExecutable(join(folder, file))) ? usable(folder) : undefined;
}

/**
 * @param {string} folder
 * @returns {Engine | undefined}
 */
function usable(folder) {
    const version = versionInPath(folder) ?? askVersion(folder);
    return version !== undefined && isAtLeast(version, oldestEngine) ? { folder, version } : undefined;
}

/**
 * Starting an engine to ask takes a tenth of a second; where the folder has the version's name there is no need to.
 *
 * @param {string} folder
 */
function versionInPath(folder) {
    const parent = dirname(folder);
    return basename(dirname(parent)) === "versions" ? /^\d+\.\d+\.\d+$/.exec(basename(parent))?.[0] : undefined;
}
