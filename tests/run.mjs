import { join } from "node:path";
import { runChild } from "./support/suite/child.mjs";
import { summary } from "./support/suite/results.mjs";
import { projectFolder, runSuite, suites } from "./support/suite/suites.mjs";

/**
 * Runs the checks and the suites that are named, or all: node tests/run.mjs [NAME ...] [-- what mocha is to be told]. The last line
 * is the count.
 */
const tools = join(projectFolder, "node_modules", ".bin");
/** @type {ReadonlyMap<string, readonly string[]>} */
const checks = new Map([
    ["types", [join(tools, "tsc"), "-p", "tsconfig.json"]],
    ["page", [join(tools, "tsc"), "-p", "page/tsconfig.json"]],
    ["lint", [join(tools, "biome"), "ci"]],
    ["unused", [join(tools, "knip")]],
    ["package", [process.execPath, join(projectFolder, "tests", "package.mjs")]],
    ["docs", [process.execPath, join("docs", "site", "build.mjs")]],
]);

const known = [...checks.keys(), ...suites.map(({ name }) => name)];
const separator = process.argv.indexOf("--");
const names = process.argv.slice(2, separator === -1 ? undefined : separator);
const mochaArgs = separator === -1 ? [] : process.argv.slice(separator + 1);
const unknown = names.find((name) => !known.includes(name));
if (unknown !== undefined) {
    console.error(`"${unknown}" is none of: ${known.join(", ")}`);
    process.exit(2);
}

/**
 * @param {string} name
 * @param {readonly string[]} argv
 * @returns {Promise<import("./support/suite/results.mjs").Result[]>}
 */
async function runCheck(name, argv) {
    const code = await runChild(argv, { folder: projectFolder, limitMinutes: 5 });
    return [{ outcome: code === 0 ? "passed" : "failed", suite: name, title: argv.slice(1).join(" ") }];
}

/**
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 */
async function timed(name, work) {
    console.log(`\n── ${name}`);
    const started = performance.now();
    const result = await work();
    console.log(`   ${name} took ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return result;
}

/** One after the other, but for the suites in private namespaces: they know nothing of each other, and mostly wait. */
async function runAll() {
    const results = [];
    /** @param {string} name */
    const isWanted = (name) => names.length === 0 || names.includes(name);
    for (const [name, argv] of checks) {
        if (isWanted(name)) results.push(...(await timed(name, () => runCheck(name, argv))));
    }
    const wanted = suites.filter(({ name }) => isWanted(name));
    for (const suite of wanted.filter(({ isPrivate }) => !isPrivate)) {
        results.push(...(await timed(suite.name, () => runSuite(suite, mochaArgs, false))));
    }
    const apart = wanted.filter(({ isPrivate, isAlone }) => isPrivate && !isAlone);
    const runs = apart.map((suite, at) => timed(suite.name, () => runSuite(suite, mochaArgs, at > 0)));
    results.push(...(await Promise.all(runs)).flat());
    for (const suite of wanted.filter(({ isAlone }) => isAlone)) {
        results.push(...(await timed(suite.name, () => runSuite(suite, mochaArgs, false))));
    }
    return results;
}

try {
    const results = await runAll();
    console.log(`\n${summary(results)}`);
    process.exitCode = results.length === 0 || results.some(({ outcome }) => outcome === "failed") ? 1 : 0;
} catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
}
