import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { engineEnvironment } from "./engine-environment.mjs";
import { packageFolder } from "./package.mjs";

/** The lab that Pulumi.yaml in the root names, as it is deployed by npm start. */
export const stack = "dev";

/**
 * Where and how the engine runs for it. Its backend is a folder that Pulumi wants to find there.
 *
 * @param {import("./engine.mjs").Engine} engine
 * @returns {import("./engine-run.mjs").Place}
 */
export function quickStart(engine) {
    mkdirSync(join(packageFolder, ".state"), { recursive: true });
    return { cwd: packageFolder, environment: engineEnvironment(engine) };
}
