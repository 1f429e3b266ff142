import Module, { createRequire } from "node:module";
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { optionsFor, type Source } from "./compiler.js";

/** The way to who compiles: a port, and a word that changes when the answer is there. */
export interface Line {
    readonly port: MessagePort;
    readonly signal: Int32Array;
}

type Compile = (text: string, file: string) => unknown;
type Handler = (module: { _compile: Compile }, file: string) => void;

/** Asks, and waits: nothing can be loaded meanwhile. */
function ask({ port, signal }: Line, source: Source): string | undefined {
    Atomics.store(signal, 0, 0);
    port.postMessage(source);
    Atomics.wait(signal, 0, 0);
    return receiveMessageOnPort(port)?.message;
}

const TYPESCRIPT = /\.[cm]?tsx?$/;
/** JavaScript that would have to be compiled, too, where tsconfig.json allows it. */
const isModule = (text: string): boolean => /^(import|export)\b/m.test(text);
const isInstalled = (file: string): boolean => file.includes("/node_modules/");

/** Has TypeScript compiled by whoever is at the other end, as ts-node hooks in to compile it itself. What is left to it, is. */
export function compileBy(line: Line, load: NodeJS.Require): void {
    const outputs = new Map<string, string>();
    const tsNode = load.resolve("ts-node");
    let left: import("ts-node").Service | undefined;

    function compile(text: string, file: string): string {
        const output = TYPESCRIPT.test(file) ? ask(line, { file, text }) : undefined;
        if (output !== undefined) {
            outputs.set(file, output);
            return output;
        }
        const { register } = load("ts-node") as typeof import("ts-node");
        left = register(optionsFor(load("typescript"), process.env));
        return left.ignored(file) ? text : left.compile(text, file);
    }

    const { _extensions: handlers } = Module as unknown as { _extensions: Record<string, Handler> };
    const { ".js": usual } = handlers;
    if (usual === undefined) throw new Error("Node has no way to load JavaScript");
    for (const extension of [".js", ".ts", ".tsx"]) {
        handlers[extension] = (module, file) => {
            const { _compile } = module;
            if (left === undefined && !isInstalled(file)) {
                module._compile = function (text, name) {
                    const isOurs = TYPESCRIPT.test(name) || isModule(text);
                    return Reflect.apply(_compile, this, [isOurs ? compile(text, name) : text, name]);
                };
            }
            usual(module, file);
        };
    }
    createRequire(tsNode)("@cspotcode/source-map-support").install({
        environment: "node",
        retrieveFile: (path: string) => outputs.get(path) ?? "",
        redirectConflictingLibrary: true,
    });
}
