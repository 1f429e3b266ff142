#!/usr/bin/env node
import { Failure, main } from "../toolchain/failure.mjs";
import { requireNode } from "../toolchain/node.mjs";
import { commands as printCommands } from "./commands.js";
import { destroy } from "./destroy.js";
import { passOn } from "./engine.js";
import { printEnvironment } from "./env.js";
import { explain } from "./explain.js";
import { collectGarbage } from "./gc.js";
import { printHelp } from "./help.js";
import { importNetwork } from "./import.js";
import { isHelpWanted } from "./options.js";
import { preview } from "./preview.js";
import { runRootless } from "./rootless.js";
import { setUp } from "./setup.js";
import { up } from "./up.js";
import { printVersion } from "./version.js";

type Command = (args: readonly string[]) => Promise<number> | number;

/** A command that takes no arguments. */
function alone(command: () => Promise<number> | number): Command {
    return (args) => {
        if (args.length > 0) throw misuse(`it takes no arguments, and was given: ${args.join(" ")}`);
        return command();
    };
}

/** Our own words; any other word is the engine's. */
const commands = new Map<string, Command>([
    ["setup", alone(setUp)],
    ["env", alone(printEnvironment)],
    ["up", up],
    ["preview", preview],
    ["explain", explain],
    ["commands", printCommands],
    ["destroy", destroy],
    ["gc", collectGarbage],
    ["import", importNetwork],
    ["rootless", (args) => runRootless(args[0] === "--" ? args.slice(1) : args)],
    ["help", printHelp],
    ["--help", printHelp],
    ["-h", printHelp],
    ["--version", alone(printVersion)],
]);

main(async () => {
    requireNode();
    const [word = "help", ...rest] = process.argv.slice(2);
    const command = commands.get(word);
    if (command === undefined) {
        if (word.startsWith("-")) throw misuse(`unknown option ${word}`);
        return passOn([word, ...rest]);
    }
    // Behind the first word of a command that is run for somebody, options are that command's.
    return isHelpWanted(rest.slice(0, 1)) ? printHelp() : command(rest);
    // What programs and providers have left open here holds nobody up.
}).then(() => process.exit());

function misuse(message: string): Failure {
    return new Failure(`linuxnet: ${message}. "linuxnet --help" tells what there is.`, 2);
}
