import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Outcome, run } from "./kernel";

const projectFolder = join(__dirname, "..", "..");
const program = join(projectFolder, "dist", "cli", "main.js");

/** Somebody of a team: a clone of the project, a home of the engine's and an environment, each his own. */
export class Person {
    private constructor(
        readonly folder: string,
        private readonly environment: NodeJS.ProcessEnv,
    ) {}

    /** With an empty project. */
    static async start(name: string, environment: NodeJS.ProcessEnv): Promise<Person> {
        const work = process.env["LINUXNET_TEST_WORK"];
        if (work === undefined) throw new Error("People are made by tests/run.mjs.");
        const home = await mkdtemp(join(work, `${name}-`));
        const person = new Person(join(home, "labs"), {
            ...process.env,
            PULUMI_HOME: join(home, "pulumi"),
            ...environment,
        });
        await mkdir(join(home, "pulumi"));
        await mkdir(person.folder);
        // As an installed package has it, for npx.
        await mkdir(join(home, "node_modules", ".bin"), { recursive: true });
        await symlink(program, join(home, "node_modules", ".bin", "linuxnet"));
        return person;
    }

    /** With the files of somebody else's project, as git would bring them. */
    static async cloneOf(other: Person, name: string, environment: NodeJS.ProcessEnv): Promise<Person> {
        const person = await Person.start(name, environment);
        await cp(other.folder, person.folder, { recursive: true });
        return person;
    }

    /** Sits at the same desk with another environment. */
    with(environment: NodeJS.ProcessEnv): Person {
        return new Person(this.folder, { ...this.environment, ...environment });
    }

    run(argv: readonly string[]): Promise<Outcome> {
        return run(argv, { folder: this.folder, environment: this.environment, timeoutSeconds: 200 });
    }

    linuxnet(...args: readonly string[]): Promise<Outcome> {
        return this.run([process.execPath, program, ...args]);
    }

    /** A command that has to succeed; returns what it printed. */
    async command(...args: readonly string[]): Promise<string> {
        const { code, stdout, stderr } = await this.linuxnet(...args);
        if (code !== 0) throw new Error(`${args.join(" ")} (${code}): ${stderr}${stdout}`);
        return stdout;
    }

    /** Starts a command and does not wait for it. */
    begin(...args: readonly string[]): ChildProcess {
        const { folder: cwd, environment: env } = this;
        return spawn(process.execPath, [program, ...args], { cwd, env, stdio: "ignore" });
    }

    write(text: string, file = "index.ts"): Promise<void> {
        return writeFile(join(this.folder, file), text);
    }

    read(file: string): Promise<string> {
        return readFile(join(this.folder, file), "utf8");
    }

    remove(): Promise<void> {
        return rm(dirname(this.folder), { recursive: true });
    }
}
