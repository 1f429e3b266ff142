import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { findEngine } from "../toolchain/engine.mjs";
import { packageFolder } from "../toolchain/package.mjs";

function printVersion(): void {
    const { name, version }: { name: string; version: string } = JSON.parse(
        readFileSync(join(packageFolder, "package.json"), "utf8"),
    );
    const engine = findEngine();
    console.log(`${name} ${version}`);
    console.log(
        engine === undefined
            ? "no Pulumi engine yet: run linuxnet setup"
            : `Pulumi ${engine.version} in ${engine.folder}`,
    );
}

export const addVersion = (program: Command): Command =>
    program.option("--version", "the versions of linuxnet and of the engine").on("option:version", () => {
        printVersion();
        process.exit(0);
    });
