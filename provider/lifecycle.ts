import { setTimeout as sleep } from "node:timers/promises";
import { formatOwner, type Owner } from "../model/owner";
import type { Command } from "./host/command";
import { describe } from "./host/command";
import type { Machine } from "./host/machine";
import { machineAt, survey } from "./host/machines";
import type { Answers, Queries, Query } from "./host/query";
import type { Outcome, Session } from "./host/session";
import type { Foreign, Found, Kind } from "./kind";
import { Conflict, Failure, Silence, Useless } from "./problem";
import {
    bootQuery,
    type FlatSpec,
    type RecordFile,
    recordFile,
    recordQuery,
    removeRecord,
    type Story,
    tellStory,
    writeRecord,
} from "./record";
import { depart } from "./removals";
import { type Routes, restore, routesOf } from "./restore";
import { isSameSpec } from "./same";
import { inTurn, turnOf } from "./turns";
import { Uppers } from "./uppers";

/** The folder that holds the records' own: a file to lock would be left behind. */
export const LOCK = "/run";

/** How often a plan is made anew from what is there before we give up. */
const ROUNDS = 4;

const REFUSED = "Nothing was changed. Remove it, or choose another name or address for the resource";

/** An address that is added, and what waits for it, leaves the routes of its device as they are. */
const mayTakeRoutes = (command: Command): boolean =>
    command.kind !== "tool" && !(command.kind === "ip" && command.line.startsWith("addr add "));

/** The question of a survey in the place of one for a single object. */
const widened = (query: Query<unknown>): Query<unknown> =>
    query.source === "ip" && query.survey !== undefined ? { ...query, ask: query.survey } : query;

/** A change that got only so far: what there is of the object, and why it is not all. */
export class Unfinished<State> extends Failure {
    constructor(
        message: string,
        readonly state: State | undefined,
        /** Nobody could say what has become of it: there may be something. */
        readonly isUnseen = false,
    ) {
        super(message);
    }
}

/** One object of one resource, and the one path by which it is made, changed, repaired and removed. */
export class Lifecycle<Spec extends FlatSpec, Q extends Queries, State> {
    readonly #machine: Machine;
    readonly #record: RecordFile;
    readonly #queries: Q & { record: ReturnType<typeof recordQuery>; boot: ReturnType<typeof bootQuery> };
    readonly #uppers: Uppers;

    constructor(
        private readonly kind: Kind<Spec, Q, State>,
        private readonly owner: Owner,
        /** What identifies the object. */
        private readonly spec: Spec,
    ) {
        const { place, key } = kind.record(spec);
        this.#machine = machineAt(place);
        this.#record = recordFile(place, kind.name, key);
        this.#queries = {
            ...kind.queries(spec, owner),
            record: recordQuery(this.#record),
            boot: bootQuery(place),
        };
        const devices = kind.isLink ? (kind.disturbs?.(spec) ?? []) : [];
        this.#uppers = new Uppers(this.#machine, owner, devices);
    }

    /** What is there, by surveys shared with others where they will do; a check goes by older ones, too. */
    async look({ isCheck = false } = {}): Promise<Found<State> & { claimed: boolean }> {
        const answers = await survey(this.#queries, { isCheck });
        const story = this.#story(answers, this.spec);
        return { ...this.#observe(answers, story), claimed: story.mine !== undefined };
    }

    /** Drops our claim on an object that is no longer there. Touches nothing but the record. */
    async release(): Promise<void> {
        const settle = async (session: Session) => {
            const answers = await session.ask(this.#queries);
            const story = this.#story(answers, undefined);
            await session.runAndAsk(this.#settle(undefined, story, this.#observe(answers, story).foreign), {});
        };
        await (this.#isCareful ? this.#machine.locked(LOCK, settle) : this.#machine.session(settle));
    }

    get #isCareful(): boolean {
        return this.kind.shared === true || this.kind.alone === true;
    }

    /** Brings the object to what is wanted; undefined: away with it. With `isNew`, nothing of it is expected to be there. */
    converge(wanted: Spec | undefined, isNew = false): Promise<State | undefined> {
        const work = (session: Session) => this.#converge(session, wanted, isNew && this.kind.exclusive === true);
        return inTurn(turnOf(this.kind.name, this.owner), () =>
            this.#isCareful ? this.#machine.locked(LOCK, work) : this.#machine.session(work),
        );
    }

    async #converge(session: Session, wanted: Spec | undefined, isNew: boolean): Promise<State | undefined> {
        let routes: Routes | undefined;
        /** Whether it was before. */
        let isOurs: boolean | undefined;
        const looked = isNew ? undefined : await this.#lookFor(session, wanted);
        const queries = looked?.queries ?? this.#queries;
        let answers = looked?.answers;
        const { boot } = answers ?? (await session.ask({ boot: this.#queries.boot }));
        let outcome: Outcome = { ok: true };
        for (let round = 0; ; round++) {
            const story = this.#story(answers ?? { boot, record: undefined }, wanted);
            const found: Found<State> = answers ? this.#observe(answers, story) : { state: undefined };
            if (found.foreign !== undefined) {
                // Whoever came while we were at it: our claim would stand in his way.
                if (wanted && round > 0 && !this.kind.shared)
                    await session.runAndAsk(this.#settle(undefined, story, found.foreign), {});
                if (wanted) throw new Conflict(found.foreign, REFUSED);
                if (!story.mine && !found.state) return undefined;
            }
            // Where something else stands in the place of a part, the rest goes nevertheless.
            isOurs ??= story.mine !== undefined;
            const plan = await this.#planOrUndo(session, found, wanted, story, isOurs);
            if (!wanted && plan.length > 0) this.#uppers.refuse();
            if (wanted && !found.state && plan.length === 0) {
                throw new Failure(`${this.kind.id(wanted)}: there is no such place any more`);
            }
            const commands = [...this.#remember(answers, wanted, story, plan.length > 0, round)];
            // What was there before is needed until all of it is back, which may take several rounds.
            const after = this.#isCareful && plan.length > 0 ? [] : this.#settle(wanted, story, found.foreign);
            if (plan.length === 0 && commands.length === 0 && after.length === 0) {
                if (routes) await restore(session, this.owner, routes);
                return found.state;
            }
            const tooSlow = !outcome.ok && outcome.tooSlow;
            if (round === ROUNDS || tooSlow) {
                // What was too slow may yet be done, and must find its record then.
                const isNothing = wanted && !found.state && !this.kind.shared && !tooSlow;
                if (isNothing) await session.runAndAsk(this.#settle(undefined, story), {});
                throw this.#unfinished(outcome, plan, found.state);
            }
            if (!outcome.ok) await sleep(50 * round);
            const known = found.state !== undefined || story.mine !== undefined;
            if ((wanted || this.kind.spares) && known && plan.length > 0 && !routes?.before)
                routes = await this.#routes(session, plan);
            try {
                const run = (all: readonly Command[]) => session.runAndAsk(all, queries);
                const alone = () => run([...commands, ...plan, ...after]);
                if (wanted || round > 0 || this.#isCareful) ({ outcome, answers } = await alone());
                else
                    ({ outcome, answers } = await depart(this.#machine, {
                        owner: this.owner,
                        plan,
                        queries,
                        planBy: (seen) => this.#planOf(seen, wanted),
                        alone,
                        rest: () => run(after),
                        again: () => run([]),
                    }));
            } catch (error) {
                if (!wanted || !(error instanceof Silence)) throw error;
                throw new Unfinished(`${error.message}\nRunning again continues from here.`, found.state, true);
            }
        }
    }

    /** What is to go and is not found is looked for under another name: its record, by which it can be found, goes as well. */
    async #lookFor(session: Session, wanted: Spec | undefined) {
        const queries = this.#queries;
        if (wanted) return { queries, answers: await session.ask(queries) };
        const answers = await this.#uppers.askWith(session, queries);
        const story = this.#story(answers, wanted);
        const { state, foreign } = this.#observe(answers, story);
        const isLost = state === undefined && foreign === undefined && story.mine !== undefined;
        if (!isLost || !this.kind.isLink) return { queries, answers };
        const wide = Object.entries(queries).map(([name, query]) => [name, widened(query)]);
        const all: typeof queries = Object.fromEntries(wide);
        return { queries: all, answers: await this.#uppers.askWith(session, all) };
    }

    #story(answers: { record: unknown; boot: unknown }, wanted: FlatSpec | undefined): Story {
        return tellStory(this.owner, answers.boot as string, answers.record as Story["record"], wanted);
    }

    #observe(answers: unknown, story: Story): Found<State> {
        const found = this.kind.observe(answers as Answers<Q>, this.spec, story);
        const other = story.others[0]?.owner;
        if (found.foreign !== undefined)
            return { ...found, foreign: { ...found.foreign, owner: found.foreign.owner ?? other } };
        if (this.kind.shared || story.mine || other === undefined) return found;
        const property = this.kind.identity.find((key) => /(ame|destination|address)$/.test(key)) ?? "";
        return { state: undefined, foreign: { property, what: `a claim on ${this.kind.id(this.spec)}`, owner: other } };
    }

    /** What we have made in vain leaves no trace. */
    async #planOrUndo(
        session: Session,
        found: Found<State>,
        wanted: Spec | undefined,
        story: Story,
        isOurs: boolean,
    ): Promise<readonly Command[]> {
        if (found.foreign && !found.state) return [];
        try {
            return this.kind.plan(found.state, wanted, this.spec, story);
        } catch (error) {
            if (error instanceof Useless && !isOurs && story.mine)
                await session.runAndAsk([...error.undo, ...this.#settle(undefined, story)], {});
            throw error;
        }
    }

    #planOf(answers: Readonly<Record<string, unknown>>, wanted: Spec | undefined): readonly Command[] {
        const story = this.#story({ record: answers["record"], boot: answers["boot"] }, wanted);
        const found = this.#observe(answers, story);
        if (!wanted) this.#uppers.refuse();
        return found.foreign ? [] : this.kind.plan(found.state, wanted, this.spec, story);
    }

    /** What a change of this object may take away from others. */
    async #routes(session: Session, plan: readonly Command[]): Promise<Routes | undefined> {
        const devices = this.kind.disturbs?.(this.spec) ?? [];
        if (devices.length === 0) return undefined;
        return plan.some(mayTakeRoutes) ? routesOf(session, devices) : { devices };
    }

    /** The record is written before the first change, so that whoever is killed knows afterwards what was his. */
    #remember(answers: unknown, wanted: Spec | undefined, story: Story, changing: boolean, round: number): Command[] {
        const { mine, others, boot, owner } = story;
        if (!wanted && !(this.#isCareful && mine && changing && mine.previous === undefined)) return [];
        if (mine && wanted && isSameSpec(mine.spec, wanted)) return [];
        const previous = mine && changing ? { previous: { ...mine.previous, ...mine.spec } } : {};
        const claim = { owner: formatOwner(owner), spec: wanted ?? mine?.spec ?? {}, ...previous };
        const before = answers === undefined ? {} : (this.kind.before?.(answers as Answers<Q>, wanted, story) ?? {});
        const content = { boot, kind: this.kind.name, claims: [...others, claim], before };
        // One of an earlier boot is void, whoever's it was, and is written over; and so is one that nobody can read, seen twice.
        const isNew = (answers as { record?: unknown } | undefined)?.record === undefined;
        return [writeRecord(this.#record, content, isNew && round < 2)];
    }

    /** What the record says once the change is done. What is recorded in somebody else's place is his. */
    #settle(wanted: Spec | undefined, story: Story, foreign?: Foreign): Command[] {
        const { mine, record, others, owner, boot, stale } = story;
        if (!wanted) {
            const gone = [removeRecord(this.#record, foreign ? undefined : this.kind.forgets?.(this.spec))];
            if (!mine) return stale ? gone : [];
            if (others.length === 0 || !record) return gone;
            return [writeRecord(this.#record, { ...record, claims: [...others] }, false)];
        }
        const unsettled = mine !== undefined && (mine.previous !== undefined || !isSameSpec(mine.spec, wanted));
        if (!unsettled) return [];
        const claims = [...others, { owner: formatOwner(owner), spec: wanted }];
        return [writeRecord(this.#record, { boot, kind: this.kind.name, claims, before: record?.before ?? {} }, false)];
    }

    #unfinished(outcome: Outcome, plan: readonly Command[], state: State | undefined): Unfinished<State> {
        const reason = outcome.ok
            ? `the kernel does not keep what was set; still to do: ${plan.map(describe).join("; ")}`
            : `${outcome.command}: ${outcome.said}`;
        return new Unfinished(`${reason}\nRunning again continues from here.`, state);
    }
}
