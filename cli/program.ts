import { Command } from "commander";
import { examples } from "./action.js";
import { addCapture } from "./capture.js";
import { addCheck } from "./check.js";
import { addCommands } from "./commands.js";
import { addCompletion } from "./completion.js";
import { addDestroy } from "./destroy.js";
import { addDoctor } from "./doctor.js";
import { addEnv } from "./env.js";
import { addExec } from "./exec.js";
import { exitCodes } from "./exit-codes.js";
import { addExplain } from "./explain.js";
import { addGc } from "./gc.js";
import { addGraph } from "./graph.js";
import { addImport } from "./import.js";
import { addInit } from "./init.js";
import { addInspect } from "./inspect.js";
import { addLabs } from "./labs.js";
import { addPreview } from "./preview.js";
import { addRefresh } from "./refresh.js";
import { addRootless } from "./rootless.js";
import { addSetup } from "./setup.js";
import { addShell } from "./shell.js";
import { addTop } from "./top.js";
import { addUp } from "./up.js";
import { addVersion } from "./version.js";

const LAST = "To begin with:";

/** In the order in which they are told of, below the heading of each: a file for each, of its name. */
const COMMANDS: readonly (readonly [string, readonly ((program: Command) => Command)[]])[] = [
    ["The lab of the Pulumi project in this folder:", [addUp, addPreview, addRefresh, addDestroy]],
    ["What there is, and why:", [addExplain, addGraph, addLabs, addCommands, addGc]],
    ["In the lab that is deployed:", [addInspect, addCheck, addExec, addShell, addCapture, addTop]],
    [LAST, [addInit, addImport, addDoctor, addSetup, addRootless, addEnv, addCompletion]],
];

const FURTHER = `
Every other word is a command of Pulumi's, with all its options: stack, config,
cancel, … Where no stack is selected, the stack "dev" is made and selected.

Exit codes:
  0  all is well
  1  something failed, or is not as asked
  2  it was called wrongly
Words of Pulumi's own end as Pulumi ends. Each command's help says more.
In a pipe there are neither colours nor questions; NO_COLOR=1 switches colours
off at a terminal too. All of it: docs/cli.md.`;

const BEGINNING = examples(
    ["linuxnet doctor", "what is missing on this machine"],
    ["linuxnet init router my-lab", "a lab to begin with"],
    ["linuxnet preview", "what up would do, in network terms"],
    ["linuxnet up", "do it"],
);

/** A command in the list of all: its own help tells the options. */
function termOf(command: Command): string {
    const named = command.registeredArguments.filter((argument) => argument.name() !== "options");
    const words = named.map((argument) => {
        const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
        return argument.required ? `<${name}>` : `[${name}]`;
    });
    return [command.name(), ...words].join(" ");
}

/** What the words of a command line mean. */
export function linuxnet(): Command {
    const program = new Command("linuxnet")
        .usage("<command> [options]")
        .description(
            "Linux networking as code: labs of namespaces, links, routes and overlays, on this machine and on others.",
        )
        .configureHelp({ subcommandTerm: termOf })
        .helpOption("-h, --help", "this text")
        .addHelpCommand(
            new Command("help")
                .argument("[command]")
                .description("what a command does, and what it takes")
                .helpGroup(LAST),
        )
        .enablePositionalOptions()
        .exitOverride()
        .configureOutput({ outputError: (said, write) => write(said.replace(/^error: /, "linuxnet: ")) })
        .showHelpAfterError('"linuxnet --help" tells what there is.')
        .addHelpText("after", BEGINNING)
        .addHelpText("after", FURTHER);
    addVersion(program);
    for (const [heading, commands] of COMMANDS) {
        program.commandsGroup(heading);
        for (const add of commands) {
            const command = add(program);
            command.addHelpText("after", exitCodes(command.name()));
            command.showHelpAfterError(`"linuxnet ${command.name()} --help" tells what it takes.`);
        }
    }
    return program;
}
