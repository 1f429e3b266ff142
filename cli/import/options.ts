import type { Command } from "commander";

export interface ImportOptions {
    /** The namespaces that are named; none means all. */
    readonly namespaces: readonly string[];
    /** The host's own bridges, pairs and tunnels too. */
    readonly isWhole: boolean;
    /** Where the program is written instead: then nothing is adopted. */
    readonly out: string | undefined;
    readonly isForced: boolean;
    readonly isSure: boolean;
    readonly stack: string | undefined;
    readonly folder: string | undefined;
}

interface Given {
    readonly host?: boolean;
    readonly out?: string;
    readonly force?: boolean;
    readonly yes?: boolean;
    readonly stack?: string;
    readonly cwd?: string;
}

export const withOptions = (command: Command): Command =>
    command
        .argument("[namespace...]", "those to take in; without one, all that `ip netns` knows")
        .option("--host", "also the host's own bridges, veth pairs and VXLANs that lead into none of the namespaces")
        .option("--out <file>", "write the program there, and adopt nothing")
        .option("--force", "write over a program that is there")
        .option("-y, --yes", "adopt without asking")
        .option("-s, --stack <name>", "the stack")
        .option("-C, --cwd <folder>", "the folder of the project")
        .option("--non-interactive", "ask nothing");

export const readOptions = (namespaces: readonly string[], given: Given): ImportOptions => ({
    namespaces: [...new Set(namespaces)],
    isWhole: given.host === true,
    out: given.out,
    isForced: given.force === true,
    isSure: given.yes === true,
    stack: given.stack,
    folder: given.cwd,
});
