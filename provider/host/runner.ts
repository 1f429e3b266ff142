import { execa } from "execa";
import { fingerprint } from "../../model/name";
import { log } from "./log";
import { enter, type Reply, type Step } from "./step";

/**
 * Seconds that one step may take; LINUXNET_TIMEOUT_SECONDS says otherwise. `netns add` after many deletions takes a
 * second; a minute means trouble.
 */
const STEP_SECONDS = Number(process.env["LINUXNET_TIMEOUT_SECONDS"]) || 60;

/**
 * The one program that touches a machine, the same for every command: it reads argument vectors as data and
 * answers with what each one said, framed by a mark. It ends when its input does, that is, with us.
 */
const PROGRAM = `LC_ALL=C; export LC_ALL
IFS= read -r mark || exit 0
failed=0
while IFS= read -r mode && IFS= read -r seconds && IFS= read -r words && IFS= read -r lines; do
  set --
  while [ "$words" -gt 0 ]; do IFS= read -r word; set -- "$@" "$word"; words=$((words - 1)); done
  input=
  while [ "$lines" -gt 0 ]; do
    IFS= read -r line
    input="$input$line
"
    lines=$((lines - 1))
  done
  code=skipped
  case $mode in
    begin) failed=0; code=0 ;;
    lock) exec 9<"$1" && timeout "$seconds" flock 9; code=$? ;;
    unlock) exec 9>&-; code=0 ;;
    *)
      if [ "$failed" = 0 ] || [ "$mode" = always ]; then
        printf %s "$input" | timeout -k 5 "$seconds" "$@"
        code=$?
        [ "$code" = 0 ] || [ "$mode" != chain ] || failed=1
      fi ;;
  esac
  printf '\\n%s %s\\n' "$mark" "$code"
  printf '\\n%s\\n' "$mark" >&2
done`;

/** Where `ip` lives, also for a user whose PATH lacks it. */
const SYSTEM_PATH = ":/usr/sbin:/usr/bin:/sbin:/bin";

const start = () =>
    execa("sh", ["-c", PROGRAM], {
        stdin: "pipe",
        stdout: "pipe",
        stderr: "pipe",
        buffer: false,
        reject: false,
        env: { PATH: (process.env["PATH"] ?? "") + SYSTEM_PATH },
    });

type Answer = Pick<Reply, "code" | "skipped" | "stdout" | "stderr">;
type Request = { readonly mode: string; readonly words: readonly string[]; readonly input: readonly string[] };

/** A stream cut at the mark. */
class Framed {
    #text = "";
    #waiting: { resolve: (frame: { body: string; tail: string }) => void; reject: (error: Error) => void } | undefined;
    #ended: Error | undefined;

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
            this.#ended = new Error("the command runner ended unexpectedly");
            this.#waiting?.reject(this.#ended);
        });
    }

    get ended(): boolean {
        return this.#ended !== undefined;
    }

    next(): Promise<{ body: string; tail: string }> {
        return new Promise((resolve, reject) => {
            if (this.#ended) return reject(this.#ended);
            this.#waiting = { resolve, reject };
            this.#deliver();
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

/** A running runner: takes one request after the other. */
export class Runner {
    readonly #process = start();
    readonly #out: Framed;
    readonly #err: Framed;

    constructor() {
        const mark = fingerprint(32, String(process.pid), String(Math.random()), String(process.hrtime.bigint()));
        const { stdin, stdout, stderr } = this.#process;
        if (!stdin || !stdout || !stderr) throw new Error("the command runner has no pipes");
        this.#out = new Framed(stdout, mark);
        this.#err = new Framed(stderr, mark);
        stdin.on("error", () => undefined); // its end shows as the end of the output
        stdin.write(`${mark}\n`);
        this.#hold(false);
    }

    /** It takes no more requests. */
    get ended(): boolean {
        return this.#out.ended || this.#process.exitCode !== null || this.#process.signalCode !== null;
    }

    /** Runs the steps in order; those behind a failed one are skipped unless they are to run always. */
    async run(steps: readonly Step[]): Promise<Reply[]> {
        const requests = steps.map((step) => ({
            mode: step.mode,
            words: enter(step.place, step.argv),
            input: step.input,
        }));
        const [, ...answers] = await this.#exchange([{ mode: "begin", words: [], input: [] }, ...requests]);
        return steps.map((step, index) => {
            const reply = { step, ...(answers[index] as Answer) };
            if (!reply.skipped) log(reply);
            return reply;
        });
    }

    /** Locks a file or folder against other stacks on the machine; it ends with `unlock`, or with us. */
    async lock(path: string): Promise<void> {
        const [answer] = await this.#exchange([{ mode: "lock", words: [path], input: [] }]);
        if (answer?.code !== 0) throw new Error(`${path} stays locked by another operation: ${answer?.stderr.trim()}`);
    }

    async unlock(): Promise<void> {
        await this.#exchange([{ mode: "unlock", words: [], input: [] }]);
    }

    async #exchange(requests: readonly Request[]): Promise<Answer[]> {
        this.#hold(true);
        const alarm = setTimeout(() => this.#giveUp(), requests.length * (STEP_SECONDS + 10) * 1000);
        try {
            this.#process.stdin?.write(requests.map(encode).join(""));
            const answers: Answer[] = [];
            for (const _ of requests) {
                const [out, err] = await Promise.all([this.#out.next(), this.#err.next()]);
                const code = out.tail.trim();
                answers.push({
                    code: code === "skipped" ? -1 : Number(code),
                    skipped: code === "skipped",
                    stdout: out.body,
                    stderr: err.body,
                });
            }
            return answers;
        } finally {
            clearTimeout(alarm);
            this.#hold(false);
        }
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
