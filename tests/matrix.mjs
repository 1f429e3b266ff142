import { byVersion } from "./support/by-version.mjs";
import { provideIproute } from "./support/matrix/provide.mjs";
import { versions } from "./support/matrix/versions.mjs";
import { runSuite } from "./support/suite/suites.mjs";

/**
 * Runs the integration tests with each iproute2 that can be had, or those that are named: node tests/matrix.mjs [VERSION ...]
 * [-- what mocha is to be told]. The last line is the count.
 */
const separator = process.argv.indexOf("--");
const names = process.argv.slice(2, separator === -1 ? undefined : separator);
const mochaArgs = separator === -1 ? [] : process.argv.slice(separator + 1);

/** As in npm test, but nobody waits for it: on a machine that does other work besides, a test may take longer. */
const integration = { name: "integration", isPrivate: true, testSeconds: 600, limitMinutes: 180 };

await byVersion({
    versions,
    names,
    columns: ["version", "from"],
    title: "iproute2",
    run: async (wanted, title) => {
        console.log(`\n── ${title}`);
        process.env["LINUXNET_TEST_IPROUTE2"] = await provideIproute(wanted);
        return runSuite(integration, mochaArgs, false);
    },
});
