import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Source } from "./compiler.js";

/** What has been made of a file, and what that has gone by: files by a hash of what is in them, null where there is none. */
interface Entry {
    readonly by: string;
    readonly read: Readonly<Record<string, string | null>>;
    readonly output: string;
}

/** Programs come and go: beyond so many entries all are dropped, and what is still used comes again. */
const ENTRIES = 500;

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

function contentHash(file: string): string | null {
    try {
        return hash(readFileSync(file, "utf8"));
    } catch {
        return null;
    }
}

/** If it is there, and can be. */
function remove(file: string): void {
    try {
        rmSync(file, { force: true });
    } catch {
        // It cannot: it was not to be had either.
    }
}

/** The nearest package.json says what sort of modules the files beside it are; on the way to it there is none. */
function manifests(folder: string): Entry["read"] {
    const file = join(folder, "package.json");
    const content = contentHash(file);
    const isLast = content !== null || dirname(folder) === folder;
    return { [file]: content, ...(isLast ? {} : manifests(dirname(folder))) };
}

const versionOf = (name: string, from: string): unknown =>
    createRequire(join(from, "/"))(`${name}/package.json`).version;

/**
 * Keeps what the compiler has made of a program's files, one entry for each, so that it need not be loaded where nothing has changed. Below
 * the node_modules that the program's packages are in, as other tools have their caches: it goes with them. Where that is not ours, or
 * cannot be written, nothing is kept.
 */
export class CompileCache {
    readonly #packages: string;
    readonly #folder: string;
    #known: string | undefined;

    constructor(
        private readonly runtime: string,
        private readonly environment: NodeJS.ProcessEnv,
    ) {
        this.#packages = join(runtime, "..", "..");
        this.#folder = join(this.#packages, ".cache", "linuxnet");
    }

    find({ file, text }: Source): string | undefined {
        try {
            const { by, read, output }: Entry = JSON.parse(readFileSync(this.#entry(file), "utf8"));
            const isSame = Object.entries(read).every(([name, was]) => {
                return (name === file ? hash(text) : contentHash(name)) === was;
            });
            return by === this.#by() && isSame ? output : undefined;
        } catch {
            return undefined;
        }
    }

    /** Compiles, and keeps what comes of it. `configuration` is what the compiler's settings were read from. */
    keep(
        { file, text }: Source,
        configuration: ReadonlyMap<string, string | undefined>,
        compile: () => string,
    ): string {
        const around = manifests(dirname(file));
        const output = compile();
        const settings = Array.from(configuration, ([name, content]) => {
            return [name, content === undefined ? null : hash(content)] as const;
        });
        const read = { ...around, ...Object.fromEntries(settings), [file]: hash(text) };
        const path = this.#entry(file);
        const beside = `${path}.${process.pid}`;
        try {
            if (statSync(this.#packages).uid !== process.geteuid?.()) return output;
            mkdirSync(this.#folder, { recursive: true });
            const entries = readdirSync(this.#folder);
            if (entries.length >= ENTRIES) for (const name of entries) remove(join(this.#folder, name));
            writeFileSync(beside, JSON.stringify({ by: this.#by(), read, output } satisfies Entry), { flag: "wx" });
            renameSync(beside, path);
        } catch {
            remove(beside);
        }
        return output;
    }

    /** Who compiles: the versions of all that does, and what the environment says. */
    #by(): string {
        if (this.#known !== undefined) return this.#known;
        const folder = process.cwd();
        const compilers = [folder, this.runtime].map((from) => versionOf("typescript", from));
        const versions = [process.version, ...compilers, versionOf("ts-node", this.runtime)];
        const settings = Object.entries(this.environment).filter(([name]) => /^(TS_NODE_|PULUMI_NODEJS_)/.test(name));
        const own = contentHash(join(__dirname, "compiler.js"));
        this.#known = JSON.stringify([folder, own, versions, settings.toSorted()]);
        return this.#known;
    }

    #entry(file: string): string {
        return join(this.#folder, `${hash(file)}.json`);
    }
}
