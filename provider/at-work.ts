import { type Owner, stackDigits } from "../model/owner";
import { placeOf } from "../model/place";
import { ask, machineAt, machineNames } from "./host/machines";
import { wordFile } from "./host/place";
import { workFor } from "./index";

/** Where somebody works for a stack: the machine, and the file that says so. */
export interface AtWork {
    /** For people: `this machine`, `host left`. */
    readonly machine: string;
    readonly file: string;
}

/**
 * The machines of a stack on which somebody is changing something for it. His word is there from his first change on a machine to
 * his end, and longer only where he and the shell that works for him were killed.
 */
export async function whereAtWork(stack: Owner): Promise<AtWork[]> {
    workFor(stack);
    const file = wordFile(stackDigits(stack));
    const found = await Promise.all(
        machineNames().map(async (machine) => {
            const place = placeOf({ host: machine });
            const read = (answer: string | undefined): boolean => answer !== undefined;
            const { isThere } = await ask(place, { isThere: { source: "files", place, ask: file, read } });
            return isThere ? [{ machine: machineAt(place).title, file }] : [];
        }),
    );
    return found.flat();
}
