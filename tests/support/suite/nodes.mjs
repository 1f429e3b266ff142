import { Failure } from "../../../toolchain/failure.mjs";
import { provideNode, Unavailable } from "../nodes/provide.mjs";
import { versions } from "../nodes/versions.mjs";

/** @param {string} version */
const majorOf = (version) => version.split(".", 1)[0];

/**
 * The Nodes of the other supported lines than ours, for the tests that run a program with each. This is done before, because they have
 * no way out to the package registry.
 *
 * @param {string} suite
 */
export async function otherNodes(suite) {
    /** @type {string[]} */
    const folders = [];
    /** @type {import("./results.mjs").Result[]} */
    const results = [];
    for (const wanted of versions) {
        if (majorOf(wanted.version) === majorOf(process.versions.node)) continue;
        try {
            folders.push(await provideNode(wanted));
        } catch (error) {
            if (!(error instanceof Failure) || error.exitCode > 128) throw error;
            const outcome = error instanceof Unavailable ? "skipped" : "failed";
            results.push({ outcome, suite, title: `Node ${wanted.version}`, reason: error.message });
        }
    }
    return { folders, results };
}
