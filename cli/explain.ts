import type { Command } from "commander";
import { type Place, placeName } from "../model/place.js";
import { AddressProblem, isLinkLocal, parseAddress } from "../model/prefix.js";
import { Paths } from "../model/topology/path.js";
import { Topology } from "../model/topology/topology.js";
import type { Leg, Verdict } from "../model/topology/verdict.js";
import { Failure } from "../toolchain/failure.mjs";
import { ending, examples } from "./action.js";
import { readDeployed } from "./deployed.js";
import { operateQuietly } from "./engine.js";
import { addForeignRoutes } from "./explain/standing.js";
import { type EngineOptions, withEngineOptions, wordsOf } from "./options.js";
import { placeNamed, placesOf } from "./places.js";
import { readPreview } from "./preview/changes.js";
import { readLabs } from "./preview/labs.js";

interface ExplainOptions extends EngineOptions {
    readonly deployed?: boolean;
    readonly json?: boolean;
}

/** An address as it is, or the first one of a place, which is then the one that has to answer. */
function targetOf(
    places: ReadonlyMap<string, Place>,
    topology: Topology,
    to: string,
): { readonly address: string; readonly owner?: Place } {
    try {
        return { address: parseAddress(to).address };
    } catch (error) {
        if (!(error instanceof AddressProblem)) throw error;
    }
    const owner = placeNamed(places, to);
    const node = topology.node(owner);
    const found = [...node.devices.values()].flatMap(({ addresses }) => addresses);
    const first = found.find((one) => !isLinkLocal(one));
    if (first === undefined) throw new Failure(`linuxnet: ${to} has no address that this program knows of.`, 2);
    return { address: first.address, owner };
}

const legLines = ({ steps, missing }: Leg): string[] => [
    ...steps.map(({ text, resource }) => `  ${text}${resource === undefined ? "" : `   (${resource})`}`),
    ...(missing === undefined ? [] : [`  ✗ ${missing.what}`]),
];

function show(from: string, to: string, name: string, { outcome, there, back, ttl, missing }: Verdict): string[] {
    const way = [`${from} → ${to}`, ...legLines(there)];
    const home = back === undefined ? [] : [`back to ${there.source?.address}`, ...legLines(back)];
    if (outcome === "reply") return [...way, ...home, "", `${from} reaches ${to}: reply, ttl ${ttl}.`];
    const why = missing === undefined ? "" : `: ${missing.what}.\n${missing.advice}.`;
    if (outcome === "another") return [...way, ...home, "", `${from} does not reach ${name}${why}`];
    const silence = outcome === "unreachable" ? "it is told so" : "no answer comes";
    return [...way, ...home, "", `${from} does not reach ${to} (${silence})${why}`];
}

const asJson = (from: string, to: string, { outcome, there, back, ttl, missing }: Verdict): string =>
    JSON.stringify(
        {
            from,
            to,
            outcome,
            ttl,
            missing: missing && { place: placeName(missing.place), what: missing.what, advice: missing.advice },
            there: there.steps.map(({ place, ...step }) => ({ place: placeName(place), ...step })),
            back: back?.steps.map(({ place, ...step }) => ({ place: placeName(place), ...step })),
        },
        undefined,
        2,
    );

/** Why one place reaches another, or does not: hop by hop, by what is declared, or with --deployed by what is there. */
async function explain(from: string, to: string, options: ExplainOptions): Promise<number> {
    const { exitCode, events } = await operateQuietly(["preview", ...wordsOf(options)]);
    if (exitCode !== 0) {
        for (const problem of readPreview(events).problems) console.error(problem);
        return exitCode;
    }
    const labs = readLabs(events);
    const resources = [...(options.deployed ? labs.before : labs.after).values()];
    const topology = new Topology(resources);
    if (options.deployed) {
        await readDeployed(options);
        await addForeignRoutes(topology);
    }
    const places = placesOf(resources, topology);
    const { address, owner } = targetOf(places, topology, to);
    const verdict = new Paths(topology).ask(placeNamed(places, from), address, owner);
    console.log(options.json ? asJson(from, address, verdict) : show(from, address, to, verdict).join("\n"));
    return verdict.outcome === "reply" ? 0 : 1;
}

export const addExplain = (program: Command): Command =>
    withEngineOptions(program.command("explain"))
        .description("say hop by hop how one namespace or host reaches another, or the first thing that is missing")
        .argument("<from>", "a namespace or a host, by the program's name or its own")
        .argument("<to>", "the same, or an address")
        .option("--deployed", "as it is on the machine now, and not as the program says")
        .option("--json", "for programs")
        .action(ending(explain))
        .addHelpText(
            "after",
            examples(
                ["linuxnet explain ns1 ns2", "by what the program declares"],
                ["linuxnet explain ns1 192.168.2.2 --deployed", "by what stands now; ends with 1 if there is no way"],
            ),
        );
