import { placeOf } from "../../model/place.js";
import { type ReachabilitySpec, reachabilitySchema } from "../../model/reachability.js";
import { UNKNOWN } from "../../model/schema.js";
import { Paths } from "../../model/topology/path.js";
import { type Resource, Topology } from "../../model/topology/topology.js";
import type { Verdict } from "../../model/topology/verdict.js";
import type { Inputs } from "./changes.js";

/** What becomes of a check, where it will not be met: `expects a reply, and would get none (…)`. */
export type Forecast = (inputs: Inputs) => string | undefined;

function difference({ expect = "reply", expectTtl }: ReachabilitySpec, verdict: Verdict): string | undefined {
    const { outcome, ttl, missing } = verdict;
    const isReply = outcome === "reply";
    if (expectTtl !== undefined && isReply)
        return ttl === expectTtl
            ? undefined
            : `expects a reply with ttl ${expectTtl}, and would get one with ttl ${ttl}`;
    const wantsReply = expectTtl !== undefined || expect === "reply";
    if (wantsReply === isReply) return undefined;
    if (isReply)
        return `expects ${expect === "no-reply" ? "no reply" : "an error"}, and would get a reply with ttl ${ttl}`;
    const wanted = expectTtl === undefined ? "a reply" : `a reply with ttl ${expectTtl}`;
    return `expects ${wanted}, and would get none${missing === undefined ? "" : ` (${missing.what})`}`;
}

const isUnknown = (value: unknown): boolean => value === UNKNOWN;
/** What a check is about; what only makes it run again is not looked at. */
const ASKED = ["fromNamespace", "fromHost", "to", "expect", "expectTtl"];

function networkOf(all: Iterable<Resource>) {
    const resources = [...all].filter(({ kind }) => kind !== "Reachability");
    const isOpen = resources.some(({ inputs }) => Object.values(inputs).some(isUnknown));
    const topology = new Topology(resources);
    return { isOpen, topology, paths: new Paths(topology) };
}

/** Foretells checks by what is declared; says nothing of what that leaves open: values known later, MTUs, who else is there. */
export function forecastOf(all: Iterable<Resource>): Forecast {
    let known: ReturnType<typeof networkOf> | undefined;
    return (inputs) => {
        // A preview without checks needs none.
        known ??= networkOf(all);
        const { isOpen, topology, paths } = known;
        const isUnasked = inputs["packetBytes"] !== undefined || ASKED.some((key) => isUnknown(inputs[key]));
        if (isOpen || isUnasked) return undefined;
        const spec = reachabilitySchema.recall(inputs);
        const from = placeOf({ namespace: spec.fromNamespace, host: spec.fromHost });
        const isKnown = topology.devices.some(({ addresses }) => addresses.some(({ address }) => address === spec.to));
        if (!isKnown || !topology.isWhole(from)) return undefined;
        const verdict = paths.ask(from, spec.to);
        const { missing } = verdict;
        const isCertain = missing === undefined || (missing.cause !== "unknown" && topology.isWhole(missing.place));
        return isCertain ? difference(spec, verdict) : undefined;
    };
}
