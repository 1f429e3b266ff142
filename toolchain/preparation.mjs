import { join } from "node:path";
import { build, isBuilt } from "./build.mjs";
import { findEngine } from "./engine.mjs";
import { provideEngine } from "./engine-install.mjs";
import { withLock } from "./lock.mjs";
import { requireNode } from "./node.mjs";
import { packageFolder } from "./package.mjs";
import { arePackagesInstalled, installPackages } from "./packages.mjs";
import { seconds, step } from "./steps.mjs";
import { installTools, missingTools } from "./tools.mjs";
import { requireRoot } from "./user.mjs";

/**
 * Makes a fresh checkout ready to run: npm packages, compiled sources, the system's tools and the engine. Where all is there it
 * only looks.
 *
 * @returns {Promise<import("./engine.mjs").Engine>}
 */
export async function prepare() {
    const started = performance.now();
    requireRoot();
    requireNode();
    const engine = (isPrepared() ? findEngine() : undefined) ?? (await prepareAlone());
    console.log(`Ready: Pulumi ${engine.version} in ${engine.folder} (${seconds(performance.now() - started)})`);
    return engine;
}

function isPrepared() {
    return arePackagesInstalled() && isBuilt() && missingTools().length === 0;
}

function prepareAlone() {
    return withLock(join(packageFolder, "toolchain"), async (lock) => {
        if (!arePackagesInstalled()) await step("Installing npm packages (npm ci)", () => installPackages(lock));
        if (!isBuilt()) await step("Compiling (tsc)", () => build(lock));
        await installTools();
        return provideEngine();
    });
}
