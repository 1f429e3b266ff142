import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runChild } from "./child.mjs";

/** In bytes, far from what there is: whoever gets here should know what for. docs/versions.md, "Size". */
const limits = { tarball: 500_000, install: 150_000_000 };

/**
 * What an outside user gets: packs the project as it would be published, and installs that into a folder that has nothing else.
 * This is done before the tests that use it because they have no way out to the package registry.
 *
 * @param {string} suite
 * @param {string} projectFolder
 * @param {string} folder
 * @returns {Promise<import("./results.mjs").Result[]>} the first one is about whether it is there
 */
export async function installPackage(suite, projectFolder, folder) {
    const title = "the packed package can be installed into an empty folder";
    const packed = await npm(projectFolder, "pack", "--pack-destination", folder);
    const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
    if (packed !== 0 || tarball === undefined)
        return [{ outcome: "failed", suite, title, reason: "npm pack has failed" }];
    writeFileSync(join(folder, "package.json"), `${JSON.stringify({ name: "outside", private: true })}\n`);
    const installed = await npm(folder, "install", "--prefer-offline", "--no-audit", "--no-fund", `./${tarball}`);
    if (installed !== 0) return [{ outcome: "failed", suite, title, reason: "npm install has failed" }];
    const sizes = { tarball: statSync(join(folder, tarball)).size, install: sizeOf(join(folder, "node_modules")) };
    return [{ outcome: "passed", suite, title }, judge(suite, sizes)];
}

/**
 * @param {string} suite
 * @param {typeof limits} sizes
 * @returns {import("./results.mjs").Result}
 */
function judge(suite, { tarball, install }) {
    const text = `tarball ${tarball.toLocaleString("en")} bytes, install ${install.toLocaleString("en")} bytes`;
    console.log(`  ${text}`);
    const title = "the package is small enough";
    const isFine = tarball <= limits.tarball && install <= limits.install;
    return isFine
        ? { outcome: "passed", suite, title }
        : { outcome: "failed", suite, title, reason: `${text}; at most ${JSON.stringify(limits)}` };
}

/**
 * Of all files below a folder, without what the file system adds to them.
 *
 * @param {string} folder
 */
function sizeOf(folder) {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

/**
 * @param {string} folder
 * @param {readonly string[]} args
 */
function npm(folder, ...args) {
    return runChild(["npm", "--loglevel", "error", ...args], { folder, limitMinutes: 5 });
}
