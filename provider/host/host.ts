import { HostProblem } from "../problem";
import { type Command, HOST, type Place } from "./command";
import { probe } from "./probe";
import { type Answers, answersOf, isTorn, type Queries, type Query, queryStep } from "./query";
import { Runner } from "./runner";
import { type Reply, type Step, toSteps } from "./step";

/** Runners at work at the same time: the kernel serves one change of the network at a time anyway. */
const RUNNERS = 4;
/** A dump that is torn by changes is read again this often. */
const DUMPS = 5;

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

/** timeout(1): it was too slow, could not be run, was not found, was killed. */
const UNANSWERED = [124, 125, 126, 127, 137];

/** No answer is not "there is nothing": whoever took it for that would forget a lab that stands. */
function refuseSilence({ code, stderr, step }: Reply): void {
    const barred = code !== 0 && /^nsenter: (?!.*(?:No such file|Invalid argument))/m.test(stderr);
    if (!barred && !UNANSWERED.includes(code)) return;
    throw new HostProblem(`no answer to: ${step.argv.join(" ")}\n${stderr.trim()}`);
}

/** How long a survey is shared: a refresh of a large lab, not longer. */
const SURVEY_MILLISECONDS = 5000;

/** What running commands came to: all done, or the first that failed. */
export type Outcome =
    | { readonly ok: true }
    | { readonly ok: false; readonly command: string; readonly said: string; readonly tooSlow: boolean };

/** One runner of a host, for as long as an operation holds it. */
export class Session {
    constructor(
        private readonly runner: Runner,
        private readonly host: Host,
    ) {}

    async ask<Q extends Queries>(queries: Q): Promise<Answers<Q>> {
        return (await this.runAndAsk([], queries)).answers;
    }

    /** Runs the commands until one fails, then asks, all in one exchange. */
    async runAndAsk<Q extends Queries>(
        commands: readonly Command[],
        queries: Q,
    ): Promise<{ outcome: Outcome; answers: Answers<Q> }> {
        const steps = toSteps(commands);
        this.host.forget(commands);
        const plan = new Questions(queries);
        const replies = await this.runner.run([...steps, ...plan.steps]);
        this.host.forget(commands);
        const outcome = outcomeOf(replies.slice(0, steps.length));
        let told = replies.slice(steps.length);
        for (let again = 1; told.some(isTorn); again++) {
            if (again > DUMPS) throw new HostProblem("the kernel's tables changed at every reading; run again");
            told = await this.runner.run(plan.steps);
        }
        told.forEach(refuseSilence);
        return { outcome, answers: plan.answers(told) };
    }

    async run(steps: readonly Step[]): Promise<Reply[]> {
        return this.runner.run(steps);
    }
}

/** Gathers questions into one step for each kind and place. */
class Questions<Q extends Queries> {
    readonly #groups = new Map<string, { source: Query<unknown>["source"]; place: Place; asks: string[] }>();

    constructor(private readonly queries: Q) {
        for (const { source, place, ask } of Object.values(queries)) {
            const key = `${source} ${place}`;
            const group = this.#groups.get(key) ?? { source, place, asks: [] };
            if (!group.asks.includes(ask)) group.asks.push(ask);
            this.#groups.set(key, group);
        }
    }

    get steps(): Step[] {
        return Array.from(this.#groups.values(), ({ source, place, asks }) => queryStep(source, place, asks));
    }

    answers(replies: readonly Reply[]): Answers<Q> {
        const told = new Map(
            Array.from(this.#groups.keys(), (key, index) => [key, answersOf(replies[index] as Reply)]),
        );
        const entries = Object.entries(this.queries).map(([name, { source, place, ask, read }]) => {
            const key = `${source} ${place}`;
            const at = this.#groups.get(key)?.asks.indexOf(ask) ?? -1;
            return [name, read(told.get(key)?.[at])];
        });
        return Object.fromEntries(entries) as Answers<Q>;
    }
}

function outcomeOf(replies: readonly Reply[]): Outcome {
    const failed = replies.find(({ code, skipped, step }) => !skipped && code !== 0 && step.mode === "chain");
    if (!failed) return { ok: true };
    const { step, stderr, code } = failed;
    const line = /^Command failed -:(\d+)$/m.exec(stderr);
    const command = step.describe[line ? Number(line[1]) - 1 : 0] ?? step.argv.join(" ");
    const words = stderr.replace(/^Command failed -:\d+$/gm, "").trim();
    const tooSlow = code === 124 || code === 137;
    const said = tooSlow ? `no answer in time (LINUXNET_TIMEOUT_SECONDS) ${words}` : words.replace(/\s*\n\s*/g, "; ");
    return { ok: false, command, said: said || `it ended with code ${code}`, tooSlow };
}

/** A machine: this one, as root. */
export class Host {
    readonly #idle: Runner[] = [];
    readonly #queue: ((runner: Runner) => void)[] = [];
    #running = 0;
    #probed: Promise<void> | undefined;
    readonly #surveys = new Map<string, Survey>();

    /** Holds a runner while `use` works with it. */
    async session<T>(use: (session: Session) => Promise<T>): Promise<T> {
        await this.#ready();
        return this.#hold((runner) => use(new Session(runner, this)));
    }

    /** The same, alone on the machine among all that take the lock of this path. */
    async locked<T>(path: string, use: (session: Session) => Promise<T>): Promise<T> {
        await this.#ready();
        return this.#hold(async (runner) => {
            await runner.lock(path);
            try {
                return await use(new Session(runner, this));
            } finally {
                if (!runner.ended) await runner.unlock();
            }
        });
    }

    /** Asks by surveys of whole namespaces where a question allows it: each is read once, until our next change. */
    async survey<Q extends Queries>(queries: Q): Promise<Answers<Q>> {
        const entries = Object.entries(queries).map(async ([name, query]) => [
            name,
            query.read(await this.#surveyed(query)),
        ]);
        return Object.fromEntries(await Promise.all(entries)) as Answers<Q>;
    }

    /** A change makes the surveys of its places untrue; without one, all may be. */
    forget(commands?: readonly Command[]): void {
        if (commands === undefined || commands.some(reachesFar)) this.#surveys.clear();
        for (const command of commands ?? []) {
            const source = command.kind === "file" ? "files" : undefined;
            const place = command.kind === "file" ? HOST : command.place;
            for (const [key, survey] of this.#surveys) {
                if (survey.place === place && (source === undefined || survey.source === source)) {
                    this.#surveys.delete(key);
                }
            }
        }
    }

    #surveyed({ source, place, ask, survey }: Query<unknown>): Promise<string | undefined> {
        const question = survey ?? ask;
        const key = `${source} ${place} ${question}`;
        const known = this.#surveys.get(key);
        if (known && Date.now() - known.asked < SURVEY_MILLISECONDS) return known.answer;
        const query: Query<string | undefined> = { source, place, ask: question, read: (answer) => answer };
        const answer = this.session(async (session) => (await session.ask({ query })).query);
        this.#surveys.set(key, { source, place, asked: Date.now(), answer });
        answer.catch(() => this.#surveys.delete(key));
        return answer;
    }

    #ready(): Promise<void> {
        this.#probed ??= this.#hold(probe);
        return this.#probed;
    }

    async #hold<T>(use: (runner: Runner) => Promise<T>): Promise<T> {
        const runner = await this.#acquire();
        let broken = true;
        try {
            const result = await use(runner);
            broken = false;
            return result;
        } catch (error) {
            broken = runner.ended;
            throw error;
        } finally {
            this.#release(runner, broken);
        }
    }

    #acquire(): Runner | Promise<Runner> {
        const idle = this.#idle.pop();
        if (idle) return idle.ended ? new Runner() : idle;
        if (this.#running < RUNNERS) {
            this.#running++;
            return new Runner();
        }
        return new Promise((resolve) => this.#queue.push(resolve));
    }

    #release(runner: Runner, broken: boolean): void {
        const usable = broken ? new Runner() : runner;
        const next = this.#queue.shift();
        if (next) next(usable);
        else this.#idle.push(usable);
    }
}

/** This machine. */
export const local = new Host();
