import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runChild } from "../tests/support/suite/child.mjs";
import { inPrivateNamespaces, projectFolder } from "../tests/support/suite/suites.mjs";
import { provideTools } from "../tests/support/suite/tools.mjs";

/** Runs the benches that are named, or all, each on a machine of its own: node benches/run.mjs [over-ssh ...] */
const here = fileURLToPath(new URL(".", import.meta.url));
const known = readdirSync(here).flatMap((file) =>
    file.endsWith(".bench.ts") ? [file.slice(0, -".bench.ts".length)] : [],
);
const names = process.argv.length > 2 ? process.argv.slice(2) : known;
const unknown = names.find((name) => !known.includes(name));
const trouble = unknown === undefined ? await provideTools() : `"${unknown}" is none of: ${known.join(", ")}`;
if (trouble !== undefined) {
    console.error(trouble);
    process.exit(2);
}
const results = join(here, "results");
for (const name of names) {
    const temporary = mkdtempSync(join(tmpdir(), "linuxnet-bench-"));
    const environment = { ...process.env, TMPDIR: temporary, LINUXNET_BENCH_RESULTS: results };
    try {
        const argv = [...inPrivateNamespaces(), join(here, `${name}.bench.ts`)];
        const code = await runChild(argv, { environment, folder: projectFolder, limitMinutes: 30 });
        if (code !== 0) process.exitCode = 1;
    } finally {
        rmSync(temporary, { recursive: true, force: true });
    }
}
