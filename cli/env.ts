import { delimiter } from "node:path";
import type { Command } from "commander";
import { engineEnvironment } from "../toolchain/engine-environment.mjs";
import { ending, examples } from "./action.js";
import { requireEngine } from "./engine.js";

/**
 * Prints, for a shell to evaluate, what the engine needs and the shell does not have. To PATH it only adds the engine: npx has put
 * folders of its own on ours, which are no business of the shell's.
 */
function printEnvironment(): number {
    const engine = requireEngine();
    const folders = (process.env.PATH ?? "").split(delimiter);
    if (!folders.includes(engine.folder)) console.log(`export PATH=${quote(engine.folder)}:"$PATH"`);
    for (const [name, value] of Object.entries(engineEnvironment(engine))) {
        const isMissing = value !== undefined && value !== process.env[name];
        if (isMissing && name !== "PATH") console.log(`export ${name}=${quote(value)}`);
    }
    return 0;
}

function quote(value: string): string {
    return `'${value.replaceAll("'", "'\\''")}'`;
}

export const addEnv = (program: Command): Command =>
    program
        .command("env")
        .description('print what to set so that plain "pulumi" works')
        .action(ending(() => printEnvironment()))
        .addHelpText("after", examples(['eval "$(npx linuxnet env)"', "for this shell"]));
