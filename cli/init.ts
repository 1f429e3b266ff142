import { existsSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { Command } from "commander";
import { Failure } from "../toolchain/failure.mjs";
import { ending, examples } from "./action.js";
import { packageNote, writeProject } from "./init/files.js";
import { allTemplates, readTemplate, templateNames } from "./init/templates.js";
import { isProjectName, projectNameOf } from "./project-settings.js";

interface InitOptions {
    readonly name?: string;
    readonly list?: boolean;
}

function list(): number {
    const templates = allTemplates();
    const width = Math.max(...templates.map(({ name }) => name.length));
    for (const { name, description } of templates) console.log(`${name.padEnd(width)}   ${description}`);
    return 0;
}

function checkName(name: string): string {
    if (isProjectName(name)) return name;
    throw new Failure(
        `linuxnet: --name: given ${JSON.stringify(name)}\n` +
            "expected a name for a Pulumi project: up to 100 of letters, digits, _ . -, beginning with a letter or a digit",
        2,
    );
}

/** What is typed next, with what is done already left out. */
function nextSteps(folder: string): string[] {
    const way = relative(process.cwd(), folder);
    return [
        ...(way === "" ? [] : [`cd ${/^[\w./-]+$/.test(way) ? way : `'${way.replaceAll("'", "'\\''")}'`}`]),
        ...(existsSync(join(folder, "node_modules", "pulumi-linuxnet")) ? [] : ["npm install"]),
        "npx linuxnet doctor",
        "npx linuxnet up",
    ];
}

/** Writes a new project from a template. Nothing is deployed, installed or written over. */
function init(word: string | undefined, given: string | undefined, options: InitOptions): number {
    if (options.list) return list();
    const names = templateNames().join(", ");
    if (word === undefined) throw new Failure(`linuxnet: no template is given. There is ${names}.`, 2);
    const template = readTemplate(word);
    if (template === undefined) throw new Failure(`linuxnet: there is no template ${word}. There is ${names}.`, 2);
    const folder = resolve(given ?? ".");
    if (existsSync(folder) && !statSync(folder).isDirectory())
        throw new Failure(`linuxnet: ${folder} is there already, and is no folder.`);
    const name = options.name === undefined ? projectNameOf(folder) : checkName(options.name);
    const written = writeProject(folder, name, template);
    console.log(`The project ${name} is in ${folder}: ${written.join(", ")}`);
    const note = packageNote(written);
    if (note !== undefined) console.log(note);
    console.log(
        `\nNext:\n${nextSteps(folder)
            .map((line) => `  ${line}\n`)
            .join("")}`.trimEnd(),
    );
    return 0;
}

export const addInit = (program: Command): Command =>
    program
        .command("init")
        .description("write a new lab project from a template")
        .argument("[template]", "what to begin with: --list tells them")
        .argument("[folder]", "where; this folder if none is given. What is there is never written over")
        .option("--name <project>", "the project's name; made of the folder's if none is given")
        .option("--list", "the templates, each with a line about it")
        .action(ending(init))
        .addHelpText(
            "after",
            examples(
                ["linuxnet init router my-lab", "two subnets and a router, in the folder my-lab"],
                ["linuxnet init --list", "what there is"],
            ),
        );
