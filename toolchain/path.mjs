import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** Where a system keeps its programs; a service's PATH, or a user's, often lacks the half of it. */
const systemFolders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/**
 * The folders programs are searched in: those of PATH, then the system's own.
 *
 * @param {NodeJS.ProcessEnv} environment
 */
export function searchPath(environment = process.env) {
    const named = (environment.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
    return [...named, ...systemFolders.filter((folder) => !named.includes(folder))];
}

/**
 * The first executable file of that name, or undefined.
 *
 * @param {string} program
 * @param {readonly string[]} folders
 */
export function findProgram(program, folders = searchPath()) {
    return folders.map((folder) => join(folder, program)).find(isExecutable);
}

/** @param {string} file */
export function isExecutable(file) {
    try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
    } catch {
        return false;
    }
}

/**
 * The environment for programs we start: PATH complete, with this very Node the first one found (what npm and the engine start
 * calls plain `node`), and HOME set, which Go and Pulumi insist on.
 *
 * @param {NodeJS.ProcessEnv} environment
 * @param {readonly string[]} first folders that come before all others
 * @returns {NodeJS.ProcessEnv}
 */
export function completeEnvironment(environment = process.env, first = []) {
    const others = searchPath(environment).filter((folder) => !first.includes(folder));
    const folders = [...first, ...others];
    const node = findProgram("node", folders);
    const isOurNode = node !== undefined && realpathSync(node) === realpathSync(process.execPath);
    const path = isOurNode ? folders : [...first, dirname(process.execPath), ...others];
    return { ...environment, PATH: path.join(delimiter), HOME: environment.HOME || homedir() };
}
