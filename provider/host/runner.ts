import { setTimeout as sleep } from "node:timers/promises";
import execa from "execa";
import { fingerprint } from "../../model/name";
import { HostProblem } from "../problem";
import { Framed } from "./framed";
import { log } from "./log";
import { PROGRAM } from "./program";
import { INTERRUPT, toCall } from "./routines";
import { enter, type Reply, type Step, TIMED_OUT } from "./step";

/**
 * Seconds that one step may take; LINUXNET_TIMEOUT_SECONDS says otherwise. `netns add` after many deletions takes a
 * second; a minute means trouble.
 */
const stepSeconds = (): number => Number(process.env["LINUXNET_TIMEOUT_SECONDS"]) || 60;

/** Where `ip` lives, also for a user whose PATH lacks it. */
const SYSTEM_PATH = ":/usr/sbin:/usr/bin:/sbin:/bin";

/** In a group of its own: whoever kills ours, as the engine does at its end, leaves it the time to end in order. */
const start = ([file = "", ...args]: readonly string[]) =>
    execa(file, args, {
        detached: true,
        stdin: "pipe",
        stdout: "pipe",
        stderr: "pipe",
        buffer: false,
        reject: false,
        env: { PATH: (process.env["PATH"] ?? "") + SYSTEM_PATH },
    });

type Answer = Omit<Reply, "step">;

/** What is asked of the program: see program.ts. */
interface Request {
    readonly mode: "begin" | "held" | "end" | "rest" | "own" | "lock" | "unlock" | Step["mode"];
    readonly words: readonly string[];
    readonly input: readonly string[];
}

const isStep = ({ mode }: Request): boolean => ["chain", "optional", "always"].includes(mode);

/** Seconds that what is to end in order has for that. */
const GRACE_SECONDS = 5;

/** A process that it has left behind may hold the pipe open. */
const LAST_WORDS_MILLISECONDS = 1000;

/** The program has ended while answers were waited for; `words` are its last. */
export class Ended extends Error {
    constructor(readonly words: string) {
        super(`the command runner ended unexpectedly: ${words}`);
    }
}

/** The lock that was asked for is not held, or no more. */
export class Unlocked extends Error {}

/** Somebody else works for the same stack by now: nothing was begun. */
export class Displaced extends Error {}

/** In whose name something is changed: the file of a stack, and our word in it. */
export interface Claim {
    readonly file: string;
    readonly word: string;
}

/** Whether an exchange needs the lock, and in whose name it is. */
export interface Opening {
    readonly locked: boolean;
    readonly claim?: Claim | undefined;
    /** What is said of the claim holds for a moment beyond the exchange: the next one may follow at once. */
    readonly lingers?: boolean;
}

/** How long a successor may be kept waiting by what lingers. */
const LINGERING_MILLISECONDS = 200;

/** Numbers the exchanges of the process, for the log. */
let exchanges = 0;

/** A running program on a machine. It takes exchanges while others are under way, and answers them in their order. */
export class Runner {
    readonly #process: ReturnType<typeof start>;
    readonly #out: Framed;
    readonly #err: Framed;
    /** Exchanges that are under way. */
    #pending = 0;
    #last: Promise<unknown> = Promise.resolve();
    #rest: NodeJS.Timeout | undefined;
    /** Its process on the machine, and the one that holds its lock. */
    #there: readonly [string, string] | undefined;

    /** `argv` starts the bootstrap on the machine: no shell on the way has to be trusted with more than its one line. */
    constructor(private readonly argv: readonly string[]) {
        this.#process = start(argv);
        this.#process.catch(() => undefined); // its end shows as the end of the output
        const mark = fingerprint(32, String(process.pid), String(Math.random()), String(process.hrtime.bigint()));
        const { stdin, stdout, stderr } = this.#process;
        if (!stdin || !stdout || !stderr) throw new Error("the command runner has no pipes");
        this.#out = new Framed(stdout, mark);
        this.#err = new Framed(stderr, mark);
        // So does that of its input, for which execa would drop what it has said: why sudo or ssh would not begin.
        stdin.removeAllListeners("error").on("error", () => undefined);
        stdin.write(`${PROGRAM}\n${mark}\n`);
        this.#hold(false);
    }

    get pending(): number {
        return this.#pending;
    }

    /** It takes no more requests. */
    get ended(): boolean {
        return this.#out.ended || this.#process.exitCode !== null || this.#process.signalCode !== null;
    }

    /** Runs the steps in order; those behind a failed one are skipped unless they are to run always. */
    async run(steps: readonly Step[], { locked, claim, lingers = false }: Opening): Promise<Reply[]> {
        const number = ++exchanges;
        const sent = new Date();
        const requests = steps.map(({ mode, place, argv, input }) => ({ mode, words: enter(place, argv), input }));
        const mode = locked ? "held" : "begin";
        const opening = { mode, words: claim ? [claim.file, claim.word] : [], input: [] } as const;
        const [opened, ...answers] = await this.#exchange([
            opening,
            ...requests,
            { mode: "end", words: claim && lingers ? ["hold"] : [], input: [] },
        ]);
        if (claim && lingers) this.#restSoon();
        if (opened?.code === 1) throw new Displaced();
        if (opened?.code !== 0) throw new Unlocked();
        return steps.map((step, index) => {
            const reply = { step, ...(answers[index] as Answer) };
            if (!reply.skipped) log(reply, number, sent);
            return reply;
        });
    }

    /** Asks for the lock of a file or folder, and does not wait for it: what is run then, opened by "held", has it. */
    lock(path: string, seconds: string): void {
        this.#exchange([{ mode: "lock", words: [path, seconds, String(stepSeconds())], input: [] }]).catch(
            () => undefined,
        );
    }

    /** Puts our word into the file of a stack, as soon as whatever was begun by others is done. */
    async own({ file, word }: Claim): Promise<void> {
        const [answer] = await this.#exchange([{ mode: "own", words: [file, word], input: [] }]);
        if (answer?.code !== 0) throw new HostProblem(`${file} cannot be written: ${answer?.stderr.trim()}`);
    }

    /** Lets go of what lingers, unless something else is under way by then, which does so later. */
    #restSoon(): void {
        clearTimeout(this.#rest);
        this.#rest = setTimeout(() => {
            if (this.#pending > 0 || this.ended) return;
            this.#exchange([{ mode: "rest", words: [], input: [] }]).catch(() => undefined);
        }, LINGERING_MILLISECONDS).unref();
    }

    unlock(): void {
        this.#exchange([{ mode: "unlock", words: [], input: [] }]).catch(() => undefined);
    }

    /** Sends the requests at once, however many are under way: over a slow line they share its time. */
    async #exchange(requests: readonly Request[]): Promise<Answer[]> {
        if (this.#pending++ === 0) this.#hold(true);
        const turn = this.#last;
        this.#process.stdin?.write(requests.map(encode).join(""));
        const answers = turn.then(() => this.#collect(requests));
        this.#last = answers.catch(() => undefined);
        try {
            return await answers;
        } finally {
            if (--this.#pending === 0) this.#hold(false);
        }
    }

    async #collect(requests: readonly Request[]): Promise<Answer[]> {
        const alarm = setTimeout(() => this.#giveUp(), requests.length * (stepSeconds() + 2 * GRACE_SECONDS) * 1000);
        try {
            const answers: Answer[] = [];
            for (const request of requests) answers.push(await this.#next(isStep(request)));
            return answers;
        } catch {
            // Its last words may come behind the end of its answers.
            await Promise.race([this.#err.closed, sleep(LAST_WORDS_MILLISECONDS, undefined, { ref: false })]);
            throw new Ended(this.#err.rest);
        } finally {
            clearTimeout(alarm);
        }
    }

    /** The next answer; a step that takes too long is ended. */
    async #next(isTimed: boolean): Promise<Answer> {
        let timedOut = false;
        const interrupt = (signal: "TERM" | "KILL"): void => {
            timedOut = true;
            this.#interrupt(signal).catch(() => undefined);
        };
        const seconds = stepSeconds();
        const timers = isTimed
            ? [
                  setTimeout(() => interrupt("TERM"), seconds * 1000),
                  setTimeout(() => interrupt("KILL"), (seconds + GRACE_SECONDS) * 1000),
              ]
            : [];
        try {
            const [out, err] = await Promise.all([this.#out.next(), this.#err.next()]);
            const [code = "", process = "", holder = ""] = out.tail.trim().split(" ");
            this.#there = [process, holder];
            const skipped = code === "skipped";
            const said = { skipped, stdout: out.body, stderr: err.body };
            if (!timedOut || skipped) return { code: skipped ? -1 : Number(code), ...said };
            return { code: TIMED_OUT, ...said, stderr: err.body.replace(/^(Terminated|Killed)$/gm, "") };
        } finally {
            timers.forEach(clearTimeout);
        }
    }

    /** Another one like this ends what this one waits for: a shell that waits hears nothing. */
    async #interrupt(signal: "TERM" | "KILL"): Promise<void> {
        if (this.#there === undefined) return;
        const other = new Runner(this.argv);
        try {
            const words = ["sh", "-c", INTERRUPT, "sh", ...this.#there, signal];
            await other.#exchange([
                { mode: "begin", words: [], input: [] },
                { mode: "always", words, input: [] },
            ]);
        } finally {
            other.end();
        }
    }

    /** Lets it end: its input is over. */
    end(): void {
        this.#process.stdin?.end();
    }

    /** A command that the kernel holds cannot even be killed: its pipes are left to it. */
    #giveUp(): void {
        this.#process.kill("SIGKILL");
        this.#process.stdout?.destroy();
        this.#process.stderr?.destroy();
    }

    /** Only a runner at work keeps our process alive. */
    #hold(on: boolean): void {
        const { stdin, stdout, stderr } = this.#process;
        for (const handle of [this.#process, stdin, stdout, stderr] as unknown as { ref?(): void; unref?(): void }[]) {
            if (on) handle.ref?.();
            else handle.unref?.();
        }
    }
}

function encode({ mode, words, input }: Request): string {
    const { before, routine, args } = toCall(words);
    const lines = [...before, ...args, ...input];
    if (lines.some((line) => line.includes("\n"))) throw new Error(`a line break in ${JSON.stringify(lines)}`);
    const head = [mode, routine ?? "-", before.length, args.length, input.length].join(" ");
    return [head, ...lines, ""].join("\n");
}
