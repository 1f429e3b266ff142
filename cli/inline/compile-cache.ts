import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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

/** The nearest one says what sort of modules the files beside it are; those on the way are not there. */
function manifests(folder: string): string[] {
    const file = join(folder, "package.json");
    const isLast = dirname(folder) === folder || contentHash(file) !== null;
    return isLast ? [file] : [file, ...manifests(dirname(folder))];
}

/**
 * Keeps what the compiler has made of a program's files, one entry for each, so that it need not be loaded where nothing has changed. Below
 * the node_modules that the program's packages are in, as other tools have their caches: it goes with them. Where that cannot be
 * written, nothing is kept.
 */
export class CompileCache {
    readonly #folder: string;
    readonly #by: string;

    constructor(runtime: string, environment: NodeJS.ProcessEnv) {
        this.#folder = join(runtime, "..", "..", ".cache", "linuxnet");
        const load = createRequire(join(runtime, "/"));
        const versions = ["typescript", "ts-node"].map((name) => load(`${name}/package.json`).version);
        const settings = Object.entries(environment).filter(([name]) => /^(TS_NODE_|PULUMI_NODEJS_)/.test(name));
        this.#by = JSON.stringify([process.version, process.cwd(), versions, settings.toSorted()]);
    }

    find({ file, text }: Source): string | undefined {
        try {
            const { by, read, output }: Entry = JSON.parse(readFileSync(this.#entry(file), "utf8"));
            const isSame = Object.entries(read).every(([name, was]) => {
                return (name === file ? hash(text) : contentHash(name)) === was;
            });
            return by === this.#by && isSame ? output : undefined;
        } catch {
            return undefined;
        }
    }

    /** `configuration` are the files that the compiler's settings were read from. */
    keep({ file, text }: Source, output: string, configuration: readonly string[]): void {
        const others = [...configuration, ...manifests(dirname(file))].map((name) => [name, contentHash(name)]);
        const entry: Entry = { by: this.#by, read: { ...Object.fromEntries(others), [file]: hash(text) }, output };
        const path = this.#entry(file);
        const beside = `${path}.${process.pid}`;
        try {
            mkdirSync(this.#folder, { recursive: true });
            const entries = readdirSync(this.#folder);
            if (entries.length >= ENTRIES) for (const name of entries) remove(join(this.#folder, name));
            writeFileSync(beside, JSON.stringify(entry), { flag: "wx" });
            renameSync(beside, path);
        } catch {
            remove(beside);
        }
    }

    #entry(file: string): string {
        return join(this.#folder, `${hash(file)}.json`);
    }
}
