import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";
import { type EngineEvents, readEvents } from "./engine-events";

const projectFolder = join(__dirname, "..", "..");
const limitSeconds = 280;

/** What an operation of the engine came to. */
export interface Operation extends EngineEvents {
    readonly succeeded: boolean;
    readonly exitCode: number | null;
    /** All that it has shown, as plain text. */
    readonly text: string;
    readonly seconds: number;
}

export interface LabOptions {
    readonly stack?: string;
    /** The command to call: our own, as the README has it, or the engine as it is. */
    readonly command?: "linuxnet" | "pulumi";
    /** Works in the project's folder itself, and not in a copy. */
    readonly inPlace?: boolean;
    readonly environment?: Readonly<Record<string, string>>;
    /** The program is translated here, once for each change of it, and not at each start: where there are many. */
    readonly isTranslated?: boolean;
    /** Each command leads a process group, for who kills one as a whole. */
    readonly inGroups?: boolean;
}

/** An operation that has been started, for those who want to end it early. */
export interface Running {
    readonly child: ChildProcess;
    readonly done: Promise<Operation>;
}

/**
 * A Pulumi project with one stack, driven by the real engine as a user would, from the command line. It works on a copy of an
 * example, so that the example can be edited.
 */
export class Lab {
    #stack: string;
    readonly #options: LabOptions;
    readonly #source: string;
    #folder: string | undefined;

    /** The name of an example, or the path of a project's folder. */
    constructor(example: string, options: LabOptions = {}) {
        this.#source = resolve(projectFolder, "examples", example);
        this.#options = options;
        this.#stack = options.stack ?? "test";
    }

    get stack(): string {
        return this.#stack;
    }

    get folder(): string {
        if (this.#folder === undefined) throw new Error("The lab has not been made yet: make() comes first.");
        return this.#folder;
    }

    /** Copies the project and makes its stack. */
    async make(): Promise<this> {
        this.#folder = this.#options.inPlace ? this.#source : await copyProject(this.#source);
        await mkdir(join(this.folder, ".state"), { recursive: true });
        if (this.#options.isTranslated) {
            await this.edit(
                "runtime: nodejs",
                "runtime: { name: nodejs, options: { typescript: false } }",
                "Pulumi.yaml",
            );
            await this.edit("main: index.ts", "main: index.js", "Pulumi.yaml");
            await this.#translate();
        }
        await this.command("stack", "init", this.stack);
        return this;
    }

    async rename(stack: string): Promise<void> {
        await this.command("stack", "rename", stack, "--stack", this.#stack);
        this.#stack = stack;
    }

    /** Destroys what there is and forgets the lab, whatever has become of the test. */
    async remove(): Promise<void> {
        if (this.#folder === undefined) return;
        const { succeeded, text } = await this.destroy();
        if (!this.#options.inPlace) await rm(this.#folder, { recursive: true });
        this.#folder = undefined;
        if (!succeeded) throw new Error(`The lab could not be destroyed:\n${text}`);
    }

    /** Replaces one text of the program, which has to be there once. */
    async edit(from: string, to: string, file = "index.ts"): Promise<void> {
        const path = join(this.folder, file);
        const text = await readFile(path, "utf8");
        const parts = text.split(from);
        if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times, and not once: ${from}`);
        await this.write(parts.join(to), file);
    }

    read(file = "index.ts"): Promise<string> {
        return readFile(join(this.folder, file), "utf8");
    }

    async write(text: string, file = "index.ts"): Promise<void> {
        await writeFile(join(this.folder, file), text);
        if (this.#options.isTranslated) await this.#translate();
    }

    async #translate(): Promise<void> {
        for (const file of await readdir(this.folder)) {
            if (!file.endsWith(".ts")) continue;
            const text = await readFile(join(this.folder, file), "utf8");
            const { outputText } = transpileModule(text, {
                compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 },
            });
            await writeFile(join(this.folder, file.replace(/ts$/, "js")), outputText);
        }
    }

    /** `configure("linuxnet:hosts.left.connection", "ssh://…")`, with dots as a path. */
    async configure(key: string, value: string): Promise<void> {
        await this.command("config", "set", "--stack", this.stack, "--path", key, value);
    }

    preview(...args: readonly string[]): Promise<Operation> {
        return this.begin("preview", ...args).done;
    }

    /** Without the preview that a person gets to see first: that is preview(). */
    up(...args: readonly string[]): Promise<Operation> {
        return this.begin("up", "--yes", "--skip-preview", ...args).done;
    }

    refresh(...args: readonly string[]): Promise<Operation> {
        return this.begin("refresh", "--yes", "--skip-preview", ...args).done;
    }

    destroy(...args: readonly string[]): Promise<Operation> {
        return this.begin("destroy", "--yes", "--skip-preview", ...args).done;
    }

    /** Starts an operation and does not wait for it. */
    begin(operation: string, ...args: readonly string[]): Running {
        const started = performance.now();
        const log = join(this.folder, ".state", `events-${Math.round(started * 1000)}.jsonl`);
        const options = ["--stack", this.stack, "--non-interactive", "--color", "never", "--event-log", log];
        const { child, ended } = this.#run([operation, ...options, ...args]);
        const done = ended.then(async ({ exitCode, stdout, stderr }) => {
            const events = readEvents(await readFile(log, "utf8").catch(() => ""), stdout);
            await rm(log, { force: true });
            const seconds = (performance.now() - started) / 1000;
            return { ...events, succeeded: exitCode === 0, exitCode, text: stdout + stderr, seconds };
        });
        return { child, done };
    }

    async outputs(): Promise<Readonly<Record<string, unknown>>> {
        return JSON.parse(await this.command("stack", "output", "--stack", this.stack, "--json", "--show-secrets"));
    }

    /** The resources in the state, by name, without the stack and the provider. */
    async resources(): Promise<ReadonlyMap<string, StateResource>> {
        const state: State = JSON.parse(await this.command("stack", "export", "--stack", this.stack));
        const own = (state.deployment.resources ?? []).filter(({ type }) => !type.startsWith("pulumi:"));
        return new Map(own.map((resource) => [resource.urn.split("::").at(-1) ?? resource.urn, resource]));
    }

    /** Any other command, which has to succeed; returns what it printed. */
    async command(...args: readonly string[]): Promise<string> {
        const { exitCode, stdout, stderr } = await this.#run([...args, "--non-interactive"]).ended;
        if (exitCode !== 0) throw new Error(`${args.join(" ")} (${exitCode}): ${stderr}${stdout}`);
        return stdout;
    }

    /** The same in front of a terminal, which types what is written to it: script(1). Words are to be without spaces. */
    atTerminal(...args: readonly string[]): ChildProcessWithoutNullStreams {
        const words = [...ownCommand(this.folder), ...args].join(" ");
        const env = { ...process.env, ...engineEnvironment(this.folder), ...this.#options.environment };
        return spawn("script", ["-qec", words, "/dev/null"], { cwd: this.folder, env });
    }

    #run(args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
        const [program, ...first] = this.#options.command === "pulumi" ? ["pulumi"] : ownCommand(this.folder);
        const child = spawn(program, [...first, ...args], {
            cwd: this.folder,
            env: { ...process.env, ...engineEnvironment(this.folder), ...this.#options.environment },
            stdio: ["ignore", "pipe", "pipe"],
            detached: this.#options.inGroups === true,
        });
        return { child, ended: collect(child, args) };
    }
}

/** One for all tests of a `describe`: `const lab = useLab("router")`. */
export function useLab(example: string, options: LabOptions = {}): Lab {
    const lab = new Lab(example, options);
    before(`make ${basename(example)}`, () => lab.make());
    after(`remove ${basename(example)}`, () => lab.remove());
    return lab;
}

export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly id?: string;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly outputs?: Readonly<Record<string, unknown>>;
    readonly initErrors?: readonly string[];
}

interface State {
    readonly deployment: { readonly resources?: readonly StateResource[] };
}

interface Ended {
    readonly exitCode: number | null;
    readonly stdout: string;
    readonly stderr: string;
}

/** As installed in the project's own folder, or else as built here. */
function ownCommand(folder: string): [string, string] {
    const installed = join(folder, "node_modules", "pulumi-linuxnet");
    return [process.execPath, join(existsSync(installed) ? installed : projectFolder, "dist", "cli", "main.js")];
}

/** The event log is for the Automation API, and has to be unlocked. */
function engineEnvironment(folder: string): NodeJS.ProcessEnv {
    return { PULUMI_BACKEND_URL: `file://${join(folder, ".state")}`, PULUMI_DEBUG_COMMANDS: "true" };
}

function collect(child: ChildProcess, args: readonly string[]): Promise<Ended> {
    return new Promise((resolve, reject) => {
        let stdout = "";
        let stderr = "";
        const timer = setTimeout(() => {
            child.kill("SIGKILL");
            reject(new Error(`${args.join(" ")}: not done after ${limitSeconds} s\n${stdout}${stderr}`));
        }, limitSeconds * 1000);
        child.stdout?.setEncoding("utf8").on("data", (text: string) => {
            stdout += text;
        });
        child.stderr?.setEncoding("utf8").on("data", (text: string) => {
            stderr += text;
        });
        child.on("error", reject);
        child.on("close", (exitCode) => {
            clearTimeout(timer);
            resolve({ exitCode, stdout, stderr });
        });
    });
}

/** Within the project, where the package finds itself by its name; what the compiler's settings extend stays where it is. */
export async function copyProject(source: string): Promise<string> {
    const work = process.env.LINUXNET_TEST_WORK;
    if (work === undefined) throw new Error("Labs are run by tests/run.mjs.");
    const folder = await mkdtemp(join(work, `${basename(source)}-`));
    const filter = (path: string): boolean => !/^(\.state|node_modules|Pulumi\..+\.yaml)$/.test(basename(path));
    await cp(source, folder, { recursive: true, filter: (path) => path === source || filter(path) });
    const settings = join(folder, "tsconfig.json");
    const text = await readFile(settings, "utf8").catch(() => undefined);
    if (text !== undefined) await writeFile(settings, text.replace(/("extends":\s*")(\.[^"]*)/, absoluteFrom(source)));
    return folder;
}

function absoluteFrom(folder: string): (match: string, key: string, path: string) => string {
    return (_match, key, path) => key + resolve(dirname(join(folder, "tsconfig.json")), path);
}
