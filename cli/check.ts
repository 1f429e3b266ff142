import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { placeName } from "../model/place.js";
import { reachabilitySchema } from "../model/reachability.js";
import type { Judgement } from "../provider/judgement.js";
import { Failure } from "../toolchain/failure.mjs";
import { ending, examples } from "./action.js";
import { causesIn } from "./check/cause.js";
import { junit } from "./check/junit.js";
import { type CheckResult, type CheckRun, failures } from "./check/result.js";
import { summary, table } from "./check/table.js";
import { tap } from "./check/tap.js";
import { choices } from "./choices.js";
import { painter } from "./colour.js";
import { type Deployed, type DeployedResource, placesOfResource, readDeployed, telling } from "./deployed.js";
import { type StackOptions, withStackOptions } from "./options.js";

const FORMATS = {
    table: (run: CheckRun) => table(run, (_, text) => text),
    tap,
    junit,
    json: (run: CheckRun) => `${JSON.stringify(run, undefined, 2)}\n`,
} as const;

interface CheckOptions extends StackOptions {
    readonly format: keyof typeof FORMATS;
    readonly output?: string;
}

/** Those of the names, which are checks or places that checks are sent from; all if none are named. */
function chosen(lab: Deployed, names: readonly string[]): readonly DeployedResource[] {
    const all = lab.resources.filter(({ kind }) => kind === "Reachability");
    const wanted = names.map((name) => {
        const named = all.filter((one) => one.name === name);
        return named.length > 0 ? named : all.filter((one) => placesOfResource(one)[0] === placeOrNone(lab, name, all));
    });
    return names.length === 0 ? all : all.filter((one) => wanted.flat().includes(one));
}

function placeOrNone(lab: Deployed, name: string, checks: readonly DeployedResource[]): string {
    try {
        return lab.place(name);
    } catch (error) {
        if (!(error instanceof Failure)) throw error;
        const names = checks.map((one) => one.name);
        throw new Failure(`linuxnet: there is no check ${name} in this lab.${choices(name, names)}`, 2);
    }
}

function resultOf({ name, inputs }: DeployedResource, { verdict, problem, seconds }: Judgement): CheckResult {
    const { to, expect, expectTtl } = reachabilitySchema.recall(inputs);
    const [from = ""] = placesOfResource({ kind: "Reachability", name, inputs });
    const expected = expectTtl === undefined ? (expect ?? "reply") : `reply with ttl ${expectTtl}`;
    const rest = { name, from: placeName(from), to, expected, seconds };
    if (verdict === undefined)
        return { ...rest, got: problem ?? "", outcome: "error", sent: undefined, lookAt: undefined };
    const { got, isMet, sent, lookAt } = verdict;
    return { ...rest, got, outcome: isMet ? "ok" : "failed", sent, lookAt };
}

/** How far it has got, for who waits at a terminal. */
function progress(all: number): { tell(): void; end(): void } {
    const isShown = process.stderr.isTTY === true;
    let done = 0;
    const tell = (): void => {
        done++;
        if (isShown) process.stderr.write(`\r${done} of ${all} `);
    };
    return { tell, end: () => void (isShown && done > 0 && process.stderr.write("\r\x1b[K")) };
}

/** Pings again for every check of the lab, now. */
async function check(names: readonly string[], { format, output, ...options }: CheckOptions): Promise<number> {
    const file = output === undefined ? undefined : resolve(output);
    const lab = await readDeployed(options);
    return telling(async () => {
        const checks = chosen(lab, names);
        const { judgeAll } = await import("../provider/judgement.js");
        const begun = new Date();
        const { tell, end } = progress(checks.length);
        const judgements = await judgeAll(
            checks.map(({ inputs }) => inputs),
            { everywhere: lab.places, resources: lab.resources },
            causesIn(lab),
            tell,
        );
        end();
        const results = checks.map((one, at) => resultOf(one, judgements[at] as Judgement));
        const seconds = (Date.now() - begun.getTime()) / 1000;
        const run = { stack: `${lab.stack.project}/${lab.stack.stack}`, begun, seconds, results };
        if (file !== undefined) {
            writeFileSync(file, FORMATS[format](run));
            console.error(summary(run));
        } else if (format === "table") process.stdout.write(table(run, painter(process.stdout)));
        else process.stdout.write(FORMATS[format](run));
        return failures(run).length > 0 ? 1 : 0;
    });
}

export const addCheck = (program: Command): Command =>
    withStackOptions(program.command("check"))
        .description("ping again for every Reachability of the deployed lab, all at the same time")
        .argument("[names...]", "only these checks, or those from these namespaces and hosts")
        .addOption(
            new Option("-f, --format <format>", "how the results are told")
                .choices(Object.keys(FORMATS))
                .default("table"),
        )
        .option("-o, --output <file>", "write them there, and only say how many are as expected")
        .action(ending(check))
        .addHelpText(
            "after",
            examples(
                ["linuxnet check", "whether all that is to be reached is, and all else not"],
                ["linuxnet check ns1-reaches-ns2", "one of them"],
                ["linuxnet check --format tap", "for whoever reads TAP"],
                ["linuxnet check --format junit --output checks.xml", "for the CI"],
            ),
        );
