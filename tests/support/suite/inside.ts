import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { type Folders, leftBehind, lookAround } from "../leftovers";

/** Runs one suite's tests inside of the private namespaces, and counts as one more test that they leave nothing behind. */
async function main(): Promise<void> {
    const [resultsFile = "", ...mocha] = process.argv.slice(2);
    const folders: Folders = {
        system: ["/run", "/etc/sysctl.d"],
        own: [process.env.TMPDIR, process.env.LINUXNET_TEST_WORK].filter((folder) => folder !== undefined),
    };
    const before = await lookAround(folders);
    const child = spawn(process.execPath, mocha, { stdio: ["ignore", "inherit", "inherit"] });
    const [code] = await once(child, "close");
    const left = await leftBehind(before, folders);
    const title = "leaves nothing behind";
    const result =
        left.length === 0 ? { outcome: "passed", title } : { outcome: "failed", title, reason: left.join("\n") };
    appendFileSync(resultsFile, `${JSON.stringify(result)}\n`);
    process.exitCode = typeof code === "number" ? code : 1;
}

main();
