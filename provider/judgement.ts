import { machinePlace, type Place, placeOf } from "../model/place";
import { type ReachabilitySpec, reachabilitySchema } from "../model/reachability";
import { machineAt } from "./host/machines";
import { Failure } from "./problem";
import { type FindCause, judge, type Verdict } from "./reachability";
import type { Surroundings } from "./trace";

/** What a check has come to, and how long it took. */
export interface Judgement {
    /** Undefined where no ping could be sent; then `problem` says why. */
    readonly verdict: Verdict | undefined;
    readonly problem: string | undefined;
    readonly seconds: number;
}

/** The place that a check sends from. */
const sourceOf = ({ fromNamespace, fromHost }: ReachabilitySpec): Place =>
    placeOf({ namespace: fromNamespace, host: fromHost });

async function judgeOne(spec: ReachabilitySpec, surroundings: Surroundings, findCause: FindCause): Promise<Judgement> {
    const begun = performance.now();
    const taken = (): number => (performance.now() - begun) / 1000;
    try {
        return { verdict: await judge(spec, surroundings, findCause), problem: undefined, seconds: taken() };
    } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return { verdict: undefined, problem: error.message, seconds: taken() };
    }
}

/**
 * Pings for all checks, as many at the same time as each machine takes, and returns what each has come to, in their order.
 *
 * @param checks the inputs of Reachability resources
 * @param surroundings where it is looked for what is in the way
 * @param findCause is asked first
 * @param tell is called after each
 */
export async function judgeAll(
    checks: readonly Readonly<Record<string, unknown>>[],
    surroundings: Surroundings,
    findCause: FindCause,
    tell: () => void,
): Promise<readonly Judgement[]> {
    const specs = checks.map((inputs) => reachabilitySchema.recall(inputs));
    const judgements: Judgement[] = [];
    const machines = new Map<Place, number[]>();
    for (const [at, spec] of specs.entries()) {
        const machine = machinePlace(sourceOf(spec));
        machines.set(machine, [...(machines.get(machine) ?? []), at]);
    }
    const work = async (turn: Iterator<number>): Promise<void> => {
        for (let next = turn.next(); !next.done; next = turn.next()) {
            judgements[next.value] = await judgeOne(specs[next.value] as ReachabilitySpec, surroundings, findCause);
            tell();
        }
    };
    await Promise.all(
        [...machines].flatMap(([machine, numbers]) => {
            const turn = numbers.values();
            return Array.from({ length: Math.min(widthOf(machine), numbers.length) }, () => work(turn));
        }),
    );
    return judgements;
}

/** A machine that the configuration has no more is told by each of its checks. */
function widthOf(machine: Place): number {
    try {
        return machineAt(machine).expectWaiting();
    } catch (error) {
        if (error instanceof Failure) return 1;
        throw error;
    }
}
