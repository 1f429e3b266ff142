import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command.mjs";
import { packageFolder } from "./package.mjs";

const output = join(packageFolder, "dist");
/** Its time is when the last good build began. */
const stamp = join(output, ".built");
const sources = ["sdk", "provider", "model", "cli", "toolchain"];
const settings = ["tsconfig.json", "tsconfig.build.json", "node_modules/.package-lock.json"];

/** Whether dist/ is newer than all it is made from. Folders count too: a file that is gone changes its folder's time. */
export function isBuilt() {
    if (!existsSync(stamp)) return false;
    const builtAt = statSync(stamp).mtimeMs;
    return [...settings, ...sources.flatMap(filesBelow)].every((path) => changedAt(path) < builtAt);
}

/**
 * Compiles everything, and then removes what an earlier build made from sources that are no more.
 *
 * @param {number} lock
 */
export async function build(lock) {
    const started = new Date();
    rmSync(stamp, { force: true });
    await run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], {
        cwd: packageFolder,
        lock,
    });
    for (const file of filesBelow("dist")) {
        if (!hasSource(file)) rmSync(join(packageFolder, file), { recursive: true, force: true });
    }
    chmodSync(join(output, "cli/main.js"), 0o755);
    mkdirSync(output, { recursive: true });
    writeFileSync(stamp, "");
    utimesSync(stamp, started, started);
}

/** @param {string} path relative to the package, of a compiled file */
function hasSource(path) {
    const source = path.replace(/^dist\//, "").replace(/(\.d)?\.(m?)[jt]s$/, ".$2");
    if (source === path.replace(/^dist\//, "")) return true;
    return [`${source}ts`, `${source}js`].some((candidate) => existsSync(join(packageFolder, candidate)));
}

/**
 * @param {string} folder relative to the package
 * @returns {string[]} the folder, and all files and folders below it, relative to the package
 */
function filesBelow(folder) {
    const entries = existsSync(join(packageFolder, folder))
        ? readdirSync(join(packageFolder, folder), { withFileTypes: true })
        : [];
    return [
        folder,
        ...entries.flatMap((entry) => {
            const path = join(folder, entry.name);
            return entry.isDirectory() ? filesBelow(path) : [path];
        }),
    ];
}

/** @param {string} path */
function changedAt(path) {
    return statSync(join(packageFolder, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
