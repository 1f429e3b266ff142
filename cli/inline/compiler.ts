import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

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
    #service: import("ts-node").Service | undefined;

    constructor(
        /** The copy of @pulumi/pulumi that the program uses. */
        private readonly runtime: string,
        private readonly environment: NodeJS.ProcessEnv,
    ) {}

    /** Loads it while nobody waits for it. */
    warm(): void {
        try {
            this.#service ??= this.#load();
        } catch {
            // Whoever needs it is told why it cannot be had.
        }
    }

    /** Undefined where ts-node has to do it in the program's place: settings that act on more than one text, and errors. */
    compile({ file, text }: Source): string | undefined {
        const known = this.#done.get(file);
        if (known?.text === text) return known.output;
        try {
            this.#service ??= this.#load();
            if (!isPlain(this.#service.options) || this.#service.ignored(file)) return undefined;
            const output = this.#service.compile(text, file);
            this.#done.set(file, { text, output });
            return output;
        } catch {
            return undefined;
        }
    }

    #load(): import("ts-node").Service {
        const ofRuntime = createRequire(join(this.runtime, "/"));
        const { create } = ofRuntime("ts-node") as typeof import("ts-node");
        const ts = ofRuntime("typescript") as typeof import("typescript");
        return create(optionsFor(ts, this.environment));
    }
}

/** What the runner of @pulumi/pulumi tells ts-node, for the program of the current folder. */
export function optionsFor(
    ts: typeof import("typescript"),
    environment: NodeJS.ProcessEnv,
): import("ts-node").CreateOptions {
    const file = "tsconfig.json";
    const isThere = existsSync(file);
    const config = isThere ? ts.parseConfigFileTextToJson(file, ts.sys.readFile(file) ?? "").config : {};
    const isModern = !/^([0-3]|4\.[0-6])\./.test(ts.version);
    return {
        compiler: "typescript",
        transpileOnly: environment["PULUMI_NODEJS_TRANSPILE_ONLY"] === "true",
        project: file,
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
