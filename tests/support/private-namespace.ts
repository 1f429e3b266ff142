import { readlinkSync } from "node:fs";
import { join, relative } from "node:path";

/** Set by tests/run.mjs to the network namespace that it made for the tests. */
const variable = "LINUXNET_TEST_NETNS";
const folder = join(__dirname, "..");

/** What changes a kernel's network must not be run on a machine's own: refuses, unless tests/run.mjs has started us. */
export function requirePrivateNamespace(context: Mocha.Context): void {
    if (isPrivate()) return;
    const suites = context.test?.parent?.suites ?? [];
    const found = suites.find(({ file }) => file !== undefined && !relative(folder, file).startsWith("unit"));
    if (found?.file === undefined) return;
    const file = relative(folder, found.file);
    throw new Error(
        `tests/${file} changes the network of the namespace it runs in.\n` +
            `Run it in one of its own: node tests/run.mjs ${file.split("/")[0]} -- tests/${file}`,
    );
}

function isPrivate(): boolean {
    return process.env[variable] === readlinkSync("/proc/self/ns/net");
}
