import { setTimeout as sleep } from "node:timers/promises";
import { type Owner, parseOwner, sameStack, stackGroups, taggedOwner } from "../model/owner";
import { machinePlace } from "../model/place";
import { type Command, ip } from "./host/command";
import type { Machine } from "./host/machine";
import type { Queries, Query } from "./host/query";
import type { Session } from "./host/session";
import { device, groupQuery, type LinkState } from "./link";

/** A removal whose plan may be but a link of a machine's own namespace. */
export interface Departure<Result> {
    readonly owner: Owner;
    readonly plan: readonly Command[];
    /** What the plan was made by. */
    readonly queries: Queries;
    /** What would be planned by these answers. */
    planBy(answers: Readonly<Record<string, unknown>>): readonly Command[];
    /** Runs the plan, and what belongs to it. */
    alone(): Promise<Result>;
    /** Runs what belongs to the plan, which is done. */
    rest(): Promise<Result>;
    /** Only looks again. */
    again(): Promise<Result>;
}

/** A link that waits to go with others. */
interface Waiting {
    readonly name: string;
    readonly departure: Departure<unknown>;
    readonly goOn: (isGone: boolean) => void;
}

/** What goes from a machine's own namespace at the moment, and what waits for that. */
interface Departures {
    isBusy: boolean;
    waiting: Waiting[];
}

const departures = new WeakMap<Machine, Departures>();

const REMOVAL = "link del dev ";

/** The engine asks for the next ones as soon as it has heard of these: they are waited for, to go together. */
const MOMENT_MILLISECONDS = 10;

/** The link of a machine's own namespace whose removal is all of the plan. */
function departing([first, ...others]: readonly Command[]): string | undefined {
    if (first?.kind !== "ip" || others.length > 0 || first.place !== machinePlace(first.place)) return undefined;
    return first.line.startsWith(REMOVAL) ? first.line.slice(REMOVAL.length) : undefined;
}

/** Whether the link is still to go by itself: it was waited for, and somebody may have come. */
function isStill({ name, departure }: Waiting, answers: Readonly<Record<string, unknown>>): boolean {
    try {
        return departing(departure.planBy(answers)) === name;
    } catch {
        return false; // it is told when it looks by itself
    }
}

/** By one look, those that are still to go, and what is in their group already. */
async function lookAgain(session: Session, waiting: readonly Waiting[], group: Query<readonly LinkState[]>) {
    const key = (at: number, name: string): string => `${at} ${name}`;
    const asked = waiting.flatMap(({ departure }, at) =>
        Object.entries(departure.queries).map(([name, query]) => [key(at, name), query] as const),
    );
    // The group first: a bridge that is not there ends `ip` at once.
    const answers: Readonly<Record<string, unknown>> = await session.ask({ group, ...Object.fromEntries(asked) });
    const going = waiting.filter((one, at) => {
        const names = Object.keys(one.departure.queries);
        return isStill(one, Object.fromEntries(names.map((name) => [name, answers[key(at, name)]])));
    });
    return { going, grouped: answers["group"] as readonly LinkState[] };
}

const isOf = ({ alias }: LinkState, owner: Owner): boolean => {
    const tagged = taggedOwner(alias);
    return tagged !== undefined && sameStack(parseOwner(tagged), owner);
};

/** As one group, in which there is nothing else: what somebody who was interrupted has left in it is taken out of it before. */
async function removeAll(machine: Machine, waiting: readonly Waiting[]): Promise<readonly Waiting[]> {
    const [first] = waiting;
    if (first === undefined) return [];
    const { owner } = first.departure;
    const { place } = machine;
    const [own, group] = stackGroups(owner);
    return machine.session(async (session) => {
        const { going, grouped } = await lookAgain(session, waiting, groupQuery(place, group));
        const staying = grouped.filter(({ name }) => !going.some((one) => one.name === name));
        if (going.length === 0 || staying.some((link) => !isOf(link, owner))) return [];
        const commands = [
            ...staying.map(({ name }) => device(place, name, "group", own)),
            ...going.map(({ name }) => device(place, name, "group", group)),
            ip(place, "link", "del", "group", group),
        ];
        const { outcome } = await session.runAndAsk(commands, {});
        return outcome.ok ? going : [];
    });
}

async function letGo(machine: Machine, here: Departures): Promise<void> {
    while (here.waiting.length > 0) {
        const waiting = here.waiting;
        here.waiting = [];
        // A failure is told by what each of them finds out by itself.
        const gone = await removeAll(machine, waiting).catch((): readonly Waiting[] => []);
        for (const one of waiting) one.goOn(gone.includes(one));
        await sleep(MOMENT_MILLISECONDS);
    }
    here.isBusy = false;
}

/**
 * Runs the plan of a removal. The kernel lets whoever removes a link wait until nobody looks at it any more, and everybody else
 * with him; several that go as one group wait once. So a link that is to go while another one goes waits for that, and goes
 * together with all that have come meanwhile. What is not gone by this, for whatever reason, looks again and goes by itself.
 */
export async function depart<Result>(machine: Machine, departure: Departure<Result>): Promise<Result> {
    const { owner, plan } = departure;
    const name = departing(plan);
    if (name === undefined) return departure.alone();
    const here = departures.get(machine) ?? { isBusy: false, waiting: [] };
    departures.set(machine, here);
    const isAlike = here.waiting.every((one) => sameStack(one.departure.owner, owner));
    if (here.isBusy && isAlike) {
        return new Promise((resolve, reject) => {
            const goOn = (isGone: boolean): void => {
                (isGone ? departure.rest() : departure.again()).then(resolve, reject);
            };
            here.waiting.push({ name, departure, goOn });
        });
    }
    if (here.isBusy) return departure.alone();
    here.isBusy = true;
    try {
        return await departure.alone();
    } finally {
        void letGo(machine, here);
    }
}
