import { setTimeout as sleep } from "node:timers/promises";
import type { Place } from "../../model/place";
import { Silence } from "../problem";
import type { Command } from "./command";
import {
    type Answers,
    answering,
    type Constants,
    isAnswered,
    isTorn,
    type Queries,
    Questions,
    told,
    withQuestions,
} from "./query";
import { madeBy } from "./quiet";
import { ending, type Reply, type Step, TIMED_OUT, toSteps } from "./step";

/** A dump that is torn by changes is read again this often, after waits that grow: in a second even a large lab has gone. */
const DUMPS = 12;
const WAIT_MILLISECONDS = 15;

/** The place that is asked is not there: nsenter(1) says so. */
const ABSENT = /^nsenter: .*(?:No such file|Not a directory|Invalid argument)/m;
const BARRED = /Operation not permitted|Permission denied|Cannot allocate memory|No buffer space|Too many open files/;

/** No answer is not "there is nothing": whoever took it for that would forget a lab that stands. */
function refuseSilence(reply: Reply): void {
    const { code, stderr, step } = reply;
    if (code !== 0 && ABSENT.test(stderr)) return;
    const isRefused = code !== 0 && BARRED.test(stderr);
    if (!isRefused && isAnswered(reply)) return;
    const asked = step.argv[0] === "sh" ? "sh reading" : step.argv[0];
    throw new Silence(`no answer to: ${asked} ${step.describe.join("; ")}\n${ending(reply)}`);
}

/** What running commands came to: all done, or the first that failed. */
export type Outcome =
    | { readonly ok: true }
    | { readonly ok: false; readonly command: string; readonly said: string; readonly tooSlow: boolean };

/** Runs steps on a machine, in order, in one exchange with it. */
export type Exchange = (steps: readonly Step[]) => Promise<Reply[]>;

/** What can be asked of a machine and done there. */
export class Session {
    constructor(
        /** Runs the steps in order; those behind a failed one are skipped unless they are to run always. */
        readonly run: Exchange,
        private readonly forget: (commands: readonly Command[]) => void,
        private readonly constants: Constants,
        /** The namespaces that we have made, where new devices are quiet (quiet.ts). */
        private readonly quiet: Set<Place>,
    ) {}

    async ask<Q extends Queries>(queries: Q): Promise<Answers<Q>> {
        return (await this.runAndAsk([], queries)).answers;
    }

    /** Runs the commands until one fails, then asks, all in one exchange. */
    async runAndAsk<Q extends Queries>(
        commands: readonly Command[],
        queries: Q,
    ): Promise<{ outcome: Outcome; answers: Answers<Q> }> {
        const steps = toSteps(commands, (place) => this.quiet.has(place));
        this.forget(commands);
        const questions = new Questions(queries, this.constants);
        const { changes, answers } = await this.#run(steps, questions.steps);
        this.forget(commands);
        const outcome = outcomeOf(changes);
        for (const place of outcome.ok ? madeBy(commands) : []) this.quiet.add(place);
        let replies = answers;
        for (let again = 1; replies === undefined || replies.some(isTorn); again++) {
            if (again > DUMPS) throw new Silence("the kernel's tables changed at every reading; run again");
            if (replies !== undefined) await sleep(WAIT_MILLISECONDS * again);
            replies = await this.run(questions.steps);
        }
        replies.forEach(refuseSilence);
        return { outcome, answers: questions.answers(replies) };
    }

    /** Changes and the questions about their place share a process where they can; answers are absent where it has stopped before. */
    async #run(steps: readonly Step[], asks: readonly Step[]): Promise<{ changes: Reply[]; answers?: Reply[] }> {
        const by = asks.map((ask) => answering(steps, ask));
        const joint = steps.map((step, at) => {
            const ask = asks[by.indexOf(at)];
            return (ask && withQuestions(step, ask)) ?? step;
        });
        const all = [...joint, ...asks.filter((_, index) => by[index] === -1)];
        const replies = all.length === 0 ? [] : await this.run(all);
        const [changes, apart] = [replies.slice(0, steps.length), replies.slice(steps.length)];
        const answers = asks.map((ask, index) => {
            const at = by[index] ?? -1;
            const [step, reply] = [steps[at], changes[at]];
            if (!step || !reply) return apart.shift();
            const { changed, answered } = told(reply, step, ask);
            changes[at] = changed;
            return answered;
        });
        const known = answers.filter((answer) => answer !== undefined);
        return known.length === asks.length ? { changes, answers: known } : { changes };
    }
}

/** What the kernel means where its words do not tell. */
function meaning(words: string): string {
    if (!/Unknown device type|Operation not supported|RTNETLINK answers: Not supported/.test(words)) return "";
    return "; this kernel lacks it, or has not loaded its module (modprobe)";
}

function outcomeOf(replies: readonly Reply[]): Outcome {
    const failed = replies.find(({ code, skipped, step }) => !skipped && code !== 0 && step.mode === "chain");
    if (!failed) return { ok: true };
    const { step, stderr, code } = failed;
    const [, what, line] = /^(Command|Setting) failed -:(\d+)$/m.exec(stderr) ?? [];
    const at = Number(line ?? 1) - 1 + (what === "Command" ? (step.settings ?? 0) : 0);
    const command = step.describe[at] ?? step.describe.at(-1) ?? step.argv.join(" ");
    const words = stderr.replace(/^(Command|Setting) failed -:\d+$/gm, "").trim();
    const tooSlow = code === TIMED_OUT;
    const told = words.replace(/\s*\n\s*/g, "; ") + meaning(words);
    const said = tooSlow ? `no answer in time (LINUXNET_TIMEOUT_SECONDS) ${words}` : told;
    return { ok: false, command, said: said || `it ended with code ${code}`, tooSlow };
}
