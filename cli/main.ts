#!/usr/bin/env node
import { CommanderError } from "commander";
import { Failure, main } from "../toolchain/failure.mjs";
import { requireNode } from "../toolchain/node.mjs";
import { passOn } from "./engine.js";
import { engineWords } from "./engine-words.js";
import { behindCommand } from "./options.js";
import { linuxnet } from "./program.js";
import { similar } from "./similar.js";

/** A word of ours with a mistake in it; what the engine knows is the engine's, whatever it looks like. */
function refuseMisspelt(word: string, names: readonly string[]): void {
    const meant = similar(word, names);
    if (meant.length === 0 || engineWords([word]).some(({ value }) => value === word)) return;
    throw new Failure(
        `linuxnet: there is no command ${word}. Did you mean ${meant.join(", or ")}?\n"linuxnet --help" tells what there is.`,
        2,
    );
}

// Whoever reads what we print may have read enough (head -1): that is no mistake, and what is being done is done to its end.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
});

main(async () => {
    requireNode();
    const args = behindCommand(process.argv.slice(2));
    const program = linuxnet();
    const names = program.commands.map((one) => one.name());
    // Help is asked for about a command: ours, or one of the engine's.
    const [word = "help"] = args[0] === "help" ? args.slice(1) : args;
    if (word !== "help" && !word.startsWith("-") && !names.includes(word)) {
        refuseMisspelt(word, names);
        return passOn(args);
    }
    try {
        const isBare = args.length === 0 || (args[0] === "help" && word.startsWith("-"));
        await program.parseAsync(isBare ? ["--help"] : args, { from: "user" });
        return Number(process.exitCode ?? 0);
    } catch (error) {
        // What it is about has been said: help that was asked for, or a word that it does not know.
        if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
        throw error;
    }
    // What programs and providers have left open here holds nobody up.
}).then(() => process.exit());
