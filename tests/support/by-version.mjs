import { Failure, main } from "../../toolchain/failure.mjs";
import { requireRoot } from "../../toolchain/user.mjs";
import { summary } from "./suite/results.mjs";
import { resultTable } from "./table.mjs";
import { withAvailable } from "./unavailable.mjs";

/** @typedef {import("./suite/results.mjs").Result} Result */

/**
 * Runs tests with each version of something, or with those that are named, and ends with a table and the count.
 *
 * @template {{ readonly version: string }} Version
 * @param {{
 *     versions: readonly Version[],
 *     names: readonly string[],
 *     columns: readonly (keyof Version & string)[],
 *     title: string,
 *     run: (wanted: Version, suite: string) => Promise<Result[]>,
 * }} what `title` and a version name a suite; of each version the table has these columns, the first under the title
 */
export const byVersion = ({ versions, names, columns, title, run }) =>
    main(async () => {
        requireRoot();
        const known = versions.map(({ version }) => version);
        const unknown = names.find((name) => !known.includes(name));
        if (unknown !== undefined) throw new Failure(`"${unknown}" is none of: ${known.join(", ")}`, 2);
        const runs = [];
        for (const wanted of versions.filter(({ version }) => names.length === 0 || names.includes(version))) {
            const suite = `${title} ${wanted.version}`;
            const found = await withAvailable(suite, "could not be had", () => run(wanted, suite));
            const results = found.map((result) => ({ ...result, suite }));
            runs.push({ names: columns.map((column) => String(wanted[column])), results });
        }
        console.log(`\n${resultTable([title, ...columns.slice(1)], runs)}\n`);
        const results = runs.flatMap((one) => one.results);
        console.log(summary(results));
        const hasRun = results.some(({ outcome }) => outcome === "passed");
        return hasRun && results.every(({ outcome }) => outcome !== "failed") ? 0 : 1;
    });
