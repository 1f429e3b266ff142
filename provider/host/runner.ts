import { execa } from "execa";
import { fingerprint } from "../../model/name";
import { log } from "./log";
import { PROGRAM } from "./program";
import { enter, type Reply, type Step } from "./step";

/**
 * Seconds that one step may take; LINUXNET_TIMEOUT_SECONDS says otherwise. `netns add` after many deletions takes a
 * second; a minute means trouble.
 */
const STEP_SECONDS = Number(process.env["LINUXNET_TIMEOUT_SECONDS"]) || 60;

/** Where `ip` lives, also for a user whose PATH lacks it. */
const SYSTEM_PATH = ":/usr/sbin:/usr/bin:/sbin:/bin";

/** How the program is started on its machine: an argument vector, and whether it reads the program from its input. */
export interface Start {
    readonly argv: readonly string[];
    /** The program comes as the first line of the input: no shell on the way has to be trusted with its quotes. */
    readonly readsProgram: boolean;
}

const start = ([file = "", ...args]: readonly string[]) =>
    execa(file, args, {
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
    readonly mode: "begin" | "held" | "lock" | "unlock" | "chain" | "optional" | "always";
    readonly words: readonly string[];
    readonly input: readonly string[];
}

/** The program has ended while answers were waited for; `words` are its last. */
export class Ended extends Error {
    constructor(readonly words: string) {
        super(`the command runner ended unexpectedly: ${words}`);
    }
}

/** The lock that was asked for is not held, or no more. */
export class Unlocked extends Error {}

/** Numbers the exchanges of the process, for the log. */
let exchanges = 0;

interface Frame {
    readonly body: string;
    readonly tail: string;
}

/** A stream cut at the mark. */
class Framed {
    #text = "";
    #waiting: { resolve: (frame: Frame) => void; reject: () => void } | undefined;
    #ended = false;

    constructor(
        stream: NodeJS.ReadableStream,
        private readonly mark: string,
    ) {
        stream.setEncoding("utf8");
        stream.on("data", (text: string) => {
            this.#text += text;
            this.#deliver();
        });
        stream.on("close", () => {
            this.#ended = true;
            this.#waiting?.reject();
        });
    }

    get ended(): boolean {
        return this.#ended;
    }

    /** What has come and is no whole frame. */
    get rest(): string {
        return this.#text.trim();
    }

    next(): Promise<Frame> {
        return new Promise((resolve, reject) => {
            this.#waiting = { resolve, reject };
            this.#deliver();
            if (this.#waiting && this.#ended) reject();
        });
    }

    #deliver(): void {
        if (!this.#waiting) return;
        const at = this.#text.indexOf(`\n${this.mark}`);
        const end = at < 0 ? -1 : this.#text.indexOf("\n", at + 1);
        if (end < 0) return;
        const frame = { body: this.#text.slice(0, at), tail: this.#text.slice(at + 2 + this.mark.length, end) };
        this.#text = this.#text.slice(end + 1);
        const { resolve } = this.#waiting;
        this.#waiting = undefined;
        resolve(frame);
    }
}

/** A running program on a machine. It takes exchanges while others are under way, and answers them in their order. */
export class Runner {
    readonly #process: ReturnType<typeof start>;
    readonly #out: Framed;
    readonly #err: Framed;
    /** Exchanges that are under way. */
    #pending = 0;
    #last: Promise<unknown> = Promise.resolve();

    constructor({ argv, readsProgram }: Start) {
        this.#process = start(readsProgram ? argv : [...argv, PROGRAM]);
        const mark = fingerprint(32, String(process.pid), String(Math.random()), String(process.hrtime.bigint()));
        const { stdin, stdout, stderr } = this.#process;
        if (!stdin || !stdout || !stderr) throw new Error("the command runner has no pipes");
        this.#out = new Framed(stdout, mark);
        this.#err = new Framed(stderr, mark);
        stdin.on("error", () => undefined); // its end shows as the end of the output
        stdin.write(`${readsProgram ? `${PROGRAM}\n` : ""}${mark}\n`);
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
    async run(steps: readonly Step[], opening: "begin" | "held"): Promise<Reply[]> {
        const number = ++exchanges;
        const sent = new Date();
        const requests = steps.map(({ mode, place, argv, input }) => ({ mode, words: enter(place, argv), input }));
        const [opened, ...answers] = await this.#exchange([{ mode: opening, words: [], input: [] }, ...requests]);
        if (opened?.code !== 0) throw new Unlocked();
        return steps.map((step, index) => {
            const reply = { step, ...(answers[index] as Answer) };
            if (!reply.skipped) log(reply, number, sent);
            return reply;
        });
    }

    /** Asks for the lock of a file or folder, and does not wait for it: what is run then, opened by "held", has it. */
    lock(path: string, seconds: string): void {
        this.#exchange([{ mode: "lock", words: [path, seconds], input: [] }]).catch(() => undefined);
    }

    unlock(): void {
        this.#exchange([{ mode: "unlock", words: [], input: [] }]).catch(() => undefined);
    }

    /** Sends the requests at once, however many are under way: over a slow line they share its time. */
    async #exchange(requests: readonly Request[]): Promise<Answer[]> {
        if (this.#pending++ === 0) this.#hold(true);
        const turn = this.#last;
        this.#process.stdin?.write(requests.map(encode).join(""));
        const answers = turn.then(() => this.#collect(requests.length));
        this.#last = answers.catch(() => undefined);
        try {
            return await answers;
        } finally {
            if (--this.#pending === 0) this.#hold(false);
        }
    }

    async #collect(count: number): Promise<Answer[]> {
        const alarm = setTimeout(() => this.#giveUp(), count * (STEP_SECONDS + 10) * 1000);
        try {
            const answers: Answer[] = [];
            for (let index = 0; index < count; index++) {
                const [out, err] = await Promise.all([this.#out.next(), this.#err.next()]);
                const code = out.tail.trim();
                const skipped = code === "skipped";
                answers.push({ code: skipped ? -1 : Number(code), skipped, stdout: out.body, stderr: err.body });
            }
            return answers;
        } catch {
            throw new Ended(this.#err.rest);
        } finally {
            clearTimeout(alarm);
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
    const lines = [...words, ...input];
    if (lines.some((line) => line.includes("\n"))) throw new Error(`a line break in ${JSON.stringify(lines)}`);
    return [mode, STEP_SECONDS, words.length, input.length, ...lines, ""].join("\n");
}
