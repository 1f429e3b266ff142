#!/usr/bin/env node
import { Failure, main } from "../toolchain/failure.mjs";
import { requireNode } from "../toolchain/node.mjs";
import { passOn } from "./engine.js";
import { printEnvironment } from "./env.js";
import { printHelp } from "./help.js";
import { setUp } from "./setup.js";
import { printVersion } from "./version.js";

/** Our own words; any other word is the engine's. */
const commands = new Map<string, () => Promise<number> | number>([
    ["setup", setUp],
    ["env", printEnvironment],
    ["help", printHelp],
    ["--help", printHelp],
    ["-h", printHelp],
    ["--version", printVersion],
]);

main(async () => {
    requireNode();
    const [word = "help", ...rest] = process.argv.slice(2);
    const command = commands.get(word);
    if (command === undefined) {
        if (word.startsWith("-")) throw misuse(`unknown option ${word}`);
        return passOn([word, ...rest]);
    }
    if (rest.includes("--help") || rest.includes("-h")) return printHelp();
    if (rest.length > 0) throw misuse(`"${word}" takes no arguments, and was given: ${rest.join(" ")}`);
    return command();
});

function misuse(message: string): Failure {
    return new Failure(`linuxnet: ${message}. "linuxnet --help" tells what there is.`, 2);
}
