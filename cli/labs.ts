import type { Command } from "commander";
import type { Lab, Site } from "../provider/labs.js";
import { findEngine } from "../toolchain/engine.mjs";
import { engineEnvironment } from "../toolchain/engine-environment.mjs";
import { Failure } from "../toolchain/failure.mjs";
import { ending, examples } from "./action.js";
import { findProject, type Project } from "./project.js";
import { ownName, stacksIn } from "./stack.js";
import { columns } from "./table.js";

interface LabsOptions {
    readonly all?: true;
    readonly json?: true;
    readonly stack?: string;
    readonly cwd?: string;
}

/** `2026-03-01 14:05`, in the time of whoever asks. */
const minute = (seconds: number): string => new Date(seconds * 1000).toLocaleString("sv").slice(0, 16);

const counted = (number: number, one: string, many: string): string[] =>
    number === 0 ? [] : [`${number} ${number === 1 ? one : many}`];

function also({ simulatedHosts, addresses, forwarding, isAtWork }: Lab, isUnknown: boolean): string {
    return [
        ...counted(simulatedHosts, "simulated host", "simulated hosts"),
        ...counted(addresses, "address", "addresses"),
        ...(forwarding > 0 ? ["forwarding"] : []),
        ...(isAtWork ? ["somebody is at work"] : []),
        ...(isUnknown ? ["no stack"] : []),
    ].join(", ");
}

const HEADING = ["HOST", "LAB", "NAMESPACES", "DEVICES", "ROUTES", "SINCE", "ALSO"];

const NUMBERS = ["NAMESPACES", "DEVICES", "ROUTES"].map((heading) => HEADING.indexOf(heading));

const titleOf = ({ project, stack }: Pick<Lab, "project" | "stack">): string => `${project}/${stack}`;

function rowsOf(site: Site, unknown: ReadonlySet<string>): string[][] {
    if (!("labs" in site)) return [[site.host, "not reached"]];
    if (site.labs.length === 0) return [[site.host, "no lab"]];
    return site.labs.map((lab) => {
        const numbers = [lab.namespaces, lab.devices, lab.routes].map(String);
        return [site.host, titleOf(lab), ...numbers, minute(lab.since), also(lab, unknown.has(titleOf(lab)))];
    });
}

/** Labs of this project whose stack its backend does not have: what a stack that was removed by force has left. */
function unknownIn(sites: readonly Site[], project: Project | undefined): ReadonlySet<string> {
    const labs = sites.flatMap((site) => ("labs" in site ? site.labs : []));
    const own = labs.filter((lab) => lab.project === project?.name);
    const engine = own.length > 0 ? findEngine() : undefined;
    if (project === undefined || engine === undefined) return new Set();
    const place = { cwd: project.folder, environment: engineEnvironment(engine) };
    const told = stacksIn(engine, place);
    // Whoever cannot ask the backend can still see what stands where.
    if ("problem" in told) return new Set();
    const stacks = told.stacks.map(({ name }) => ownName(name));
    return new Set(own.filter(({ stack }) => !stacks.includes(stack)).map(titleOf));
}

/** In a form for programs: times as ISO 8601 has them. */
function asJson(sites: readonly Site[], unknown: ReadonlySet<string>): string {
    const plain = ({ since, changed, ...lab }: Lab) => ({
        ...lab,
        since: new Date(since * 1000).toISOString(),
        changed: new Date(changed * 1000).toISOString(),
        hasNoStack: unknown.has(titleOf(lab)),
    });
    const all = sites.map((site) => ("labs" in site ? { host: site.host, labs: site.labs.map(plain) } : site));
    return JSON.stringify(all, undefined, 2);
}

const rescue = (lab: string): string =>
    `${lab} has no stack in this project's state. If nobody else has it in his, this takes away what is left of it:\n` +
    `  linuxnet gc --stack ${lab}`;

async function look(project: Project | undefined, { all, stack }: LabsOptions): Promise<readonly Site[]> {
    // The stacks' settings are found from there.
    if (project !== undefined) process.chdir(project.folder);
    const { HostProblem, sitesOf, stacksWithSettings } = await import("../provider/labs.js");
    const known = project === undefined ? [] : stacksWithSettings(project.name);
    if (stack !== undefined && !known.includes(stack)) {
        const names = known.length === 0 ? "there are none" : `there are those of ${known.join(", ")}`;
        throw new Failure(`linuxnet labs: given --stack ${stack}, which has no settings here: ${names}.`, 2);
    }
    try {
        return await sitesOf({ project: project?.name, stack, isHere: all !== true });
    } catch (error) {
        throw error instanceof HostProblem ? new Failure(`error: ${error.message}`) : error;
    }
}

/** What stands here of whose stack, or on all hosts of the project. */
async function labs(options: LabsOptions): Promise<number> {
    const { all, json, stack, cwd } = options;
    const project = findProject(cwd ?? process.cwd());
    if (project === undefined && all) {
        throw new Failure("There is no Pulumi.yaml here: linuxnet labs --all asks the hosts of a project's stacks.", 2);
    }
    if (stack !== undefined && !all) throw new Failure("linuxnet labs: --stack says whose hosts --all asks.", 2);
    const isHere = all !== true;
    const sites = await look(project, options);
    const unknown = unknownIn(sites, project);
    const rows = sites.flatMap((site) => rowsOf(site, unknown));
    const isEmpty = isHere && sites.every((site) => "labs" in site && site.labs.length === 0);
    if (json) console.log(asJson(sites, unknown));
    else if (isEmpty) console.log("No lab stands on this machine.");
    else console.log(columns([HEADING, ...rows], NUMBERS).join("\n"));
    for (const lab of unknown) console.error(`\n${rescue(lab)}`);
    const problems = sites.flatMap((site) => ("problem" in site ? [site.problem] : []));
    for (const problem of problems) console.error(`\nerror: ${problem}`);
    return problems.length === 0 ? 0 : 1;
}

export const addLabs = (program: Command): Command =>
    program
        .command("labs")
        .description("say which stacks' labs stand on this machine, or with --all on every host of the project")
        .option("-a, --all", "on every host of the settings of all stacks, or of --stack, too: docs/team.md")
        .option("-s, --stack <name>", "with --all: the hosts of this stack alone")
        .option("-C, --cwd <folder>", "the folder of the project")
        .option("--json", "for programs")
        .action(ending(labs))
        .addHelpText(
            "after",
            examples(
                ["linuxnet labs", "whose labs stand here"],
                ["linuxnet labs --all", "and where else; ends with 1 if a host cannot be reached"],
            ),
        );
