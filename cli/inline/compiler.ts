import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { CompileCache } from "./compile-cache.js";

/** A file of a program, as it was read. */
export interface Source {
    readonly file: string;
    readonly text: string;
}

/**
 * Compiles TypeScript for programs that run one behind the other, each file once: the compiler takes longer to load than all the rest. As
 * @pulumi/pulumi has ts-node do it (cmd/run/run.js), as far as that is a matter of one file and its text; what is more is left to ts-node.
 */
export class Compiler {
    readonly #done = new Map<string, { readonly text: string; readonly output: string }>();
    readonly #cache: CompileCache;
    /** What the settings were read from; undefined where there was nothing. */
    readonly #configuration = new Map<string, string | undefined>();
    #service: import("ts-node").Service | undefined;

    constructor(
        /** The copy of @pulumi/pulumi that the program uses. */
        private readonly runtime: string,
        private readonly environment: NodeJS.ProcessEnv,
    ) {
        this.#cache = new CompileCache(runtime, environment);
    }

    /** While nobody waits for it: compiles what a program begins with. */
    warm(entry: string): void {
        try {
            const file = realpathSync(entry);
            this.compile({ file, text: readFileSync(file, "utf8") });
        } catch {
            // It is not there: whoever looks for it is told.
        }
    }

    /** Undefined where ts-node has to do it in the program's place: settings that act on more than one text, and errors. */
    compile(source: Source): string | undefined {
        const { file, text } = source;
        const known = this.#done.get(file);
        if (known?.text === text) return known.output;
        try {
            const output = this.#cache.find(source) ?? this.#compile(source);
            if (output !== undefined) this.#done.set(file, { text, output });
            return output;
        } catch {
            return undefined;
        }
    }

    #compile(source: Source): string | undefined {
        const { file, text } = source;
        this.#service ??= this.#load();
        const service = this.#service;
        if (!isPlain(service.options) || service.ignored(file)) return undefined;
        const compile = (): string => service.compile(text, file);
        return isKept(service.options) ? this.#cache.keep(source, this.#configuration, compile) : compile();
    }

    #load(): import("ts-node").Service {
        const ofRuntime = createRequire(join(this.runtime, "/"));
        const { create } = ofRuntime("ts-node") as typeof import("ts-node");
        const ts = ofRuntime("typescript") as typeof import("typescript");
        const readFile = (path: string): string | undefined => {
            const text = ts.sys.readFile(path);
            this.#configuration.set(resolve(path), text);
            return text;
        };
        this.#configuration.set(resolve(PROJECT), undefined);
        return create({ ...optionsFor(ts, this.environment), readFile });
    }
}

const PROJECT = "tsconfig.json";

/** What the runner of @pulumi/pulumi tells ts-node, for the program of the current folder. */
export function optionsFor(
    ts: typeof import("typescript"),
    environment: NodeJS.ProcessEnv,
): import("ts-node").CreateOptions {
    const isThere = existsSync(PROJECT);
    const config = isThere ? ts.parseConfigFileTextToJson(PROJECT, ts.sys.readFile(PROJECT) ?? "").config : {};
    const isModern = !/^([0-3]|4\.[0-6])\./.test(ts.version);
    return {
        compiler: "typescript",
        transpileOnly: environment["PULUMI_NODEJS_TRANSPILE_ONLY"] === "true",
        project: PROJECT,
        skipProject: !isThere,
        compilerOptions: {
            target: "ES2020",
            module: isModern ? "nodenext" : "commonjs",
            moduleResolution: isModern ? "nodenext" : "node",
            sourceMap: "true",
            ...config?.compilerOptions,
        },
    };
}

const isPlain = ({ transpileOnly, esm, preferTsExts, require, ...rest }: import("ts-node").CreateOptions) =>
    transpileOnly === true &&
    !("experimentalResolver" in rest && rest.experimentalResolver) &&
    !esm &&
    !preferTsExts &&
    (require ?? []).length === 0;

/** Who compiles by something else than TypeScript, or tells of errors and goes on, does so each time. */
const isKept = ({ compiler, logError, ...rest }: import("ts-node").CreateOptions): boolean =>
    compiler === "typescript" &&
    !logError &&
    !["swc", "transpiler", "compilerHost"].some((name) => Reflect.get(rest, name));
