import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runChild } from "./child.mjs";

/**
 * What an outside user gets: packs the project as it would be published, and installs that into a folder that has nothing else.
 * This is done before the tests that use it because they have no way out to the package registry.
 *
 * @param {string} suite
 * @param {string} projectFolder
 * @param {string} folder
 * @returns {Promise<import("./results.mjs").Result>}
 */
export async function installPackage(suite, projectFolder, folder) {
    const title = "the packed package can be installed into an empty folder";
    const packed = await npm(projectFolder, "pack", "--pack-destination", folder);
    const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
    if (packed !== 0 || tarball === undefined)
        return { outcome: "failed", suite, title, reason: "npm pack has failed" };
    writeFileSync(join(folder, "package.json"), `${JSON.stringify({ name: "outside", private: true })}\n`);
    const installed = await npm(folder, "install", "--prefer-offline", "--no-audit", "--no-fund", `./${tarball}`);
    return installed === 0
        ? { outcome: "passed", suite, title }
        : { outcome: "failed", suite, title, reason: "npm install has failed" };
}

/**
 * @param {string} folder
 * @param {readonly string[]} args
 */
function npm(folder, ...args) {
    return runChild(["npm", "--loglevel", "error", ...args], { folder, limitMinutes: 5 });
}
