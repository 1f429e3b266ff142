import { machinePlace, type Place, placeParts } from "../../model/place";
import { Silence } from "../problem";
import { type Command, reachesFar } from "./command";
import { NAMESPACES, netnsPath, recordsPattern, simulatedFolder } from "./place";
import { type Answers, type Queries, type Query, readAnswer, remember } from "./query";

/** An answer that several resources share. */
interface Survey {
    readonly source: Query<unknown>["source"];
    readonly place: Place;
    readonly asked: number;
    readonly answer: Promise<string | undefined>;
}

/** A file may have a space in its name: what it is stands behind the last one. */
const filesIn = remember(
    (answer) => new Set((answer ?? "").split("\n").map((line) => line.slice(0, line.lastIndexOf(" ")))),
);

/** The namespace that a question goes into, or is about, where that has its file among those of all. */
function namespaceOf({ source, place: asked, about }: Query<unknown>): Place | undefined {
    const place = source === "ip" ? asked : source === "namespace" ? about : undefined;
    if (place === undefined || placeParts(place).namespace === undefined) return undefined;
    return simulatedFolder(place) === undefined ? place : undefined;
}

/** Whether a question goes into the namespace that another one is about. */
const isInside = (one: Query<unknown>, { source, about }: Query<unknown>): boolean =>
    source === "namespace" && one.source === "ip" && one.place === about;

/** How long a survey is shared: a refresh of a large lab, not longer. */
const SURVEY_MILLISECONDS = 60_000;

type Question = Pick<Query<unknown>, "source" | "place" | "ask" | "constant">;

/** What resources in a namespace are seen by, asked by one process. */
const TOGETHER = ["addr show", "route show table all"];

/** With what is recorded of them, in one exchange: whoever looks at one of them looks at others. A machine's own may hold more than they all. */
const whole = (place: Place): Question[] => [
    ...TOGETHER.map((ask) => ({ source: "ip" as const, place, ask })),
    { source: "files", place: machinePlace(place), ask: recordsPattern(place) },
];

/** What has been read of whole namespaces: each is read once, until our next change. */
export class Surveys {
    readonly #known = new Map<string, Survey>();
    readonly #former = new Map<string, Survey>();
    /** Places that a check has found not to be there. */
    readonly #empty = new Set<Place>();

    constructor(
        private readonly ask: (queries: readonly Query<string | undefined>[]) => Promise<(string | undefined)[]>,
    ) {}

    /** With `isCheck`, also by what was read before changes of ours; and what is in a place that was not there then is ours. */
    async read<Q extends Queries>(queries: Q, isCheck: boolean): Promise<Answers<Q>> {
        const open: Query<string | undefined>[] = [];
        // Behind the loop, when all that nobody has asked yet is known: it goes to the machine together.
        const absent = await this.#absentAmong(Object.values(queries), isCheck);
        const told = Promise.resolve().then(() => this.#askTogether(open));
        const answer = (query: Query<unknown>) => this.#answer(query, isCheck, open, told);
        const entries = Object.entries(queries).map(async ([name, query]) => {
            const isEmpty = isCheck && this.#empty.has(query.about ?? query.place);
            if (isEmpty || absent.has(namespaceOf(query) ?? "")) return [name, readAnswer(query, undefined)];
            const inside = Object.values(queries).find((one) => isInside(one, query));
            return [name, readAnswer(query, await (inside ? this.#presence(query, answer(inside)) : answer(query)))];
        });
        return Object.fromEntries(await Promise.all(entries)) as Answers<Q>;
    }

    /** Whoever has been answered in a namespace need not be told that it is there. */
    async #presence(query: Query<unknown>, inside: Promise<string | undefined>): Promise<string | undefined> {
        if ((await inside) !== undefined) return `${query.about && netnsPath(query.about)} present`;
        const [answer] = await this.ask([{ ...query, read: (text) => text }]);
        return answer;
    }

    /** Of the namespaces that are asked, those that are not there: nobody has to try to enter them. Of those that are, each is asked itself. */
    async #absentAmong(queries: readonly Query<unknown>[], isCheck: boolean): Promise<Set<Place>> {
        const asked = queries.flatMap((query) => namespaceOf(query) ?? []);
        const [first] = asked;
        if (first === undefined) return new Set();
        const question = { source: "namespace", place: machinePlace(first), ask: NAMESPACES } as const;
        const open: Query<string | undefined>[] = [];
        const told = Promise.resolve().then(() => this.#askTogether(open));
        const present = filesIn(await this.#answer({ ...question, read: () => undefined }, isCheck, open, told));
        return new Set(asked.filter((place) => !present.has(netnsPath(place) ?? "")));
    }

    nothingIn(place: Place): void {
        this.#empty.add(place);
    }

    /** A change makes the surveys of its places untrue; without one, all may be. */
    forget(commands?: readonly Command[]): void {
        if (commands === undefined) {
            this.#former.clear();
            this.#empty.clear();
        }
        if (commands === undefined || commands.some(reachesFar)) this.#known.clear();
        for (const command of commands ?? []) {
            const source = command.kind === "file" ? "files" : undefined;
            const place = command.kind === "file" ? machinePlace(command.place) : command.place;
            for (const [key, survey] of this.#known) {
                if (survey.place === place && (source === undefined || survey.source === source)) {
                    this.#known.delete(key);
                }
            }
        }
    }

    /** Where one of them has no answer, each is asked by itself: others may be shared by who does not ask that one. */
    async #askTogether(open: readonly Query<string | undefined>[]): Promise<Promise<string | undefined>[]> {
        if (open.length === 0) return [];
        try {
            return (await this.ask(open)).map((text) => Promise.resolve(text));
        } catch (error) {
            if (open.length === 1 || !(error instanceof Silence)) throw error;
            return open.map((one) => this.ask([one]).then(([text]) => text));
        }
    }

    /** What is not known is added to the open questions. */
    #answer(
        { source, place, ask, survey, constant }: Query<unknown>,
        isCheck: boolean,
        open: Query<string | undefined>[],
        told: Promise<readonly Promise<string | undefined>[]>,
    ): Promise<string | undefined> {
        const question = survey ?? ask;
        const key = `${source} ${place} ${question}`;
        const known = this.#known.get(key);
        if (known && Date.now() - known.asked < SURVEY_MILLISECONDS) return known.answer;
        const former = isCheck ? this.#former.get(key) : undefined;
        if (former && Date.now() - former.asked < SURVEY_MILLISECONDS) return former.answer;
        const isShared = source === "ip" && place !== machinePlace(place) && TOGETHER.includes(question);
        const all = isShared ? whole(place) : [{ source, place, ask: question, constant: constant === true }];
        const answers = all.map((one) => {
            const at = open.push({ ...one, read: (text) => text }) - 1;
            const answer = told.then((texts) => texts[at]);
            for (const surveys of [this.#known, this.#former]) this.#keep(surveys, one, answer);
            return answer;
        });
        return answers[all.findIndex((one) => one.ask === question)] ?? Promise.resolve(undefined);
    }

    #keep(surveys: Map<string, Survey>, question: Question, answer: Promise<string | undefined>): void {
        const { source, place, ask } = question;
        const key = `${source} ${place} ${ask}`;
        surveys.set(key, { source, place, asked: Date.now(), answer });
        answer.catch(() => surveys.delete(key));
    }
}
