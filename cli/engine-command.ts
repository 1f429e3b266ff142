import type { Command } from "commander";
import { ending } from "./action.js";

/** A command of the engine's that is run in our way: its options are passed on as they are, and the engine's help tells them. */
export const addEngineCommand = (
    program: Command,
    name: string,
    description: string,
    work: (args: readonly string[]) => Promise<number>,
): Command =>
    program
        .command(name)
        .description(description)
        .usage("[options of the engine]")
        .argument(
            "[options...]",
            `those of "pulumi ${name}", passed on as they are: "pulumi ${name} --help" tells them`,
        )
        .allowUnknownOption()
        .passThroughOptions()
        .action(ending((args: string[]) => work(args)));
