import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Failure, main } from "../toolchain/failure.mjs";
import { requireRoot } from "../toolchain/user.mjs";
import { summary } from "./support/suite/results.mjs";
import { projectFolder, runSuite, suites } from "./support/suite/suites.mjs";
import { provideTools } from "./support/suite/tools.mjs";

/**
 * Runs all cases of all families of a suite, or of the files that are named: node tests/full.mjs faults|exact [FILE ...]. They
 * mostly wait (for the engine, for the kernel), so that several are under way at a time, each on a machine of its own. It ends with
 * a line for each family, and the count.
 */
const LANES = 5;

/** Into how many parts the cases of a file are dealt, the longest first. What is not named comes last, as one. */
const PARTS = new Map([
    ["together.test.ts", 1],
    ["killed-engine.test.ts", 2],
    ["failing.test.ts", 4],
    ["edits.test.ts", 2],
    ["drift.test.ts", 2],
    ["explained.test.ts", 2],
    ["killed.test.ts", 2],
]);

const [suiteName = "faults", ...names] = process.argv.slice(2);
const folder = join("tests", suiteName);
const suite = suites.find(({ name, environment }) => name === suiteName && environment !== undefined);
if (suite === undefined) throw new Error(`there are no families in ${suiteName}`);

/** @typedef {{ file: string, shard: string }} Part */

/** @returns {Part[]} */
function allParts() {
    const named = names.map((file) => basename(file));
    const files = readdirSync(join(projectFolder, folder)).filter((file) => file.endsWith(".test.ts"));
    const wanted = named.length > 0 ? files.filter((file) => named.includes(file)) : files;
    const isOne = process.env["LINUXNET_CASES_ONLY"] !== undefined;
    /** @param {string} file */
    const partsOf = (file) => (isOne ? 1 : (PARTS.get(file) ?? 1));
    const parts = wanted.flatMap((file) =>
        Array.from({ length: partsOf(file) }, (_, at) => ({ file, shard: `${at + 1}/${partsOf(file)}` })),
    );
    /** @param {Part} part */
    const rank = ({ file }) => (PARTS.has(file) ? [...PARTS.keys()].indexOf(file) : PARTS.size);
    return parts.sort((a, b) => rank(a) - rank(b));
}

/**
 * @param {Part} part
 * @param {string} report
 */
async function run({ file, shard }, report) {
    const started = performance.now();
    const environment = {
        ...suite?.environment,
        LINUXNET_CASES: "full",
        LINUXNET_CASES_SHARD: shard,
        LINUXNET_CASES_REPORT: report,
    };
    const results = await runSuite(
        { .../** @type {NonNullable<typeof suite>} */ (suite), environment },
        [join(folder, file)],
        true,
    );
    console.log(`   ${file} ${shard} took ${((performance.now() - started) / 60_000).toFixed(1)} min\n`);
    return results.map((result) => ({ ...result, suite: `${file} ${shard}` }));
}

/**
 * The line of each family, over all of its parts.
 *
 * @param {string} report
 */
function familyLines(report) {
    if (!existsSync(report)) return [];
    /** @type {Map<string, { passed: number, failed: number, seed: number }>} */
    const families = new Map();
    for (const line of readFileSync(report, "utf8")
        .split("\n")
        .filter((text) => text !== "")) {
        const { name, passed, failed, seed } = JSON.parse(line);
        const known = families.get(name) ?? { passed: 0, failed: 0, seed };
        families.set(name, { passed: known.passed + passed, failed: known.failed + failed, seed });
    }
    return Array.from(families, ([name, { passed, failed, seed }]) => {
        return `${name}: ${passed + failed} cases, ${passed} passed, ${failed} failed, seed ${seed}`;
    }).sort();
}

await main(async () => {
    requireRoot();
    // Once, before several want it at a time.
    const problem = await provideTools();
    if (problem !== undefined) throw new Failure(problem);
    const own = mkdtempSync(join(tmpdir(), "linuxnet-families-"));
    try {
        const report = join(own, "families.jsonl");
        const parts = allParts();
        /** @type {import("./support/suite/results.mjs").Result[]} */
        const results = [];
        const lane = async () => {
            for (let part = parts.shift(); part !== undefined; part = parts.shift())
                results.push(...(await run(part, report)));
        };
        await Promise.all(Array.from({ length: LANES }, lane));
        console.log([...familyLines(report), "", summary(results)].join("\n"));
        return results.length === 0 || results.some(({ outcome }) => outcome === "failed") ? 1 : 0;
    } finally {
        rmSync(own, { recursive: true });
    }
});
