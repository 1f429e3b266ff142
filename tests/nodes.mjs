import { join } from "node:path";
import { Failure, main } from "../toolchain/failure.mjs";
import { requireRoot } from "../toolchain/user.mjs";
import { provideNode, Unavailable } from "./support/nodes/provide.mjs";
import { versions } from "./support/nodes/versions.mjs";
import { summary } from "./support/suite/results.mjs";
import { runSuite } from "./support/suite/suites.mjs";
import { resultTable } from "./support/table.mjs";

/**
 * Runs the unit tests, and some labs through the engine, with each Node that is supported, or those that are named:
 * node tests/nodes.mjs [VERSION ...]. The last line is the count.
 */
const names = process.argv.slice(2);

/** A lab that is deployed, changed and destroyed; and programs that run in one process and in the engine's own way, to the same end. */
const acceptance = ["router", "one-process"].map((name) => join("tests", "acceptance", `${name}.test.ts`));

/** As in npm test, but nobody waits for it: on a machine that does other work besides, a test may take longer. */
const suites = [
    { suite: { name: "unit", isPrivate: false, testSeconds: 60, limitMinutes: 20 }, args: [] },
    { suite: { name: "acceptance", isPrivate: true, testSeconds: 600, limitMinutes: 60 }, args: acceptance },
];

/** @typedef {import("./support/suite/results.mjs").Result} Result */

/**
 * @param {import("./support/nodes/versions.mjs").Node} wanted
 * @returns {Promise<Result[]>}
 */
async function runWith(wanted) {
    const title = `Node ${wanted.version}`;
    const results = [];
    try {
        const node = join(await provideNode(wanted), "node");
        for (const { suite, args } of suites) {
            console.log(`\n── ${title}, ${suite.name}`);
            results.push(...(await runSuite({ ...suite, node }, args, false)));
        }
    } catch (error) {
        if (!(error instanceof Failure) || error.exitCode > 128) throw error;
        const outcome = error instanceof Unavailable ? "skipped" : "failed";
        return [{ outcome, suite: title, title: "could not be had", reason: error.message }];
    }
    return results.map((result) => ({ ...result, suite: title }));
}

await main(async () => {
    requireRoot();
    const known = versions.map(({ version }) => version);
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) throw new Failure(`"${unknown}" is none of: ${known.join(", ")}`, 2);
    const runs = [];
    for (const wanted of versions.filter(({ version }) => names.length === 0 || names.includes(version))) {
        runs.push({ names: [wanted.version], results: await runWith(wanted) });
    }
    console.log(`\n${resultTable(["Node"], runs)}\n`);
    const results = runs.flatMap((one) => one.results);
    console.log(summary(results));
    const hasRun = results.some(({ outcome }) => outcome === "passed");
    return hasRun && results.every(({ outcome }) => outcome !== "failed") ? 0 : 1;
});
