import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { Failure } from "../toolchain/failure.mjs";
import { ending, examples } from "./action.js";
import { operateQuietly } from "./engine.js";
import { arrange } from "./graph/arrange.js";
import { collapse } from "./graph/collapse.js";
import { drawLab, type Lab } from "./graph/draw.js";
import { readDrifts } from "./graph/drift.js";
import { FORMATS, type Format, formatOf, write } from "./graph/formats.js";
import { type EngineOptions, withEngineOptions, wordsOf } from "./options.js";
import { readPreview } from "./preview/changes.js";
import { readLabs } from "./preview/labs.js";
import { findProject } from "./project.js";

interface GraphOptions extends EngineOptions {
    readonly deployed?: boolean;
    readonly format?: Format;
    readonly output?: string;
    readonly expand?: boolean;
}

const HINT = "--output lab.svg, lab.html, lab.mmd, lab.dot or lab.json, or --format and one of these";

/** By what is asked for, by the file's name, or SVG; a terminal shows no pictures. */
function wantedFormat({ format, output }: GraphOptions): Format {
    if (format !== undefined) return format;
    if (output === undefined) {
        if (process.stdout.isTTY) throw new Failure(`linuxnet: a terminal shows no picture: ${HINT}.`, 2);
        return "svg";
    }
    const found = formatOf(output);
    if (found === undefined) throw new Failure(`linuxnet: ${output} does not tell what to write: ${HINT}.`, 2);
    return found;
}

/** `router/dev`, as the engine calls it; of a lab without resources the project. */
function titleOf(urns: Iterable<string>, folder: string): string {
    const [first] = urns;
    const [stack, project] = (first ?? "").replace("urn:pulumi:", "").split("::");
    return project === undefined ? (findProject(folder)?.name ?? "lab") : `${project}/${stack}`;
}

function save(text: string, file: string | undefined): void {
    if (file === undefined) {
        process.stdout.write(text);
        return;
    }
    try {
        writeFileSync(file, text);
    } catch (error) {
        throw new Failure(`linuxnet: ${file} cannot be written: ${error instanceof Error ? error.message : error}`);
    }
}

/** Draws the lab as its program declares it, or as it is on the machines, with what has drifted. */
async function graph(options: GraphOptions): Promise<number> {
    const format = wantedFormat(options);
    const file = options.output === undefined ? undefined : resolve(options.output);
    // What is there is looked at, whatever Pulumi.yaml says.
    const looked = options.deployed ? { refresh: true as const, ...options } : options;
    const { exitCode, events } = await operateQuietly(["preview", ...wordsOf(looked)]);
    if (exitCode !== 0) {
        for (const problem of readPreview(events).problems) console.error(problem);
        return exitCode;
    }
    const labs = readLabs(events);
    const resources = [...(options.deployed ? labs.before : labs.after).values()];
    const lab: Lab = {
        title: titleOf([...labs.after.keys(), ...labs.before.keys()], options.cwd ?? process.cwd()),
        state: options.deployed ? "deployed" : "declared",
        resources,
        drifts: options.deployed ? readDrifts(events) : [],
    };
    const drawn = drawLab(lab);
    save(await write(format, arrange(options.expand ? drawn : collapse(drawn)), resources), file);
    return 0;
}

export const addGraph = (program: Command): Command =>
    withEngineOptions(program.command("graph"))
        .description("draw the lab: its namespaces, hosts, devices, addresses, routes and links")
        .option("--deployed", "as it is on the machine now, with what has drifted, and not as the program says")
        .addOption(new Option("-f, --format <format>", "by the file's name if not given, else svg").choices(FORMATS))
        .option("-o, --output <file>", "where to write it; standard output if not given")
        .option("--expand", "each namespace by itself, also those of a large lab that are alike")
        .action(ending(graph))
        .addHelpText(
            "after",
            examples(
                ["linuxnet graph -o lab.svg", "what the program declares, for a README"],
                ["linuxnet graph --deployed -o lab.html", "what stands now, as a page: search it, click on it, ask it"],
                ["linuxnet graph -f mermaid", "for a wiki that draws Mermaid"],
            ),
        );
