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

function putOff(folder: string): void {
    const module = Module as unknown as { _load?: Load };
    const { _load: load } = module;
    if (typeof load !== "function") return;
    module._load = (request, parent, isMain) => {
        const isRare = RARE.includes(request) && parent?.filename?.startsWith(folder + sep);
        const now = (): unknown => Reflect.apply(load, Module, [request, parent, isMain]);
        return isRare ? later(now as () => object) : now();
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

/** Makes a copy of @pulumi/pulumi lighter, before any of it is loaded. */
export function lighten(folder: string): void {
    putOff(folder);
    withoutStacks(createRequire(join(folder, "/"))("./runtime/debuggable"));
}
