import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A command that the provider has run, as it has logged it. */
export interface LoggedCommand {
    /** When it was sent, with all of its exchange, and when its answer came. */
    readonly sent: string;
    readonly at: string;
    readonly host: string;
    /** Those of one number have gone to the machine, and come back, together. */
    readonly exchange: number;
    readonly namespace: string | null;
    readonly argv: readonly string[];
    readonly input?: string;
    readonly mutating: boolean;
    readonly code: number;
}

export interface CommandLog<Result> {
    readonly result: Result;
    readonly commands: readonly LoggedCommand[];
    /** Those that change something. */
    readonly mutating: readonly LoggedCommand[];
}

const variable = "LINUXNET_LOG";

/** Runs something and tells which commands the provider ran meanwhile, be it in this process or started by it. */
export async function withCommandLog<Result>(work: () => Promise<Result>): Promise<CommandLog<Result>> {
    const folder = await mkdtemp(join(tmpdir(), "command-log-"));
    const file = join(folder, "commands.jsonl");
    const before = process.env[variable];
    process.env[variable] = file;
    try {
        const result = await work();
        const commands = await readCommands(file);
        return { result, commands, mutating: commands.filter(({ mutating }) => mutating) };
    } finally {
        if (before === undefined) delete process.env[variable];
        else process.env[variable] = before;
        await rm(folder, { recursive: true });
    }
}

/** One a line, for a message that says which commands there should not have been. */
export function listCommands(commands: readonly LoggedCommand[]): string {
    const lines = commands.map(({ namespace, argv, input }) => {
        const where = namespace === null ? "" : `${namespace}: `;
        return [`${where}${argv.join(" ")}`, ...(input ?? "").split("\n").filter((line) => line !== "")].join("\n    ");
    });
    return lines.join("\n");
}

/** Without a file, nothing was run. */
async function readCommands(file: string): Promise<readonly LoggedCommand[]> {
    const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return "";
        throw error;
    });
    const lines = text.split("\n").filter((line) => line !== "");
    return lines.map((line): LoggedCommand => JSON.parse(line));
}
