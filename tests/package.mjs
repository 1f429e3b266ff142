import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { projectFolder } from "./support/suite/suites.mjs";

/**
 * What would be published, as npm packs it: publint has to have nothing to say of it, not even a suggestion. Needs dist/, and no network:
 * node tests/package.mjs
 */
const folder = mkdtempSync(join(tmpdir(), "linuxnet-package-"));
try {
    const { status, error } = spawnSync("npm", ["pack", "--silent", "--pack-destination", folder], {
        ...{ cwd: projectFolder, stdio: ["ignore", "ignore", "inherit"] },
    });
    const name = readdirSync(folder).find((file) => file.endsWith(".tgz"));
    if (status !== 0 || name === undefined) throw error ?? new Error("npm pack has failed");
    const { buffer } = new Uint8Array(readFileSync(join(folder, name)));
    const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
    for (const message of messages) console.log(`${message.type}: ${formatMessage(message, pkg ?? {})}`);
    console.log(`${name}: publint has ${messages.length === 0 ? "nothing" : messages.length} to say of it`);
    process.exitCode = messages.length === 0 ? 0 : 1;
} finally {
    rmSync(folder, { recursive: true, force: true });
}
