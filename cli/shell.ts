import type { Command } from "commander";
import { LOCAL, placeName, placeParts } from "../model/place.js";
import { ending, examples } from "./action.js";
import { runIn } from "./exec/attached.js";
import { type StackOptions, withStackOptions } from "./options.js";

/** A shell in a place of the lab, which says in its prompt where one is. */
const shell = (name: string, options: StackOptions): Promise<number> =>
    runIn(name, options, async (place, _lab, isTerminal) => {
        const { shellCommand } = await import("../provider/host/prompt.js");
        // On another machine it is the user's of there.
        const own = placeParts(place).machine === LOCAL ? process.env["SHELL"] : undefined;
        return shellCommand(placeName(place), own, isTerminal);
    });

export const addShell = (program: Command): Command =>
    withStackOptions(program.command("shell"))
        .description("a shell in a namespace or on a host of the lab, wherever that is")
        .argument("<place>", "a namespace or a host, by the program's name or its own")
        .action(ending(shell))
        .addHelpText(
            "after",
            examples(
                ["linuxnet shell ns1", "your shell ($SHELL, or sh); its prompt says where you are"],
                ["linuxnet shell left", "on a host, by ssh where it is another machine"],
            ),
        );
