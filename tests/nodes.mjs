import { join } from "node:path";
import { byVersion } from "./support/by-version.mjs";
import { provideNode } from "./support/nodes/provide.mjs";
import { versions } from "./support/nodes/versions.mjs";
import { runSuite } from "./support/suite/suites.mjs";

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

await byVersion({
    versions,
    names,
    columns: ["version"],
    title: "Node",
    run: async (wanted, title) => {
        const node = join(await provideNode(wanted), "node");
        const results = [];
        for (const { suite, args } of suites) {
            console.log(`\n── ${title}, ${suite.name}`);
            results.push(...(await runSuite({ ...suite, node }, args, false)));
        }
        return results;
    },
});
