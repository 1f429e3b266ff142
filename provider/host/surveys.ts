import { machinePlace, type Place } from "../../model/place";
import type { Command } from "./command";
import { type Answers, type Queries, type Query, readAnswer } from "./query";

/** A link has its other end elsewhere; what a tool does is not looked into. */
const reachesFar = (command: Command): boolean =>
    command.kind === "tool" || (command.kind === "ip" && /^link (add|del)/.test(command.line));

/** An answer that several resources share. */
interface Survey {
    readonly source: Query<unknown>["source"];
    readonly place: Place;
    readonly asked: number;
    readonly answer: Promise<string | undefined>;
}

/** How long a survey is shared: a refresh of a large lab, not longer. */
const SURVEY_MILLISECONDS = 5000;

/** What has been read of whole namespaces: each is read once, until our next change. */
export class Surveys {
    readonly #known = new Map<string, Survey>();

    constructor(private readonly ask: (query: Query<string | undefined>) => Promise<string | undefined>) {}

    async read<Q extends Queries>(queries: Q): Promise<Answers<Q>> {
        const entries = Object.entries(queries).map(async ([name, query]) => [
            name,
            readAnswer(query, await this.#answer(query)),
        ]);
        return Object.fromEntries(await Promise.all(entries)) as Answers<Q>;
    }

    /** A change makes the surveys of its places untrue; without one, all may be. */
    forget(commands?: readonly Command[]): void {
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

    #answer({ source, place, ask, survey, constant }: Query<unknown>): Promise<string | undefined> {
        const question = survey ?? ask;
        const key = `${source} ${place} ${question}`;
        const known = this.#known.get(key);
        if (known && Date.now() - known.asked < SURVEY_MILLISECONDS) return known.answer;
        const answer = this.ask({ source, place, ask: question, constant: constant === true, read: (text) => text });
        this.#known.set(key, { source, place, asked: Date.now(), answer });
        answer.catch(() => this.#known.delete(key));
        return answer;
    }
}
