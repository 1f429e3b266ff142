import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder of this package: the checkout, or the folder in node_modules it was installed into. Searched upwards, because
 * this module runs from toolchain/ and, compiled beside the command line, from dist/toolchain/.
 */
export const packageFolder = findPackage(dirname(fileURLToPath(import.meta.url)));

/**
 * The folder of a package that this one depends on.
 *
 * @param {string} name
 */
export function dependencyFolder(name) {
    return dirname(createRequire(join(packageFolder, "package.json")).resolve(`${name}/package.json`));
}

/**
 * @param {string} folder
 * @returns {string}
 */
function findPackage(folder) {
    return existsSync(join(folder, "package.json")) ? folder : findPackage(dirname(folder));
}
