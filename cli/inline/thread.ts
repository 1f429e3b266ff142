import { createRequire } from "node:module";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";

/*
 * The thread that a program runs in: to the program it is a process of its own, with an end, an exit code and an environment of its
 * own. What takes its time is loaded while the engine is still starting.
 */

/** What a thread loads beforehand. */
export interface Preparation {
    /** The copy of @pulumi/pulumi that the program uses, and the module in it that runs a program. */
    readonly folder: string;
    readonly runner: string;
    readonly isTypeScript: boolean;
}

/** What is to be run: the arguments of the runner, and what it finds in its environment. */
export interface Order {
    readonly args: readonly string[];
    readonly environment: Readonly<Record<string, string>>;
}

const { folder, runner, isTypeScript }: Preparation = workerData;
const load = createRequire(join(folder, "/"));

/**
 * Pulumi keeps the stack of each of its promises, several for each property, to name those that never end where PULUMI_DEBUG_PROMISE_LEAKS
 * asks for it. To read it is the most expensive thing a large program does; without being asked, it is left out.
 */
function withoutStacks(debuggable: Record<string, unknown>): void {
    const { debuggablePromise: wrap, debugPromiseLeaks } = debuggable;
    if (debugPromiseLeaks !== false || typeof wrap !== "function") return;
    debuggable["debuggablePromise"] = (...args: readonly unknown[]) => {
        const limit = Error.stackTraceLimit;
        Error.stackTraceLimit = 0;
        try {
            return wrap(...args);
        } finally {
            Error.stackTraceLimit = limit;
        }
    };
}

withoutStacks(load("./runtime/debuggable"));
load("@pulumi/pulumi");
if (isTypeScript) load("ts-node");

process.chdir = () => {
    throw new Error("a program that linuxnet runs cannot change its working directory; LINUXNET_PLAIN=1 lets it");
};

parentPort?.once("message", ({ args, environment }: Order) => {
    Object.assign(process.env, environment);
    // What was made while loading knows nothing of this environment.
    Reflect.deleteProperty(globalThis, "globalStore");
    process.argv = [process.argv[0] ?? "", runner, ...args];
    load(runner);
});
