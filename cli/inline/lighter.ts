import { Session } from "node:inspector";
import Module, { createRequire } from "node:module";
import { join, sep } from "node:path";

/*
 * What @pulumi/pulumi does in every program, and few programs need: put off until it is needed. Where another version of it is made
 * otherwise, nothing is put off.
 */

function loadAhead(load: () => unknown): void {
    try {
        load();
    } catch {
        // Whoever needs it is told why it cannot be had.
    }
}

type Load = (request: string, parent: { readonly filename?: string } | undefined, isMain: boolean) => unknown;

/** Needed to turn functions into text, as dynamic providers of others are, or by who asks for traces. */
const RARE = new Set([
    "typescript",
    "@npmcli/arborist",
    "normalize-package-data",
    "semver",
    "@opentelemetry/resources",
    "@opentelemetry/sdk-trace-base",
    "@opentelemetry/exporter-zipkin",
    "@opentelemetry/instrumentation-grpc",
    "@opentelemetry/sdk-trace-node",
    "@opentelemetry/instrumentation",
]);

/** A module that is loaded when something of it is asked for. It says that it is an ES module, which nobody copies then. */
const later = (load: () => object): object =>
    new Proxy(
        {},
        {
            get(_, name) {
                if (name === "__esModule") return true;
                const loaded = load();
                return name === "default" && !("default" in loaded) ? loaded : Reflect.get(loaded, name);
            },
        },
    );

/** While something is loaded; returns what ends that. */
function putOff(folder: string): () => void {
    const module = Module as unknown as { _load?: Load };
    const { _load: load } = module;
    if (typeof load !== "function") return () => undefined;
    module._load = (request, parent, isMain) => {
        const isRare = RARE.has(request) && parent?.filename?.startsWith(folder + sep);
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

/** So many calls behind a resource are told to the engine. */
const CALLS = 6;
/** Those between the resource's own and who is asked for them. */
const INNER_CALLS = 3;

/**
 * The SDK tells the engine by which calls each resource came to be, which keeps all of them in the state, down to those of Node's that run
 * the program. Each is found in the program's source first. The innermost tell where it stands in the program.
 */
function withoutDeepStacks({ Resource: resource }: Record<string, unknown>): void {
    if (typeof resource !== "function" || !("callsites" in resource) || !("framePositionRegExp" in resource)) return;
    const { callsites, framePositionRegExp: position } = resource;
    if (typeof callsites !== "function" || !(position instanceof RegExp)) return;
    resource.callsites = () => {
        const limit = Error.stackTraceLimit;
        Error.stackTraceLimit = CALLS;
        try {
            const calls = { stack: "" };
            Error.captureStackTrace(calls, resource);
            const frames = calls.stack
                .split("\n")
                .slice(1)
                .map((line) => {
                    const { file, line: row, column } = position.exec(line)?.groups ?? {};
                    return file && !file.startsWith("node:") ? { file, line: Number(row), column: Number(column) } : {};
                });
            return [...Array.from({ length: INNER_CALLS }, () => ({})), ...frames];
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

/**
 * The SDK has V8 tell it of all scripts, in every program, to know the files of functions that become text. V8 tells of those that were there
 * before as well, to who listens when it is asked to.
 */
function withoutInspector(hooks: Record<string, unknown>): void {
    const names = ["isInitializedAsync", "getSessionAsync", "getScriptUrl"];
    if (names.some((name) => typeof hooks[name] !== "function")) return;
    const files = new Map<string, string>();
    const connect = async () => {
        const session = new Session();
        session.connect();
        session.on("Debugger.scriptParsed", ({ params }) => files.set(params.scriptId, params.url));
        await new Promise<void>((resolve, reject) => {
            session.post("Debugger.enable", (error) => (error ? reject(error) : resolve()));
        });
        return session;
    };
    let connected: Promise<Session> | undefined;
    Object.assign(hooks, {
        isInitializedAsync: async () => undefined,
        getSessionAsync: () => {
            connected ??= connect();
            return connected;
        },
        getScriptUrl: (id: string) => files.get(id),
    });
}

/** What the runner of programs loads only when it runs one. */
const AHEAD = ["minimist", "ini", "./tsutils", "./cmd/run/error", "./cmd/run/tracing"];

/** Loads a copy of @pulumi/pulumi, and what runs programs in it. */
export function loadLighter(folder: string, isDebugging: boolean): void {
    const done = putOff(folder);
    const load = createRequire(join(folder, "/"));
    load("@pulumi/pulumi");
    for (const name of AHEAD) loadAhead(() => load(name));
    done();
    withoutStacks(load("./runtime/debuggable"));
    withoutDeepStacks(load("./resource"));
    withoutInspector(load("./runtime/closure/v8Hooks"));
    if (!isDebugging) withoutSteps(load("./log"));
    // To find them in functions that become text, the SDK loads all modules of Node's; this one is not to be had in a thread.
    const builtinModules = Module.builtinModules.filter((name) => name !== "trace_events");
    Object.assign(Module, { builtinModules });
}

/** Our own resources, in the copy that the program in the current folder uses. The package itself has yet to see who loads it. */
export function loadOwn(): void {
    loadAhead(() => {
        const load = createRequire(join(process.cwd(), "/"));
        const file = load.resolve("pulumi-linuxnet");
        load(file);
        Reflect.deleteProperty(load.cache, file);
    });
}
