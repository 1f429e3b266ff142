import { styleText } from "node:util";
import type { Command } from "commander";
import { LOCAL } from "../model/place.js";
import { Failure } from "../toolchain/failure.mjs";
import { ending, examples } from "./action.js";
import type { Finding } from "./doctor/finding.js";
import { machineFindings } from "./doctor/machine.js";
import { ownFindings } from "./doctor/own.js";
import { findProject } from "./project.js";
import { selectedStack } from "./selected-stack.js";
import { usualStack } from "./stack.js";

interface DoctorOptions {
    readonly stack?: string;
    readonly cwd?: string;
    readonly json?: boolean;
}

interface Group {
    readonly title: string;
    readonly findings: readonly Finding[];
}

/** What each machine of the stack has, and lacks. */
async function machineGroups({ stack, cwd }: DoctorOptions): Promise<Group[]> {
    const project = findProject(cwd ?? process.cwd());
    const named = stack ?? process.env.PULUMI_STACK ?? (project && selectedStack(project)) ?? usualStack;
    // The provider finds the stack's settings from the folder that it runs in.
    if (project !== undefined) process.chdir(project.folder);
    const { examineMachines } = await import("../provider/examine.js");
    const { FURTHER_TOOLS } = await import("../provider/host/examination.js");
    const { PACKAGES, iproute2Problem } = await import("../provider/host/probe.js");
    const { HostProblem } = await import("../provider/problem.js");
    const needs = { packages: PACKAGES, further: FURTHER_TOOLS, iproute2Problem };
    const owner = { project: project?.name ?? "", stack: named.split("/").at(-1) ?? named, name: "" };
    try {
        const machines = await examineMachines(owner);
        return machines.map((machine) => ({
            title:
                machine.name === LOCAL
                    ? "This machine"
                    : `Host ${machine.name}, as the stack ${owner.stack} reaches it`,
            findings: machineFindings(machine, needs),
        }));
    } catch (error) {
        throw error instanceof HostProblem ? new Failure(error.message) : error;
    }
}

const COLOURS = { ok: "green", warning: "yellow", missing: "red" } as const;
/** Only a terminal gets colours, and only one whose user wants them (NO_COLOR). */
const inColour = (status: Finding["status"], text: string): string =>
    process.stdout.isTTY && process.stdout.hasColors() ? styleText(COLOURS[status], text) : text;

function lines({ title, findings }: Group, width: number): string[] {
    const told = findings.flatMap(({ status, check, found, remedy }) => [
        `  ${inColour(status, status.padEnd(7))}  ${check.padEnd(width)}  ${found}`,
        ...(remedy === undefined ? [] : [`  ${" ".repeat(7 + 2 + width)}  → ${remedy}`]),
    ]);
    return ["", title, ...told];
}

function summary(all: readonly Finding[]): string {
    const count = (status: Finding["status"]): number => all.filter((one) => one.status === status).length;
    const [lacking, warned] = [count("missing"), count("warning")];
    const warnings = warned === 0 ? "" : ` ${warned} ${warned === 1 ? "warning" : "warnings"}.`;
    return lacking === 0 ? `All that is needed is there.${warnings}` : `${lacking} missing.${warnings}`;
}

/** What is missing here, and on the hosts that the stack reaches, and how to get it. Changes nothing. */
async function doctor(options: DoctorOptions): Promise<number> {
    const groups = [{ title: "linuxnet", findings: ownFindings() }, ...(await machineGroups(options))];
    const all = groups.flatMap(({ findings }) => findings);
    const isWell = all.every(({ status }) => status !== "missing");
    if (options.json) console.log(JSON.stringify({ ok: isWell, groups }, undefined, 2));
    else {
        const width = Math.max(...all.map(({ check }) => check.length));
        const [, ...told] = groups.flatMap((group) => lines(group, width));
        console.log([...told, "", summary(all)].join("\n"));
    }
    return isWell ? 0 : 1;
}

export const addDoctor = (program: Command): Command =>
    program
        .command("doctor")
        .description("say what is missing here and on the stack's hosts, and how to get it")
        .option("-s, --stack <name>", "the stack whose hosts are looked at; the selected one if none is named")
        .option("-C, --cwd <folder>", "the folder of the project")
        .option("--json", "for programs")
        .action(ending(doctor))
        .addHelpText(
            "after",
            examples(
                ["linuxnet doctor", "ends with 1 if something needed is missing"],
                ["linuxnet doctor --stack two", "with the hosts that the stack two reaches"],
            ),
        );
