import { Command } from "commander";
import { addCommands } from "./commands.js";
import { addCompletion } from "./completion.js";
import { addDestroy } from "./destroy.js";
import { addDoctor } from "./doctor.js";
import { addEnv } from "./env.js";
import { addExplain } from "./explain.js";
import { addGc } from "./gc.js";
import { addImport } from "./import.js";
import { addInit } from "./init.js";
import { addPreview } from "./preview.js";
import { addRefresh } from "./refresh.js";
import { addRootless } from "./rootless.js";
import { addSetup } from "./setup.js";
import { addUp } from "./up.js";
import { addVersion } from "./version.js";

/** In the order in which they are told of, below the heading of each: a file for each, of its name. */
const COMMANDS: readonly (readonly [string, readonly ((program: Command) => Command)[]])[] = [
    ["The lab of the Pulumi project in this folder:", [addUp, addPreview, addRefresh, addDestroy]],
    ["What there is, and why:", [addExplain, addCommands, addGc]],
    ["To begin with:", [addInit, addImport, addDoctor, addSetup, addRootless, addEnv, addCompletion]],
];

const FURTHER = `
Every other word is a command of Pulumi's, with all its options: stack, config, cancel, …
Where no stack is selected, the stack "dev" is made and selected. More: docs/engine.md.

It ends with 0 when all is well, with 1 when something failed or is not as asked, with 2 when it was called wrongly,
and as the engine ends where that was called.`;

/** What the words of a command line mean. */
export function linuxnet(): Command {
    const program = new Command("linuxnet")
        .usage("<command> [options]")
        .description(
            "Linux networking as code: labs of namespaces, links, routes and overlays, on this machine and on others.",
        )
        .helpOption("-h, --help", "this text")
        .helpCommand("help [command]", "what a command does, and what it takes")
        .enablePositionalOptions()
        .exitOverride()
        .configureOutput({ outputError: (said, write) => write(said.replace(/^error: /, "linuxnet: ")) })
        .showHelpAfterError('"linuxnet --help" tells what there is.')
        .addHelpText("after", FURTHER);
    addVersion(program);
    for (const [heading, commands] of COMMANDS) {
        program.commandsGroup(heading);
        for (const add of commands) {
            const command = add(program);
            command.showHelpAfterError(`"linuxnet ${command.name()} --help" tells what it takes.`);
        }
    }
    return program;
}
