import Module, { createRequire } from "node:module";
import { join, sep } from "node:path";

/*
 * What @pulumi/pulumi does in every program, and few programs need: put off until it is needed. Where another version of it is made
 * otherwise, nothing is put off.
 */

type Load = (request: string, parent: { readonly filename?: string } | undefined, isMain: boolean) => unknown;

/** Needed to turn functions into text, as dynamic providers of others are: two thirds of what loading the SDK takes. */
const RARE = ["typescript", "@npmcli/arborist"];

/** A module that is loaded when something of it is asked for. It says that it is an ES module, which nobody copies then. */
const later = (load: () => object): object =>
    new Proxy({}, { get: (_, name) => (name === "__esModule" ? true : Reflect.get(load(), name)) });

/** While something is loaded; returns what ends that. */
function putOff(folder: string): () => void {
    const module = Module as unknown as { _load?: Load };
    const { _load: load } = module;
    if (typeof load !== "function") return () => undefined;
    module._load = (request, parent, isMain) => {
        const isRare = RARE.includes(request) && parent?.filename?.startsWith(folder + sep);
        const now = (): unknown => Reflect.apply(load, Module, [request, parent, isMain]);
        return isRare ? later(now as () => object) : now();
    };
    return () => {
        module._load = load;
    };
}

/**
 * The SDK keeps the stack of each of its promises, several for each property of a resource, to name those that never end when
 * PULUMI_DEBUG_PROMISE_LEAKS asks for it. To make them is the most expensive thing in a large program.
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

/** What the SDK tells the engine of each resource, three times and one after the other, for it to show with --debug. */
const STEP = /^(Registering resource|RegisterResource RPC)/;

function withoutSteps(log: Record<string, unknown>): void {
    const { debug } = log;
    if (typeof debug !== "function") return;
    log["debug"] = async (message: string, ...rest: readonly unknown[]) =>
        STEP.test(message) ? undefined : debug(message, ...rest);
}

/** Loads a copy of @pulumi/pulumi. */
export function loadLighter(folder: string, isDebugging: boolean): void {
    const done = putOff(folder);
    const load = createRequire(join(folder, "/"));
    load("@pulumi/pulumi");
    done();
    withoutStacks(load("./runtime/debuggable"));
    if (!isDebugging) withoutSteps(load("./log"));
    // To find them in functions that become text, the SDK loads all modules of Node's; this one is not to be had in a thread.
    const builtinModules = Module.builtinModules.filter((name) => name !== "trace_events");
    Object.assign(Module, { builtinModules });
}
