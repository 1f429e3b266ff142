import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, main } from "../toolchain/failure.mjs";
import { requireRoot } from "../toolchain/user.mjs";
import { summary } from "./support/suite/results.mjs";
import { projectFolder, runSuite } from "./support/suite/suites.mjs";

/**
 * Writes down what this version makes of a program: its state, and its records on the machine, for the tests of all later ones. Once for each
 * release: node tests/states.mjs FROM, where FROM is the version whose program is taken over when there is none yet.
 */
const folder = join(projectFolder, "tests", "states");

await main(async () => {
    requireRoot();
    const { version } = JSON.parse(readFileSync(join(projectFolder, "package.json"), "utf8"));
    const own = join(folder, version);
    const [from = version] = process.argv.slice(2);
    if (!existsSync(join(folder, from)))
        throw new Failure(`tests/states has no ${from}; name a version that it has`, 2);
    const isProgram = (/** @type {string} */ path) => !/(state|records)\.json$/.test(path);
    if (!existsSync(own)) cpSync(join(folder, from), own, { recursive: true, filter: isProgram });
    const suite = { name: "states", isPrivate: true, testSeconds: 300, limitMinutes: 10 };
    const environment = { LINUXNET_STATE_VERSION: version };
    const results = await runSuite({ ...suite, environment }, ["tests/states/write.test.ts"], false);
    console.log(`\n${summary(results)}`);
    return results.every(({ outcome }) => outcome === "passed") ? 0 : 1;
});
