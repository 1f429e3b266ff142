import { Argument, type Command } from "commander";
import { ending, examples } from "./action.js";
import { SHELLS, scripts } from "./completion/scripts.js";
import { valuesOf } from "./completion/values.js";
import { type Candidate, wanted } from "./completion/wanted.js";
import { engineWords } from "./engine-words.js";

function commandsOf(program: Command, words: readonly string[]): Candidate[] {
    const own = program
        .createHelp()
        .visibleCommands(program)
        .map((command) => ({ value: command.name(), description: command.description() }));
    const names = new Set(own.map(({ value }) => value));
    const others = words.length === 1 ? engineWords(words).filter(({ value }) => !names.has(value)) : [];
    return [...own, ...others];
}

/** What could stand at the end of the words. */
function candidatesOf(program: Command, words: readonly string[]): Candidate[] | string {
    const asked = wanted(program, words);
    if (asked.what === "candidates") return [...asked.candidates];
    if (asked.what === "engine") return engineWords(words);
    if (asked.what === "command") return commandsOf(program, words);
    const found = valuesOf(asked.name, words);
    if (typeof found === "string") return found;
    return found.map(({ value, description }) => ({ value: asked.before + value, description }));
}

/** Prints what fits, one a line, with what it is; or what the shell has to look for by itself. Never fails: a key was pressed. */
function complete(program: Command, words: readonly string[]): number {
    const current = words.at(-1) ?? "";
    try {
        const found = candidatesOf(program, words.length === 0 ? [""] : words);
        if (typeof found === "string") console.log(found);
        else
            for (const { value, description } of found)
                if (value.startsWith(current)) console.log(`${value}\t${description.split("\n", 1)}`);
    } catch {
        return 1;
    }
    return 0;
}

function print(shell: (typeof SHELLS)[number]): number {
    process.stdout.write(scripts[shell]);
    return 0;
}

export const addCompletion = (program: Command): Command => {
    program
        .command("complete", { hidden: true })
        .description("what the scripts of linuxnet completion ask: what could stand at the end of these words")
        .argument("[words...]")
        .allowUnknownOption()
        .passThroughOptions()
        .action(ending((words: string[]) => complete(program, words)));
    return program
        .command("completion")
        .description("print a script by which a shell completes commands, options, namespaces and stacks")
        .addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
        .action(ending(print))
        .addHelpText(
            "after",
            examples(
                ['eval "$(linuxnet completion bash)"', "for this shell; for each: in ~/.bashrc"],
                ['eval "$(linuxnet completion zsh)"', "the same for zsh, in ~/.zshrc"],
                ["linuxnet completion fish | source", "for fish, in ~/.config/fish/config.fish"],
            ),
        );
};
