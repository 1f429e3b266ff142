import type { Place } from "../../model/place.js";
import { type Deployed, readDeployed, telling } from "../deployed.js";
import type { StackOptions } from "../options.js";
import { requirePlace } from "./present.js";

/** What is to be run in a place; at a terminal it may be something else than in a pipe. */
type ArgvOf = (place: Place, lab: Deployed, isTerminal: boolean) => readonly string[] | Promise<readonly string[]>;

/** Runs something in a place of the lab, by the program's name or its own, from the folder of who calls; ends as it ends. */
export async function runIn(name: string, options: StackOptions, argvOf: ArgvOf): Promise<number> {
    const folder = process.cwd();
    const lab = await readDeployed(options);
    return telling(async () => {
        const place = lab.place(name);
        await requirePlace(place);
        const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
        const argv = await argvOf(place, lab, isTerminal);
        const { runAttached } = await import("../../provider/host/attach.js");
        return runAttached(place, argv, { isTerminal, folder });
    });
}

/** Behind `--`, or behind the names, everything is the command's. */
export const wordsBehind = (words: readonly string[]): readonly string[] =>
    words[0] === "--" ? words.slice(1) : words;
