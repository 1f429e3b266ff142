import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { command, run } from "./kernel";

/** Where Debian keeps what is not for everybody's PATH: a folder for each version. */
const versionsFolder = "/usr/lib/postgresql";

const limitMs = 30_000;
const port = 5432;
const password = "not-in-a-url";

/** Debian's PostgreSQL, with one database, on the loopback of the tests' own network; it asks for a password, as one for a team does. */
export class Database {
    #folder: string | undefined;
    #server: ChildProcess | undefined;
    #log = "";

    /** For the engine: without the password, which is in the environment. */
    readonly url = `postgres://pulumi@127.0.0.1:${port}/postgres?sslmode=disable`;
    readonly environment = { PGPASSWORD: password };

    async start(): Promise<void> {
        const [version] = (await readdir(versionsFolder)).toSorted((a, b) => Number(b) - Number(a));
        const programs = join(versionsFolder, version ?? "", "bin");
        // The tests' temporary folder is for root alone, and the server refuses to be root.
        const folder = await mkdtemp("/run/database-");
        this.#folder = folder;
        const id = Number(await command(["id", "-u", "postgres"]));
        await chown(folder, id, Number(await command(["id", "-g", "postgres"])));
        await writeFile(join(folder, "password"), password);
        const asPostgres = [
            "setpriv",
            "--reuid=postgres",
            "--regid=postgres",
            "--clear-groups",
            "--pdeathsig=KILL",
            "--",
        ];
        const data = join(folder, "data");
        const users = ["--username=pulumi", "--auth=scram-sha-256", `--pwfile=${folder}/password`];
        await command([...asPostgres, join(programs, "initdb"), ...users, "--no-sync", "-D", data], { folder });
        const [program = "", ...words] = [...asPostgres, join(programs, "postgres"), "-D", data];
        const options = ["-k", folder, "-h", "127.0.0.1", "-p", String(port), "-F"];
        const server = spawn(program, [...words, ...options], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
        server.stderr.setEncoding("utf8").on("data", (text: string) => {
            this.#log += text;
        });
        this.#server = server;
        await this.#answer(join(programs, "pg_isready"));
    }

    async #answer(isReady: string): Promise<void> {
        const end = performance.now() + limitMs;
        while ((await run([isReady, "-q", "-h", "127.0.0.1", "-p", String(port)])).code !== 0) {
            if (performance.now() > end) throw new Error(`The database does not answer:\n${this.#log}`);
            await sleep(50);
        }
    }

    /** What a query finds, a line for each row. */
    query(sql: string): Promise<string> {
        const environment = { ...process.env, ...this.environment };
        return command(["psql", "--no-psqlrc", "-At", "-c", sql, this.url], { environment });
    }

    async stop(): Promise<void> {
        if (this.#server !== undefined && this.#server.exitCode === null) {
            const ended = once(this.#server, "close");
            // A fast shutdown: who is connected is sent away.
            this.#server.kill("SIGINT");
            await ended;
        }
        if (this.#folder !== undefined) await rm(this.#folder, { recursive: true });
    }
}

/** For all tests of a `describe`. */
export function useDatabase(): Database {
    const database = new Database();
    before("start the database", () => database.start());
    after("stop the database", () => database.stop());
    return database;
}
