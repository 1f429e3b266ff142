import { join } from "node:path";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { Line } from "./compiled.js";
import type { Compiler, Source } from "./compiler.js";
import type { Runtime } from "./pulumi.js";
import type { Order, Preparation } from "./thread.js";

/** Takes what is written. */
export type Sink = (text: string) => void;

export interface ProgramSettings {
    readonly runtime: Runtime;
    readonly isDebugging: boolean;
    /** What the program finds in its own. */
    readonly environment: NodeJS.ProcessEnv;
}

/** What a thread can ask the compiler by; it does not keep us. */
function lineTo(compiler: Compiler): { line: Line; transferList: MessagePort[] } {
    const { port1, port2 } = new MessageChannel();
    const signal = new Int32Array(new SharedArrayBuffer(4));
    port1.on("message", (source: Source) => {
        port1.postMessage(compiler.compile(source));
        Atomics.store(signal, 0, 1);
        Atomics.notify(signal, 0);
    });
    port1.unref();
    return { line: { port: port2, signal }, transferList: [port2] };
}

/** A program in a thread of ours: made ready ahead of time, run once, and over then. */
export class Program {
    readonly #thread: Worker;
    readonly #ended: Promise<number>;
    /** Until it is run, what is written is kept: it says why it cannot be. */
    readonly #early = { stdout: "", stderr: "" };
    readonly #sinks: Record<"stdout" | "stderr", Sink> = {
        stdout: (text) => {
            this.#early.stdout += text;
        },
        stderr: (text) => {
            this.#early.stderr += text;
        },
    };

    /** Without a compiler, programs are JavaScript. */
    constructor({ runtime, isDebugging, environment }: ProgramSettings, compiler: Compiler | undefined) {
        const { line, transferList = [] } = compiler ? lineTo(compiler) : {};
        const thread = new Worker(join(__dirname, "thread.js"), {
            workerData: { ...runtime, isDebugging, line } satisfies Preparation,
            transferList,
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
