import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { CompileCache } from "./compile-cache.js";

/** A file of a program, as it was read. */
export interface Source {
    readonly file: string;
    readonly text: string;
}

/** Where a program begins unless its package.json says otherwise. */
const ENTRY = "index.ts";

/**
 * Compiles TypeScript for programs that run one behind the other, each file once: the compiler takes longer to load than all the rest. As
 * @pulumi/pulumi has ts-node do it (cmd/run/run.js), as far as that is a matter of one file and its text; what is more is left to ts-node.
 */
export class Compiler {
    readonly #done = new Map<string, { readonly text: string; readonly output: string }>();
    readonly #cache: CompileCache;
    /** The files that the settings were read from. */
    readonly #configuration = new Set<string>();
    #service: import("ts-node").Service | undefined;

    constructor(
        /** The copy of @pulumi/pulumi that the program uses. */
        private readonly runtime: string,
        private readonly environment: NodeJS.ProcessEnv,
    ) {
        this.#cache = new CompileCache(runtime, environment);
    }

    /** While nobody waits for it: compiles what a program begins with, or loads what compiles it. */
    warm(): void {
        try {
            if (!existsSync(ENTRY)) this.#service ??= this.#load();
            else this.compile({ file: realpathSync(ENTRY), text: readFileSync(ENTRY, "utf8") });
        } catch {
            // Whoever needs it is told why it cannot be had.
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
        if (!isPlain(this.#service.options) || this.#service.ignored(file)) return undefined;
        const output = this.#service.compile(text, file);
        this.#cache.keep(source, output, [...this.#configuration]);
        return output;
    }

    #load(): import("ts-node").Service {
        const ofRuntime = createRequire(join(this.runtime, "/"));
        const { create } = ofRuntime("ts-node") as typeof import("ts-node");
        const ts = ofRuntime("typescript") as typeof import("typescript");
        const readFile = (path: string): string | undefined => {
            this.#configuration.add(resolve(path));
            return ts.sys.readFile(path);
        };
        readFile(PROJECT);
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
