import { setTimeout as sleep } from "node:timers/promises";
import { parseOwner } from "../model/owner";
import { HOST, type Place, placeOf } from "../model/place";
import {
    DEFAULT_TIMEOUT_SECONDS,
    type ReachabilitySpec,
    reachabilityMistakes,
    reachabilitySchema,
} from "../model/reachability";
import { UNKNOWN } from "../model/schema";
import { changedKeys, newRevision, type Provider, toFailures } from "./dynamic";
import { machineAt } from "./host/machines";
import type { Session } from "./host/session";
import { mistakesInProgram } from "./mistakes";
import { type PingResult, pingStep, readPing } from "./ping";
import { Failure, HostProblem } from "./problem";
import type { Program } from "./program";
import { type Surroundings, trace } from "./trace";

type Properties = Record<string, unknown>;

const wanted = ({ expect, expectTtl }: ReachabilitySpec): string =>
    expectTtl === undefined ? (expect ?? "reply") : `reply with ttl ${expectTtl}`;

function meets(result: PingResult, { expect = "reply", expectTtl }: ReachabilitySpec): boolean {
    if (expectTtl !== undefined) return result.outcome === "reply" && result.ttl === expectTtl;
    return result.outcome === expect;
}

/**
 * Sends until the answer is the expected one or the time is over. A first packet may be lost while neighbours are
 * found, and silence may be the kernel's limit on ICMP errors (icmp_ratelimit), so either is asked again.
 */
async function measure(session: Session, spec: ReachabilitySpec): Promise<PingResult> {
    const seconds = spec.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
    const end = Date.now() + seconds * 1000;
    const expectsSilence = spec.expect === "no-reply" && spec.expectTtl === undefined;
    let wait = 1;
    for (;;) {
        const left = Math.max(1, Math.ceil((end - Date.now()) / 1000));
        const [reply] = await session.run([pingStep(spec, expectsSilence ? seconds : Math.min(wait, left))]);
        wait *= 2;
        if (!reply || [125, 126, 127].includes(reply.code) || /^nsenter:/m.test(reply.stderr)) {
            throw new Failure(`ping did not run: ${reply?.stderr.trim()}`);
        }
        const result = readPing(reply);
        if (meets(result, spec) || (result.outcome === "reply" && spec.expectTtl === undefined) || Date.now() >= end) {
            return result;
        }
        await sleep(200);
    }
}

/** A host on the way that cannot be looked at is a hint, too. */
function saidByHost(error: unknown): string {
    if (error instanceof HostProblem) return error.message;
    throw error;
}

/** What a check has come to. */
export interface Verdict {
    /** `reply with ttl 63` */
    readonly expected: string;
    /** `reply, ttl 63` */
    readonly got: string;
    readonly isMet: boolean;
    /** The ping, as a person would type it. */
    readonly sent: string;
    /** The first thing that is in the way, of what is expected to come through. */
    readonly lookAt: string | undefined;
}

/** Finds what is in the way of a packet; undefined where it does not know. */
export type FindCause = (from: Place, to: string) => Promise<string | undefined>;

/**
 * Pings, and where the answer is not the expected one, looks for what is in the way: as the caller may know it, else by following the
 * packet.
 */
export async function judge(
    spec: ReachabilitySpec,
    surroundings: Surroundings,
    findCause: FindCause = async () => undefined,
): Promise<Verdict> {
    const from = placeOf({ namespace: spec.fromNamespace, host: spec.fromHost });
    const result = await machineAt(from).session((session) => measure(session, spec));
    const isMet = meets(result, spec);
    const isStopped = !isMet && result.outcome !== "reply" && spec.expect !== "no-reply";
    const look = async () => (await findCause(from, spec.to)) ?? (await trace(surroundings, from, spec.to));
    const lookAt = isStopped ? await look().catch(saidByHost) : undefined;
    return { expected: wanted(spec), got: result.text, isMet, sent: pingStep(spec).describe[0] ?? "", lookAt };
}

async function check(program: Program, spec: ReachabilitySpec): Promise<string> {
    const { expected, got, isMet, sent, lookAt } = await judge(spec, program);
    if (isMet) return got;
    const hint = lookAt === undefined ? [] : [`look at: ${lookAt}`];
    throw new Failure([`expected ${expected}, got ${got}`, `sent: ${sent}`, ...hint].join("\n"));
}

/** Whether one place reaches an address, checked anew whenever anything declared before it has changed. */
export function reachability(program: Program, owner: string): Provider {
    const run = async (inputs: Properties): Promise<Properties> => {
        const spec = reachabilitySchema.parse(inputs);
        const result = await check(program, spec);
        return { ...spec, result, revision: newRevision(), __provider: inputs["__provider"] };
    };
    return {
        async check(_olds: Properties, news: Properties) {
            const { inputs, problems } = reachabilitySchema.check(news);
            const known = Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== UNKNOWN));
            const unknown = Object.keys(inputs).filter((key) => inputs[key] === UNKNOWN);
            problems.push(...reachabilityMistakes(known));
            const declaration = { kind: "Reachability", owner, known, unknown };
            try {
                if (problems.length === 0) {
                    problems.push(...(await mistakesInProgram(program, declaration, parseOwner(owner))));
                }
            } catch (error) {
                if (!(error instanceof HostProblem)) throw error;
                return { inputs: news, failures: [{ property: "", reason: error.message }] };
            }
            return { inputs: problems.length > 0 ? news : inputs, failures: toFailures(problems) };
        },
        async diff(_id, olds: Properties, news: Properties) {
            return { changes: changedKeys(reachabilitySchema.keys, olds, news).length > 0 };
        },
        async create(inputs: Properties) {
            const { fromNamespace, fromHost, to } = reachabilitySchema.parse(inputs);
            const from = placeOf({ namespace: fromNamespace, host: fromHost });
            return { id: `${from === HOST ? "host" : from} ${to}`, outs: await run(inputs) };
        },
        async update(_id, _olds: Properties, news: Properties) {
            return { outs: await run(news) };
        },
        /** A refresh does not ping. */
        async read(id, properties: Properties = {}) {
            return { id, props: properties };
        },
        async delete() {},
    };
}
