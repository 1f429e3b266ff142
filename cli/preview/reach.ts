import { Paths } from "../../model/topology/path.js";
import { type Answer, answers, type Pair, pairKey, pairName, pairsIn, pairsOf } from "../../model/topology/reach.js";
import { type Resource, Topology } from "../../model/topology/topology.js";
import { groupLines } from "./groups.js";
import type { Labs } from "./labs.js";
import type { Line } from "./words.js";

/** So many questions are asked of the labs in between; of larger changes only the beginning and the end are looked at. */
const QUESTIONS = 200_000;
/** So many of two labs. */
const PAIRS = 100_000;

type Resources = ReadonlyMap<string, Resource>;

const pathsOf = (resources: Resources): { topology: Topology; paths: Paths } => {
    const topology = new Topology([...resources.values()]);
    return { topology, paths: new Paths(topology) };
};

function outcomeOf(answer: Answer | undefined): string {
    if (answer?.outcome === "another") return "another answers";
    return answer?.outcome.replace("-", " ") ?? "not there";
}

/** `192.168.1.2: reply → unreachable (ns1 has no route to 192.168.1.2)` */
function changeLine(pair: Pair, before: Answer | undefined, after: Answer | undefined): Line {
    const why = after?.why === undefined ? "" : ` (${after.why})`;
    const text = `${pairName(pair)}: ${outcomeOf(before)} → ${outcomeOf(after)}${why}`;
    return { sign: "?", text, name: pair.address };
}

/** Those whose packets would be lost on the way from one lab to the other, though neither is without a way for them. */
function interrupted({ before, steps }: Labs, pairs: readonly Pair[]): Pair[] {
    const now = new Map(before);
    const lost = new Set<Pair>();
    for (const { urn, resource } of steps) {
        if (resource === undefined) now.delete(urn);
        else now.set(urn, resource);
        if (resource?.kind === "Reachability") continue;
        const { topology, paths } = pathsOf(now);
        const there = pairsIn(topology, pairs);
        for (const pair of pairs) {
            const isReached = there.has(pair) && paths.ask(pair.from, pair.address, pair.to).outcome === "reply";
            if (!isReached) lost.add(pair);
        }
    }
    return [...lost];
}

const isReply = (answer: Answer | undefined): boolean => answer?.outcome === "reply";

/** Lines that a person reads; the rest are counted. */
const LINES = 20;

/** Like lines put together, of a place and not of a resource. */
function listed(lines: readonly Line[]): string[] {
    const all = groupLines(lines).map((line) => `  ${line.replace(/^\? /, "")}`);
    const more = all.length > LINES ? [`  … and ${all.length - LINES} more`] : [];
    return [...all.slice(0, LINES), ...more];
}

const pairsCounted = (count: number): string => `${count} ${count === 1 ? "pair" : "pairs"}`;

/** Who reaches whom before and after, and whom the change interrupts on the way; nothing where there is nobody. */
export function reachLines(labs: Labs): string[] {
    const [old, wanted] = [pathsOf(labs.before), pathsOf(labs.after)];
    const [oldPairs, newPairs] = [pairsOf(old.topology, wanted.topology), pairsOf(wanted.topology, old.topology)];
    const pairs = new Map([...oldPairs, ...newPairs].map((pair) => [pairKey(pair), pair]));
    if (pairs.size === 0 || pairs.size > PAIRS) return [];
    const [before, after] = [answers(old.paths, oldPairs), answers(wanted.paths, newPairs)];
    const of = (pair: Pair) => ({ was: before.get(pairKey(pair)), is: after.get(pairKey(pair)) });
    const all = [...pairs.values()];
    const same = all.filter((pair) => outcomeOf(of(pair).was) === outcomeOf(of(pair).is));
    const come = all.filter((pair) => of(pair).was === undefined && isReply(of(pair).is));
    // What was never there and is not reached is no news.
    const unreached = all.filter((pair) => of(pair).was === undefined && !isReply(of(pair).is));
    const gone = all.filter((pair) => of(pair).is === undefined);
    const counted = new Set([...same, ...come, ...unreached, ...gone]);
    const isTurned = (pair: Pair): boolean => isReply(of(pair).was) !== isReply(of(pair).is);
    const differing = all
        .filter((pair) => !counted.has(pair))
        .toSorted((a, b) => Number(isTurned(b)) - Number(isTurned(a)));
    // Who is asked by another address afterwards is not the same any more.
    const steady = oldPairs.filter((pair) => {
        const isSame = pairs.get(pairKey(pair))?.address === pair.address;
        return isSame && isReply(of(pair).was) && isReply(of(pair).is);
    });
    const isKnown = steady.length * labs.steps.length <= QUESTIONS;
    const lost = isKnown && steady.length > 0 ? interrupted(labs, steady) : [];
    const counts = [
        ...(come.length > 0 ? [`${pairsCounted(come.length)} more, with a reply`] : []),
        ...(unreached.length > 0 ? [`${pairsCounted(unreached.length)} more, without a reply`] : []),
        ...(gone.length > 0 ? [`${pairsCounted(gone.length)} gone`] : []),
        ...(same.length > 0
            ? [
                  `${pairsCounted(same.length)} as before, ${same.filter((pair) => isReply(of(pair).is)).length} of them with a reply`,
              ]
            : []),
        `interrupted on the way: ${isKnown ? lost.length || "none" : "not looked at"}`,
    ];
    return [
        "Who reaches whom:",
        ...listed(differing.map((pair) => changeLine(pair, of(pair).was, of(pair).is))),
        `  ${counts.join("; ")}`,
        ...listed(lost.map((pair) => ({ sign: "?", text: `interrupted: ${pairName(pair)}`, name: pair.address }))),
    ];
}
