import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { command, type Outcome, run } from "./kernel";
import { readNamespaces } from "./namespaces";
import type { Properties, Snapshot } from "./snapshot";

const cli = join(__dirname, "..", "..", "dist", "cli", "main.js");
const labs = join(__dirname, "..", "acceptance", "by-hand");

/** Sets a lab up by plain commands, as a person would: one of tests/acceptance/by-hand. */
export const makeByHand = (lab: string): Promise<string> => command(["sh", "-e", join(labs, `${lab}.sh`)]);

/** A folder of one's own with nothing in it, in which linuxnet is called. */
export class EmptyProject {
    #folder: string | undefined;

    get folder(): string {
        if (this.#folder === undefined) throw new Error("The folder has not been made yet.");
        return this.#folder;
    }

    async make(): Promise<void> {
        const work = process.env.LINUXNET_TEST_WORK;
        if (work === undefined) throw new Error("Such projects are made by tests/run.mjs.");
        this.#folder = await mkdtemp(join(work, "by-hand-"));
    }

    async remove(): Promise<void> {
        if (existsSync(join(this.folder, "Pulumi.yaml")) && existsSync(join(this.folder, ".state")))
            await this.linuxnet("destroy", "--yes", "--skip-preview");
        await rm(this.folder, { recursive: true });
    }

    linuxnet(...args: readonly string[]): Promise<Outcome> {
        return run([process.execPath, cli, ...args], { folder: this.folder, timeoutSeconds: 280 });
    }

    /** Starts it, and kills it when something has come about. */
    async killed(isTime: () => Promise<boolean>, ...args: readonly string[]): Promise<void> {
        const child = spawn(process.execPath, [cli, ...args], { cwd: this.folder, stdio: "ignore", detached: true });
        const ended = new Promise((resolve) => child.on("close", resolve));
        while (child.exitCode === null && !(await isTime())) await new Promise((resolve) => setTimeout(resolve, 5));
        if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
        await ended;
    }

    read(file = "index.ts"): Promise<string> {
        return readFile(join(this.folder, file), "utf8");
    }

    write(text: string, file = "index.ts"): Promise<void> {
        return writeFile(join(this.folder, file), text);
    }

    /** Replaces one text of the program, which has to be there once. */
    async edit(from: string, to: string): Promise<void> {
        const parts = (await this.read()).split(from);
        if (parts.length !== 2) throw new Error(`The program has ${parts.length - 1} times, and not once: ${from}`);
        await this.write(parts.join(to));
    }
}

/** One for all tests of a `describe`. */
export function useEmptyProject(): EmptyProject {
    const project = new EmptyProject();
    before("make a folder", () => project.make());
    after("remove the folder", () => project.remove());
    return project;
}

/** Without what marks an object as a stack's: a link's alias and group, a route's protocol. */
export function withoutMarks(snapshot: Snapshot): Snapshot {
    const unmarked = (name: string, properties: Properties): [string, Properties] => {
        if (/^\S+ route /.test(name)) return [name.replace(/ protocol (boot|static|157)\b/, " protocol -"), properties];
        if (!/^\S+ link /.test(name)) return [name, properties];
        const { ifalias: _alias, group: _group, ...rest } = properties;
        return [name, rest];
    };
    return new Map([...snapshot].map(([name, properties]) => unmarked(name, properties)));
}

/** Every device by its index, and every neighbour that is known: neither is in a snapshot. */
export async function identities(): Promise<readonly string[]> {
    const places = [undefined, ...(await readNamespaces()).map(({ path }) => path)];
    const found = await Promise.all(
        places.map(async (where) => {
            const links = await command(["ip", "-o", "link", "show"], { where });
            const neighbours = await command(["ip", "neighbour", "show"], { where });
            const lines = [
                ...links.split("\n").map((line) => line.split(/[:@]/).slice(0, 2).join(":")),
                ...neighbours.split("\n").map((line) => /^\S+ dev \S+ lladdr \S+/.exec(line)?.[0] ?? ""),
            ];
            return lines.filter((line) => line !== "").map((line) => `${where ?? "host"} ${line}`);
        }),
    );
    return found.flat();
}
