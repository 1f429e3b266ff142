import Module, { createRequire } from "node:module";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { compileBy, type Line } from "./compiled.js";
import { loadLighter, loadOwn } from "./lighter.js";

/*
 * The thread that a program runs in: to the program it is a process of its own, with an end, an exit code and an environment of its
 * own. What takes its time is loaded while the engine is still starting.
 */

export interface Preparation {
    /** The copy of @pulumi/pulumi that the program uses, and the module in it that runs a program. */
    readonly folder: string;
    readonly runner: string;
    /** The engine has been asked to show what is told for debugging. */
    readonly isDebugging: boolean;
    /** Who compiles TypeScript; undefined where there is none. */
    readonly line: Line | undefined;
}

/** What is to be run: the arguments of the runner, and what it finds in its environment. */
export interface Order {
    readonly args: readonly string[];
    readonly environment: Readonly<Record<string, string>>;
}

const { folder, runner, isDebugging, line }: Preparation = workerData;

loadLighter(folder, isDebugging);
if (line !== undefined) compileBy(line, createRequire(join(folder, "/")));

loadOwn();

process.chdir = () => {
    throw new Error("a program that linuxnet runs cannot change its working directory; LINUXNET_PLAIN=1 lets it");
};

parentPort?.once("message", ({ args, environment }: Order) => {
    Object.assign(process.env, environment);
    // What was made while loading knows nothing of this environment.
    Reflect.deleteProperty(globalThis, "globalStore");
    process.argv = [process.argv[0] ?? "", runner, ...args];
    // As the main module that it is elsewhere.
    (Module as unknown as { _load(file: string, parent: null, isMain: boolean): void })._load(runner, null, true);
});
