import { Failure, main } from "../toolchain/failure.mjs";
import { requireRoot } from "../toolchain/user.mjs";
import { provideIproute, Unavailable } from "./support/matrix/provide.mjs";
import { versions } from "./support/matrix/versions.mjs";
import { summary } from "./support/suite/results.mjs";
import { runSuite } from "./support/suite/suites.mjs";
import { resultTable } from "./support/table.mjs";

/**
 * Runs the integration tests with each iproute2 that can be had, or those that are named: node tests/matrix.mjs [VERSION ...]
 * [-- what mocha is to be told]. The last line is the count.
 */
const separator = process.argv.indexOf("--");
const names = process.argv.slice(2, separator === -1 ? undefined : separator);
const mochaArgs = separator === -1 ? [] : process.argv.slice(separator + 1);
const variable = "LINUXNET_TEST_IPROUTE2";

/** As in npm test, but nobody waits for it: on a machine that does other work besides, a test may take longer. */
const integration = { name: "integration", isPrivate: true, testSeconds: 600, limitMinutes: 180 };

/** @typedef {import("./support/suite/results.mjs").Result} Result */

/**
 * @param {import("./support/matrix/versions.mjs").Iproute} wanted
 * @returns {Promise<Result[]>}
 */
async function runWith(wanted) {
    const suite = `iproute2 ${wanted.version}`;
    console.log(`\n── ${suite}`);
    try {
        const folder = await provideIproute(wanted);
        process.env[variable] = folder;
        return (await runSuite(integration, mochaArgs, false)).map((result) => ({ ...result, suite }));
    } catch (error) {
        if (!(error instanceof Failure) || error.exitCode > 128) throw error;
        const outcome = error instanceof Unavailable ? "skipped" : "failed";
        return [{ outcome, suite, title: "could not be had", reason: error.message }];
    }
}

await main(async () => {
    requireRoot();
    const known = versions.map(({ version }) => version);
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) throw new Failure(`"${unknown}" is none of: ${known.join(", ")}`, 2);
    const runs = [];
    for (const wanted of versions.filter(({ version }) => names.length === 0 || names.includes(version))) {
        runs.push({ ...wanted, results: await runWith(wanted) });
    }
    const rows = runs.map(({ version, from, results }) => ({ names: [version, from], results }));
    console.log(`\n${resultTable(["iproute2", "from"], rows)}\n`);
    const results = runs.flatMap((one) => one.results);
    console.log(summary(results));
    const hasRun = results.some(({ outcome }) => outcome === "passed");
    return hasRun && results.every(({ outcome }) => outcome !== "failed") ? 0 : 1;
});
