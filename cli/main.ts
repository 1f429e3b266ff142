#!/usr/bin/env node
import { CommanderError } from "commander";
import { main } from "../toolchain/failure.mjs";
import { requireNode } from "../toolchain/node.mjs";
import { passOn } from "./engine.js";
import { linuxnet } from "./program.js";

main(async () => {
    requireNode();
    const args = process.argv.slice(2);
    const program = linuxnet();
    const [word = "help"] = args;
    const isOwn = word === "help" || word.startsWith("-") || program.commands.some((one) => one.name() === word);
    if (!isOwn) return passOn(args);
    try {
        await program.parseAsync(args.length === 0 ? ["--help"] : args, { from: "user" });
        return Number(process.exitCode ?? 0);
    } catch (error) {
        // What it is about has been said: help that was asked for, or a word that it does not know.
        if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
        throw error;
    }
    // What programs and providers have left open here holds nobody up.
}).then(() => process.exit());
