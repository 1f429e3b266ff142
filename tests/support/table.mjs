/** @typedef {import("./suite/results.mjs").Result} Result */

/**
 * How many tests of each run passed, failed and were skipped, as a table in Markdown.
 *
 * @param {readonly string[]} heading of the columns that say which run it is
 * @param {readonly { names: readonly string[], results: readonly Result[] }[]} runs
 */
export function resultTable(heading, runs) {
    /** @type {readonly Result["outcome"][]} */
    const outcomes = ["passed", "failed", "skipped"];
    const rows = runs.map(({ names, results }) => [
        ...names,
        ...outcomes.map((outcome) => String(results.filter((result) => result.outcome === outcome).length)),
    ]);
    const first = [...heading, ...outcomes];
    const widths = first.map((word, at) => Math.max(word.length, ...rows.map((row) => row[at]?.length ?? 0)));
    const [head, ...others] = [first, ...rows].map(
        (row) => `| ${row.map((word, at) => word.padEnd(widths[at] ?? 0)).join(" | ")} |`,
    );
    return [head, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...others].join("\n");
}
