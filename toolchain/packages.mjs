import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "./command.mjs";
import { Failure } from "./failure.mjs";
import { packageFolder } from "./package.mjs";
import { findProgram, searchPath } from "./path.mjs";

/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage */

/**
 * Whether node_modules holds what package-lock.json asks for. npm writes down what it installed, as the last thing it does; by
 * content and not by time, because a checkout gives files new times and an `npm install` writes the two in either order.
 */
export function arePackagesInstalled() {
    const installed = lockedPackages(join(packageFolder, "node_modules/.package-lock.json"));
    return Object.entries(lockedPackages(join(packageFolder, "package-lock.json"))).every(([path, wanted]) => {
        if (path === "" || wanted.optional === true) return true;
        const found = installed[path];
        return found?.version === wanted.version && found?.integrity === wanted.integrity;
    });
}

/** @param {number} lock */
export async function installPackages(lock) {
    const npm = findProgram("npm", [dirname(process.execPath), ...searchPath()]);
    if (npm === undefined) throw new Failure("npm is missing. It comes with Node: https://nodejs.org/en/download.");
    await run(npm, ["ci"], { cwd: packageFolder, lock });
}

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage>}
 */
function lockedPackages(file) {
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : {};
}
