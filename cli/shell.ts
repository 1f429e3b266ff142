import type { Command } from "commander";
import { LOCAL, placeName, placeParts } from "../model/place.js";
import { ending, examples } from "./action.js";
import { readDeployed, telling } from "./deployed.js";
import { requirePlace } from "./exec/present.js";
import { type StackOptions, withStackOptions } from "./options.js";

/** A shell in a place of the lab, which says in its prompt where one is. */
async function shell(name: string, options: StackOptions): Promise<number> {
    const folder = process.cwd();
    const lab = await readDeployed(options);
    return telling(async () => {
        const place = lab.place(name);
        await requirePlace(place);
        const [{ runAttached }, { shellCommand }] = await Promise.all([
            import("../provider/host/attach.js"),
            import("../provider/host/prompt.js"),
        ]);
        const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
        // On another machine it is the user's of there.
        const own = placeParts(place).machine === LOCAL ? process.env["SHELL"] : undefined;
        return runAttached(place, shellCommand(placeName(place), own, isTerminal), { isTerminal, folder });
    });
}

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
