import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { linuxnet } from "../../cli/program";
import { similar } from "../../cli/similar";

const page = readFileSync(join(__dirname, "..", "..", "docs", "cli.md"), "utf8");

/** Those that the help lists, in its order. */
const commands = (): readonly Command[] => {
    const program = linuxnet();
    return program
        .createHelp()
        .visibleCommands(program)
        .filter((command) => command.name() !== "help");
};

/** What a terminal of 80 columns is shown. */
function helpOf(command: Command): string {
    let text = "";
    command.configureOutput({ writeOut: (said) => (text += said), getOutHelpWidth: () => 80 }).outputHelp();
    return text;
}

/** The sections of the page, by the commands in their headings. */
const sections = new Map(
    page
        .split(/^## (?=`linuxnet )/m)
        .slice(1)
        .map((section) => [/^`linuxnet ([\w-]+)/.exec(section)?.[1] ?? "", section]),
);

describe("the help", () => {
    const all = [linuxnet(), ...commands()];

    it("knows what this test is about", () => assert.ok(all.length >= 14));

    for (const command of all) {
        const name = command.name();

        it(`of ${name} fits into 80 columns, and has examples and exit codes`, () => {
            const text = helpOf(command);
            assert.deepEqual(
                text.split("\n").filter((line) => line.length > 80),
                [],
            );
            assert.match(text, /^Examples:\n {2}\S/m);
            assert.match(text, /^Exit codes:\n {2}0 {2}\S.*\n {2}1 {2}\S.*\n {2}2 {2}it was called wrongly$/m);
        });
    }
});

describe("docs/cli.md", () => {
    it("has a section for each command, in the order of the help, and no other", () => {
        assert.deepEqual(
            [...sections.keys()],
            commands().map((command) => command.name()),
        );
    });

    for (const command of commands()) {
        const name = command.name();

        it(`says of ${name} how it is called, and what it ends with`, () => {
            const section = sections.get(name) ?? "";
            assert.match(section, new RegExp(`^ {4}.*linuxnet ${name}\\b`, "m"), "an example, indented as code");
            assert.match(section, /^Ends with 0 /m);
        });

        if (command.options.some((option) => option.long === "--json")) {
            it(`shows what ${name} --json prints`, () => assert.match(sections.get(name) ?? "", /```json\n[[{]/));
        }
    }
});

describe("a misspelt command", () => {
    const names = commands().map((command) => command.name());
    const cases: readonly (readonly [string, readonly string[]])[] = [
        ["destory", ["destroy"]],
        ["preveiw", ["preview"]],
        ["explian", ["explain"]],
        ["comands", ["commands"]],
        ["inti", ["init"]],
        ["ups", ["up"]],
        ["gcc", ["gc"]],
        ["stack", []],
        ["config", []],
        ["whoami", []],
        ["up", []],
    ];
    for (const [word, meant] of cases) {
        it(`${word} may mean ${meant.join(", ") || "nothing of ours"}`, () =>
            assert.deepEqual(
                similar(word, names).filter((one) => meant.length === 0 || meant.includes(one)),
                meant,
            ));
    }
});
