import type { Command } from "commander";
import { ending, examples } from "./action.js";
import { runIn, wordsBehind } from "./exec/attached.js";
import { type StackOptions, withStackOptions } from "./options.js";

/** Runs a command in a place of the lab, and ends as it ends. */
const exec = (name: string, words: readonly string[], options: StackOptions): Promise<number> =>
    runIn(name, options, () => wordsBehind(words));

export const addExec = (program: Command): Command =>
    withStackOptions(program.command("exec"))
        .usage("[options] <place> -- <command...>")
        .description("run a command in a namespace or on a host of the lab, wherever that is")
        .argument("<place>", "a namespace or a host, by the program's name or its own")
        .argument("<command...>", "what to run, with its options")
        .passThroughOptions()
        .action(ending(exec))
        .addHelpText(
            "after",
            examples(
                ["linuxnet exec ns1 -- ping -c 1 192.168.2.2", "as ip netns exec would, with the program's name"],
                ["linuxnet exec left -- ip route", "on a host, by ssh where it is another machine"],
                ["linuxnet exec ns1 -- sh -c 'cat >/tmp/in' <FILE", "input, outputs and signals are the command's"],
            ),
        );
