import { placeOf } from "../../model/place.js";
import { contains, parseAddress } from "../../model/prefix.js";
import { type ReachabilitySpec, reachabilitySchema } from "../../model/reachability.js";
import { UNKNOWN } from "../../model/schema.js";
import type { Device } from "../../model/topology/node.js";
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

/** Whether somebody of the lab has an address, or would have it: it lies in a subnet of the lab. */
function isOfLab(topology: Topology, to: string): boolean {
    const target = parseAddress(to);
    return topology.devices.some(({ addresses }) => addresses.some((one) => contains(one, target)));
}

/** Whether all is declared that hears a device: also who is at the other end of a tunnel. */
function isClosed(topology: Topology, { place, kind, tunnel }: Device): boolean {
    const locals = topology.devices.map((device) => device.tunnel?.local);
    return (
        topology.isWhole(place) && kind !== "existing" && (tunnel?.remotes ?? []).every((one) => locals.includes(one))
    );
}

function isCertain(topology: Topology, { missing }: Verdict): boolean {
    if (missing === undefined) return true;
    const { cause, place, asked = [] } = missing;
    return cause !== "unknown" && topology.isWhole(place) && asked.every((device) => isClosed(topology, device));
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
        if (!isOfLab(topology, spec.to) || !topology.isWhole(from)) return undefined;
        const verdict = paths.ask(from, spec.to);
        return isCertain(topology, verdict) ? difference(spec, verdict) : undefined;
    };
}
