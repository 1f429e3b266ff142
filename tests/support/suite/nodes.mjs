import { provideNode } from "../nodes/provide.mjs";
import { versions } from "../nodes/versions.mjs";
import { withAvailable } from "../unavailable.mjs";

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
        const found = await withAvailable(suite, `Node ${wanted.version}`, async () => {
            folders.push(await provideNode(wanted));
            return [];
        });
        results.push(...found);
    }
    return { folders, results };
}
