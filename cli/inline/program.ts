import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Order, Preparation } from "./thread.js";

/** Takes what is written. */
export type Sink = (text: string) => void;

/** A program in a thread of ours: made ready ahead of time, run once, and over then. */
export class Program {
    readonly #thread: Worker;
    readonly #ended: Promise<number>;
    /** Until it is run, what is written is kept: it says why it cannot be. */
    readonly #early = { stdout: "", stderr: "" };
    readonly #sinks: Record<"stdout" | "stderr", Sink> = {
        stdout: (text) => void (this.#early.stdout += text),
        stderr: (text) => void (this.#early.stderr += text),
    };

    constructor(preparation: Preparation, environment: NodeJS.ProcessEnv) {
        const thread = new Worker(join(__dirname, "thread.js"), {
            workerData: preparation,
            env: environment,
            stdout: true,
            stderr: true,
        });
        this.#thread = thread;
        const isTold = (["stdout", "stderr"] as const).map((name) => {
            thread[name].setEncoding("utf8").on("data", (text: string) => this.#sinks[name](text));
            return new Promise((resolve) => thread[name].once("close", resolve));
        });
        thread.once("error", (error) => this.#sinks.stderr(`${error instanceof Error ? error.stack : error}\n`));
        this.#ended = new Promise((resolve) => {
            thread.once("exit", (code) => void Promise.all(isTold).then(() => resolve(code)));
        });
    }

    /** The exit code, when all that it has written has been taken. */
    run(order: Order, sinks: Readonly<Record<"stdout" | "stderr", Sink>>): Promise<number> {
        Object.assign(this.#sinks, sinks);
        sinks.stdout(this.#early.stdout);
        sinks.stderr(this.#early.stderr);
        this.#thread.postMessage(order);
        return this.#ended;
    }

    async end(): Promise<void> {
        await this.#thread.terminate();
    }
}
