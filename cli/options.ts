import type { Command } from "commander";

/** Which lab a command is about. */
export interface StackOptions {
    readonly stack?: string;
    readonly cwd?: string;
}

/** What a command of our own passes on to the engine, whose preview it goes by. */
export interface EngineOptions extends StackOptions {
    readonly config?: readonly string[];
    readonly refresh?: string | true;
    readonly nonInteractive?: boolean;
}

const gathered = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export const withStackOptions = (command: Command): Command =>
    command
        .option("-s, --stack <name>", "the stack; the selected one if none is named")
        .option("-C, --cwd <folder>", "the folder of the project");

export const withEngineOptions = (command: Command): Command =>
    withStackOptions(command)
        .option("-c, --config <key=value>", "a setting for this once; may be repeated", gathered)
        .option("-r, --refresh [true or false]", "whether to look at the machine first; as Pulumi.yaml says")
        .option("--non-interactive", "ask nothing");

/** As the engine wants to be told them. */
export const wordsOf = ({ stack, cwd, config = [], refresh, nonInteractive }: EngineOptions): string[] => [
    ...(stack === undefined ? [] : ["--stack", stack]),
    ...(cwd === undefined ? [] : ["--cwd", cwd]),
    ...config.flatMap((one) => ["--config", one]),
    ...(refresh === undefined ? [] : [`--refresh=${refresh}`]),
    ...(nonInteractive ? ["--non-interactive"] : []),
];

// Where a command is the engine's, we have to understand some of its options ourselves. All are passed on as they are.

export function folderOption(args: readonly string[]): string | undefined {
    return optionValue(args, "--cwd", "-C");
}

/** `-C FOLDER` in front of a command as it is behind it, where each command knows it. */
export function behindCommand(args: readonly string[]): readonly string[] {
    const [first = ""] = args;
    const length = /^(-C|--cwd)$/.test(first) ? 2 : /^(-C.|--cwd=)/.test(first) ? 1 : 0;
    const command = args[length];
    return length === 0 || command === undefined
        ? args
        : [command, ...args.slice(0, length), ...args.slice(length + 1)];
}

export function namesStack(args: readonly string[]): boolean {
    return stackOption(args) !== undefined;
}

/** The stack that an option names. */
export function stackOption(args: readonly string[]): string | undefined {
    return optionValue(args, "--stack", "-s");
}

/** Whether nothing is to be asked: by an option, alone or with -f, or by the engine's variable. */
export function isYes(args: readonly string[], { PULUMI_SKIP_CONFIRMATIONS } = process.env): boolean {
    return (
        args.some((arg) => /^(--yes(=true)?|-f?yf?)$/.test(arg)) ||
        /^(1|t|true)$/i.test(PULUMI_SKIP_CONFIRMATIONS ?? "")
    );
}

export function isHelpWanted(args: readonly string[]): boolean {
    return args.includes("--help") || args.includes("-h");
}

/** The option by which the engine is to show a preview, or to keep it, in a form of its own. */
export const formOption = (args: readonly string[]): string | undefined =>
    args.find((arg) => /^(--diff|--json|-j|--event-log|--show-|--save-plan|--import-file)/.test(arg));

/** `--name value`, `--name=value`, `-n value`, `-nvalue` and `-n=value`, as the engine's own parser has them. */
function optionValue(args: readonly string[], long: string, short: string): string | undefined {
    for (const [index, arg] of args.entries()) {
        if (arg === "--") return undefined;
        if (arg === long || arg === short) return args[index + 1];
        if (arg.startsWith(`${long}=`)) return arg.slice(long.length + 1);
        if (arg.startsWith(short) && !arg.startsWith("--")) return arg.slice(short.length).replace(/^=/, "");
    }
    return undefined;
}
