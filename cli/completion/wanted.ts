import type { Argument, Command, Option } from "commander";

/** One that could stand where the cursor is. */
export interface Candidate {
    readonly value: string;
    readonly description: string;
}

/** What is asked for at the end of a command line. */
export type Wanted =
    /** The name of a command. */
    | { readonly what: "command" }
    /** One of these, which are known: options, choices. */
    | { readonly what: "candidates"; readonly candidates: readonly Candidate[] }
    /** The value of an option or an argument, by its name there: `stack`, `from`. What comes before it in the same word is kept. */
    | { readonly what: "value"; readonly name: string; readonly before: string }
    /** The engine's own: its commands and their options. */
    | { readonly what: "engine" };

const choices = (list: readonly string[]): Wanted => ({
    what: "candidates",
    candidates: list.map((value) => ({ value, description: "" })),
});

const takesValue = (option: Option | undefined): option is Option =>
    option !== undefined && (option.required || option.optional);

function optionValue(option: Option, before = ""): Wanted {
    if (option.argChoices) return choices(option.argChoices.map((choice) => before + choice));
    return { what: "value", name: option.attributeName(), before };
}

function valueOfArgument(argument: Argument | undefined): Wanted {
    if (argument === undefined) return choices([]);
    return argument.argChoices ? choices(argument.argChoices) : { what: "value", name: argument.name(), before: "" };
}

const optionsOf = (command: Command): Candidate[] =>
    command
        .createHelp()
        .visibleOptions(command)
        .map(({ long, short, description }) => ({ value: long ?? short ?? "", description }));

/** What comes at the end of the words of one of our commands; the last of them is the one at the cursor, and may be empty. */
function wantedOf(command: Command, words: readonly string[]): Wanted {
    const arguments_ = command.registeredArguments;
    const current = words.at(-1) ?? "";
    const find = (word: string): Option | undefined =>
        command.options.find(({ short, long }) => word === short || word === long);
    // The commands that run another one leave everything behind its first word to it.
    const last = arguments_.at(-1);
    const runs =
        last?.variadic === true && last.name() === "command" ? arguments_.length - 1 : Number.POSITIVE_INFINITY;
    let given = 0;
    let isOver = false;
    let before: Option | undefined;
    for (const word of words.slice(0, -1)) {
        if (before?.required) before = undefined;
        else if (!isOver && word === "--") isOver = true;
        else if (!isOver && word.startsWith("-")) before = find(word);
        else {
            before = undefined;
            given++;
        }
        if (given > runs) isOver = true;
    }
    if (!isOver) {
        if (takesValue(before) && before.required) return optionValue(before);
        const [, long = "", value] = /^(--[^=]+)(=)/.exec(current) ?? [];
        const option = value === undefined ? undefined : find(long);
        if (takesValue(option)) return optionValue(option, `${long}=`);
        if (current.startsWith("-")) return { what: "candidates", candidates: optionsOf(command) };
    }
    return valueOfArgument(arguments_[given] ?? (last?.variadic ? last : undefined));
}

/** Of the options of the engine's commands we know the values of two. */
function wantedOfEngine(words: readonly string[]): Wanted {
    const [before, current = ""] = words.slice(-2);
    if (words.length > 1 && (before === "--stack" || before === "-s"))
        return { what: "value", name: "stack", before: "" };
    if (words.length > 1 && (before === "--cwd" || before === "-C")) return { what: "value", name: "cwd", before: "" };
    if (current.startsWith("--stack=")) return { what: "value", name: "stack", before: "--stack=" };
    return { what: "engine" };
}

/** What is wanted at the end of what is typed behind `linuxnet`. */
export function wanted(program: Command, words: readonly string[]): Wanted {
    const [name = "", ...rest] = words;
    if (rest.length === 0)
        return name.startsWith("-") ? { what: "candidates", candidates: optionsOf(program) } : { what: "command" };
    if (name === "help") return rest.length === 1 ? { what: "command" } : choices([]);
    const command = program.commands.find((one) => one.name() === name);
    if (command === undefined || command.registeredArguments.some((argument) => argument.name() === "options"))
        return wantedOfEngine(words);
    return wantedOf(command, rest);
}
