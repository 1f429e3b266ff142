import { existsSync, readFileSync } from "node:fs";

/** @typedef {{ outcome: "passed" | "failed" | "skipped", suite: string, title: string, reason?: string }} Result */

/**
 * What a suite's tests have written, one JSON object a line; and a failure for each way in which a suite can seem to pass.
 *
 * @param {string} suite
 * @param {string} file
 * @param {{ code: number | null, mustLookAround: boolean }} end
 * @returns {Result[]}
 */
export function readResults(suite, file, { code, mustLookAround }) {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    const lines = text.split("\n").filter((line) => line !== "");
    const found = lines.map((line) => ({ suite, ...JSON.parse(line) }));
    const results = found.filter(({ outcome }) => outcome !== "end").map(failUnexplained);
    const hasTests = results.some(({ title }) => title !== "leaves nothing behind");
    /** @param {string} title */
    const fail = (title) => results.push({ outcome: "failed", suite, title });
    if (!found.some(({ outcome }) => outcome === "end")) fail(`did not run to its end (exit code ${code})`);
    if (!hasTests) fail("has no tests");
    if (mustLookAround && !results.some(({ title }) => title === "leaves nothing behind")) {
        fail("could not be looked after: what it has left behind is unknown");
    }
    if (code !== 0 && !results.some(({ outcome }) => outcome === "failed")) fail(`ended with exit code ${code}`);
    return results;
}

/**
 * @param {Result} result
 * @returns {Result}
 */
function failUnexplained(result) {
    if (result.outcome !== "skipped" || result.reason !== undefined) return result;
    return { ...result, outcome: "failed", reason: "skipped without a reason" };
}

/**
 * The end of what is printed: what failed, what was skipped and why, and the count as the last line.
 *
 * @param {readonly Result[]} results
 */
export function summary(results) {
    /** @param {Result["outcome"]} outcome */
    const all = (outcome) => results.filter((result) => result.outcome === outcome);
    const [passed, failed, skipped] = [all("passed"), all("failed"), all("skipped")];
    const counts = [`${passed.length} passed`, `${failed.length} failed`];
    if (skipped.length > 0) counts.push(`${skipped.length} skipped`);
    return [...named("Skipped", skipped), ...named("Failed", failed), counts.join(", ")].join("\n");
}

/**
 * @param {string} heading
 * @param {readonly Result[]} results
 */
function named(heading, results) {
    if (results.length === 0) return [];
    const lines = results.map(({ suite, title, reason }) => {
        const why = reason === undefined || reason === "" ? "" : `: ${reason.trim().replaceAll("\n", "\n      ")}`;
        return `  ${suite}: ${title}${why}`;
    });
    return [`${heading}:`, ...lines, ""];
}
