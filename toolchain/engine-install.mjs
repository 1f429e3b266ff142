import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { askVersion, engineFiles, findEngine, ourEngine, pulumiHome } from "./engine.mjs";
import { buildEngine } from "./engine-build.mjs";
import { downloadEngine } from "./engine-download.mjs";
import { Failure } from "./failure.mjs";
import { withLock } from "./lock.mjs";
import { isExecutable } from "./path.mjs";
import { step } from "./steps.mjs";

/** How Pulumi's engine can be had; the first that works is taken. */
const ways = [
    { title: `Downloading Pulumi ${ourEngine}`, fill: downloadEngine },
    {
        title: `Building Pulumi ${ourEngine} from its Go modules (once; about 6 minutes on two cores)`,
        fill: buildEngine,
    },
];

/**
 * The engine; fetched or built when this machine has none.
 *
 * @returns {Promise<import("./engine.mjs").Engine>}
 */
export async function provideEngine() {
    const found = findEngine();
    if (found !== undefined) return found;
    const versions = join(pulumiHome(), "versions");
    makeFolder(versions);
    return withLock(versions, async (lock) => findEngine() ?? (await installEngine(versions, lock)));
}

/**
 * @param {string} versions
 * @param {number} lock
 */
async function installEngine(versions, lock) {
    removeLeftovers(versions);
    const failures = [];
    for (const { title, fill } of ways) {
        try {
            return await step(title, () => installBy(fill, versions, lock));
        } catch (error) {
            if (!(error instanceof Failure) || error.exitCode > 128) throw error;
            failures.push(`${title}: ${error.message}`);
            console.log(`  ${error.message.split("\n", 1)}`);
        }
    }
    throw new Failure(
        [
            "There is no Pulumi engine on this machine, and none could be had.",
            ...failures,
            "Install Pulumi (https://www.pulumi.com/docs/install/), or make one of the above work, and run this again.",
        ].join("\n\n"),
    );
}

/**
 * Puts an engine together in a folder of its own and moves it to its place only when it is whole and runs: one that was
 * interrupted leaves nothing that could be taken for an engine.
 *
 * @param {(folder: string, lock: number) => Promise<void>} fill
 * @param {string} versions
 * @param {number} lock
 */
async function installBy(fill, versions, lock) {
    const temporary = mkdtempSync(join(versions, `.${ourEngine}-`));
    try {
        const folder = join(temporary, "bin");
        mkdirSync(folder);
        await fill(folder, lock);
        const lacking = engineFiles.filter((file) => !isExecutable(join(folder, file)));
        if (lacking.length > 0) throw new Failure(`incomplete, ${lacking.join(" and ")} missing`);
        if (askVersion(folder) !== ourEngine) throw new Failure(`"pulumi version" does not answer v${ourEngine}`);
        chmodSync(temporary, 0o755);
        const target = join(versions, ourEngine);
        if (existsSync(target)) renameSync(target, join(temporary, "incomplete"));
        renameSync(temporary, target);
        rmSync(join(target, "incomplete"), { recursive: true, force: true });
        return { folder: join(target, "bin"), version: ourEngine };
    } finally {
        rmSync(temporary, { recursive: true, force: true });
    }
}

/**
 * What killed installations left behind; whoever holds the lock may be sure that nobody needs it.
 *
 * @param {string} versions
 */
function removeLeftovers(versions) {
    for (const name of readdirSync(versions).filter((entry) => entry.startsWith(`.${ourEngine}-`))) {
        rmSync(join(versions, name), { recursive: true, force: true });
    }
}

/** @param {string} folder */
function makeFolder(folder) {
    try {
        mkdirSync(folder, { recursive: true });
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Failure(`The engine's folder cannot be made (PULUMI_HOME names another one): ${reason}`);
    }
}
