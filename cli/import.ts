import { relative, resolve } from "node:path";
import type { Command } from "commander";
import type { Owner } from "../model/owner.js";
import type { Obstacle } from "../provider/adoption.js";
import { type Engine, findEngine } from "../toolchain/engine.mjs";
import { Failure } from "../toolchain/failure.mjs";
import { ending, examples } from "./action.js";
import { isAgreed } from "./agreed.js";
import { requireEngine } from "./engine.js";
import {
    bringIntoState,
    enginePlace,
    isSettled,
    makeStack,
    refuseOthers,
    requirePackage,
    selectedStack,
} from "./import/adoption.js";
import { type ProjectFiles, projectFiles, writeProgramFile, writeSettings } from "./import/files.js";
import { type ImportOptions, readOptions, withOptions } from "./import/options.js";
import type { Resource } from "./import/resource.js";
import { findProject, makeBackendFolder } from "./project.js";
import { usualStack } from "./stack.js";
import { removeStaleLocks } from "./stale-lock.js";

/** `3 namespaces, 2 veth pairs`. */
function summary(resources: readonly Resource[]): string {
    const titles: Readonly<Record<Resource["kind"], readonly [string, string]>> = {
        Namespace: ["namespace", "namespaces"],
        Bridge: ["bridge", "bridges"],
        VethPair: ["veth pair", "veth pairs"],
        Vxlan: ["VXLAN", "VXLANs"],
        Address: ["address", "addresses"],
        ForwardingSetting: ["forwarding setting", "forwarding settings"],
        Route: ["route", "routes"],
    };
    return Object.entries(titles)
        .map(
            ([kind, [one, many]]) =>
                [resources.filter((resource) => resource.kind === kind).length, one, many] as const,
        )
        .filter(([count]) => count > 0)
        .map(([count, one, many]) => `${count} ${count === 1 ? one : many}`)
        .join(", ");
}

/** The stack that the network is adopted into; one that is not there yet is made when it is. */
function stackOf(
    { stack }: ImportOptions,
    { missing }: ProjectFiles,
    engine: Engine | undefined,
    folder: string,
): string {
    const named = stack ?? process.env.PULUMI_STACK;
    if (named) return named.split("/").at(-1) ?? named;
    if (missing !== undefined || engine === undefined) return usualStack;
    return selectedStack(engine, enginePlace(engine, folder)) ?? usualStack;
}

type Provider = typeof import("../provider/adoption.js");

/** Writes a program for the network that is there, and makes the network the stack's. */
async function importNetwork(options: ImportOptions): Promise<number> {
    // The provider finds the stack's settings from the folder that it runs in.
    process.chdir(resolve(options.folder ?? "."));
    // Only what needs it takes the time to load the provider.
    const provider = await import("../provider/adoption.js");
    try {
        return await write(provider, options);
    } catch (error) {
        throw error instanceof provider.Failure ? new Failure(error.message) : error;
    }
}

async function write(provider: Provider, options: ImportOptions): Promise<number> {
    const folder = process.cwd();
    const files = projectFiles(folder);
    const project = files.missing === undefined ? findProject(folder) : undefined;
    if (project !== undefined) makeBackendFolder(project);
    const owner = { project: files.name, stack: stackOf(options, files, findEngine(), folder), name: "" };
    const { lookAround } = await import("./import/survey.js");
    const { writeProgram } = await import("./import/program.js");
    provider.workFor(owner);
    const { resources: found, told } = await lookAround(owner, options);
    const obstacles = await provider.obstaclesTo(owner, found);
    const taken = obstacles.filter(({ isTaken }) => isTaken).map(({ why }) => why);
    if (taken.length > 0)
        throw new Failure(`${taken.join("\n")}\nNothing was written or adopted: it stays its owner's.`);
    // Nothing stands on a route: it can be left out.
    const routes = obstacles.filter(({ candidate }) => candidate.kind === "Route");
    const others = obstacles.filter((one) => !routes.includes(one)).map(titled);
    const resources = found.filter((one) => !routes.some(({ candidate }) => candidate === one));
    for (const line of [...told, ...routes.map((one) => `It is left alone: ${titled(one)}`)]) console.error(line);
    if (resources.length === 0)
        throw new Failure("There is nothing here to import: docs/import.md says what is taken in.");

    const file = options.out === undefined ? files.program : resolve(options.out);
    const isNew = writeProgramFile(file, writeProgram(resources), options.isForced);
    console.log(`${isNew ? "Written to" : "As it stands in"} ${relative(folder, file)}: ${summary(resources)}.`);
    if (options.out !== undefined) return 0;
    writeSettings(folder, files);
    if (others.length > 0)
        throw new Failure(
            `${others.join("\n")}\nNothing was adopted. Put that right on the machine and run this again.`,
        );
    if (!options.isSure && !(await isAgreed(questionOf(owner.stack)))) {
        console.log(
            "Nothing was adopted: to go on, run it again with --yes. Until then the program's first up is refused.",
        );
        return 0;
    }
    return adopt(provider, owner, options, resources);
}

const titled = ({ candidate, why }: Obstacle): string => `${candidate.kind} ${candidate.name}: ${why}`;

const questionOf = (stack: string): string =>
    `Adopt them into the stack ${stack}? They are marked as its own, and nothing else of them changes now.\n` +
    `From then on "linuxnet up" makes them what the program says, and "linuxnet destroy" removes them.`;

async function adopt(
    provider: Provider,
    owner: Owner,
    options: ImportOptions,
    resources: readonly Resource[],
): Promise<number> {
    const folder = process.cwd();
    const { stack } = owner;
    requirePackage(folder);
    const engine = requireEngine();
    const place = enginePlace(engine, folder);
    const project = findProject(folder);
    if (project !== undefined) makeBackendFolder(project);
    removeStaleLocks(project?.stateFolder);
    makeStack(engine, stack, (options.stack ?? process.env.PULUMI_STACK ?? "") !== "", place);
    refuseOthers(engine, stack, resources, place);
    await provider.adoptAll(owner, resources);
    const count = await bringIntoState(stack);
    console.log(`Adopted into the stack ${stack}: ${count} resources. Nothing else of them has changed.`);
    if (await isSettled(stack)) return 0;
    console.error('Something differs from the program already: "linuxnet preview" shows it.');
    return 1;
}

export const addImport = (program: Command): Command =>
    withOptions(program.command("import"))
        .description("write a program for the network that is here, and adopt it unchanged: docs/import.md")
        .action(ending((namespaces: string[], given) => importNetwork(readOptions(namespaces, given))))
        .addHelpText(
            "after",
            `${examples(
                ["linuxnet import ns1 ns2 --out lab.ts", "writes a program for two namespaces, and leaves it at that"],
                ["linuxnet import --host --yes", "all that is here becomes the stack's"],
            )}\n\nPulumi's own import, which knows nothing of networks, is "pulumi import".`,
        );
