import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findEngine } from "../toolchain/engine.mjs";
import { packageFolder } from "../toolchain/package.mjs";

export function printVersion(): number {
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
    return 0;
}
