import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import type { Connection } from "../../model/connection";
import { LOCAL, type Place, placeOf } from "../../model/place";
import { HostProblem } from "../problem";
import type { Command } from "./command";
import { wordFile } from "./place";
import { probe } from "./probe";
import { BOOTSTRAP, LOCK_SECONDS } from "./program";
import type { Answers, Constants, Queries } from "./query";
import { type Claim, Displaced, Ended, Runner, Unlocked } from "./runner";
import { type Exchange, Session } from "./session";
import { explainSsh, SshConnection } from "./ssh";
import type { Reply, Step } from "./step";
import { explainSudo } from "./sudo";
import { Surveys } from "./surveys";
import { type Restoration, Unreached, Watchdog } from "./watchdog";

/**
 * Runners at work at the same time, if the engine asks for so much at once: for eight things, and in a destroy for 32. The kernel changes
 * the network for one at a time, but whoever has removed a link waits some 20 ms for what still looks at it, and all wait together.
 * Over ssh each is a session, of which sshd allows 10 (sshd_config(5), MaxSessions).
 */
const RUNNERS = 16;
const RUNNERS_OVER_SSH = 4;
/** So many of what waits, as a ping does: one session over ssh is left to a person, and one to whatever comes. */
const WAITING = 24;
const WAITING_OVER_SSH = 8;
/** So many exchanges are under way on a runner over a line before another one is started. */
const PIPELINED = 4;

/** Ours among the processes that have ever worked for the stack. */
const WORD = randomBytes(16).toString("hex");

const displaced = (title: string): string =>
    `another operation of this stack has begun on ${title}, and this one has stopped. Nothing was begun any more`;

const isRoot = (): boolean => process.getuid?.() === 0;

/** How a process gets to a machine. */
export interface Entrance {
    /** Absent for this machine. */
    readonly ssh: SshConnection | undefined;
    readonly isSudo: boolean;
}

/** A machine: this one or another, as root or by sudo. How it is reached is no business of anybody else. */
export class Machine {
    #runners: Runner[] = [];
    #ready: Promise<void> | undefined;
    #ssh: SshConnection | undefined;
    /** Why nothing more can be done there: a connection that is lost stays so, for running again to repair. */
    #lost: HostProblem | undefined;
    #locker: Runner | undefined;
    #locked: Promise<unknown> = Promise.resolve();
    #owned: Promise<Claim | undefined> | undefined;
    #watchdog: Watchdog | undefined;
    #isWaiting = false;
    readonly #constants: Constants = new Map();
    readonly #quiet = new Set<Place>();
    readonly #surveys = new Surveys((queries) =>
        this.session(async (session) => {
            const answers = await session.ask(Object.fromEntries(queries.map((query, at) => [`answer${at}`, query])));
            return queries.map((_, at) => answers[`answer${at}`]);
        }),
    );

    constructor(
        readonly name: string,
        private readonly connection: Connection,
        /** What tells the stack that we work for from others. */
        private readonly stack?: string | undefined,
        /** What is to be put back there if a change cuts it off. */
        private readonly restoration?: ((place: Place) => Promise<Restoration>) | undefined,
    ) {}

    /** For people. */
    get title(): string {
        return this.name === LOCAL ? "this machine" : `host ${this.name}`;
    }

    /** Works on the machine beside others. */
    async session<T>(use: (session: Session) => Promise<T>): Promise<T> {
        await this.#prepare();
        return use(this.#sessionOf((steps) => this.#exchange(this.#leastBusy(), false, steps)));
    }

    /** The same, alone on the machine among all that take the lock of this path. */
    async locked<T>(path: string, use: (session: Session) => Promise<T>): Promise<T> {
        await this.#prepare();
        const turn = this.#locked;
        const work = turn.then(() => this.#holding(path, use));
        this.#locked = work.catch(() => undefined);
        return work;
    }

    /** Neither taking the lock nor giving it up costs a round trip: whatever is done in between asks for it. */
    async #holding<T>(path: string, use: (session: Session) => Promise<T>): Promise<T> {
        if (this.#locker === undefined || this.#locker.ended) this.#locker = this.#newRunner();
        const runner = this.#locker;
        // A dead line is seen from here, but not always from there.
        const words: [string, string] = [path, this.connection.ssh ? String(LOCK_SECONDS) : ""];
        runner.lock(...words);
        try {
            return await use(this.#sessionOf((steps) => this.#exchange(runner, true, steps)));
        } finally {
            if (!runner.ended) runner.unlock();
        }
    }

    /** What is done from now on mostly waits, as a ping does: returns how much of it is done at once, and what is more would wait for its turn. */
    expectWaiting(): number {
        this.#isWaiting = true;
        return this.#most;
    }

    get #most(): number {
        const [here, there] = this.#isWaiting ? [WAITING, WAITING_OVER_SSH] : [RUNNERS, RUNNERS_OVER_SSH];
        return this.connection.ssh ? there : here;
    }

    /** Runs steps there, whatever the machine lacks for a session: to find out what that is. */
    async examine(steps: readonly Step[]): Promise<Reply[]> {
        await this.#open();
        return this.#exchange(this.#leastBusy(), false, steps);
    }

    /** Asks by surveys of whole namespaces where a question allows it. */
    survey<Q extends Queries>(queries: Q, isCheck: boolean): Promise<Answers<Q>> {
        return this.#surveys.read(queries, isCheck);
    }

    /** A place that was looked for and is not there. */
    nothingIn(place: Place): void {
        this.#surveys.nothingIn(place);
    }

    /** What was surveyed may be untrue by now. */
    forget(commands?: readonly Command[]): void {
        this.#surveys.forget(commands);
    }

    /** Ends what runs there for us, and the connection: nothing more is begun. */
    close(): void {
        this.#lost ??= new HostProblem("the operation is over");
        for (const runner of [...this.#runners, ...(this.#locker ? [this.#locker] : [])]) runner.end();
        this.#ssh?.close();
    }

    #sessionOf(exchange: Exchange): Session {
        return new Session(exchange, (commands) => this.forget(commands), this.#constants, this.#quiet);
    }

    #prepare(): Promise<void> {
        this.#ready ??= this.#connect();
        return this.#ready;
    }

    async #open(): Promise<void> {
        const { ssh } = this.connection;
        if (ssh === undefined) return;
        this.#ssh = new SshConnection(ssh);
        const opened = await this.#ssh.open();
        if (!opened.ok) throw new HostProblem(explainSsh(this.name, ssh, opened.said));
    }

    async #connect(): Promise<void> {
        await this.#open();
        const run: Exchange = (steps) => this.#exchange(this.#leastBusy(), false, steps);
        await probe(run, { title: this.title, name: this.name, place: this.place });
    }

    /** Its own namespace. */
    get place(): Place {
        return placeOf({ host: this.name });
    }

    /** For what is started there beside the one program, over the same connection. */
    async entrance(): Promise<Entrance> {
        await this.#prepare();
        return this.#entrance();
    }

    #entrance(ssh = this.#ssh): Entrance {
        return { ssh, isSudo: this.connection.sudo && (ssh !== undefined || !isRoot()) };
    }

    /** How the one program is started there. */
    #start(through = this.#ssh): readonly string[] {
        const { ssh, isSudo } = this.#entrance(through);
        const sudo = isSudo ? ["sudo", "-n", "--"] : [];
        if (ssh === undefined) return [...sudo, "/bin/sh", "-c", BOOTSTRAP];
        return ssh.command(["exec", ...sudo, "/bin/sh", "-c", `'${BOOTSTRAP}'`].join(" "));
    }

    #newRunner(): Runner {
        if (this.#lost) throw this.#lost;
        return new Runner(this.#start());
    }

    /** Whether it answers somebody who has not been connected before. */
    async #contact(steps: readonly Step[]): Promise<Reply[] | undefined> {
        const { ssh } = this.connection;
        const connection = ssh && new SshConnection(ssh);
        if (connection && !(await connection.open()).ok) return undefined;
        const runner = new Runner(this.#start(connection));
        try {
            return await runner.run(steps, { locked: false });
        } catch (error) {
            if (error instanceof Ended) return undefined;
            throw error;
        } finally {
            runner.end();
            connection?.close();
        }
    }

    #leastBusy(): Runner {
        this.#runners = this.#runners.filter((runner) => !runner.ended);
        const [first] = this.#runners.toSorted((a, b) => a.pending - b.pending);
        // Over a line another runner takes round trips to start, and a few exchanges on one share its time anyway.
        const enough = this.connection.ssh && !this.#isWaiting ? PIPELINED : 0;
        if (first && (first.pending <= enough || this.#runners.length >= this.#most)) return first;
        const runner = this.#newRunner();
        this.#runners.push(runner);
        return runner;
    }

    async #exchange(runner: Runner, locked: boolean, steps: readonly Step[]): Promise<Reply[]> {
        return this.#telling(async () => {
            if (!steps.some(({ mutating }) => mutating)) return runner.run(steps, { locked });
            const claim = await this.#own();
            // Over a line that breaks, a watchdog would wait for what lingers.
            const lingers = this.connection.ssh === undefined;
            const run: Exchange = (all) => runner.run(all, { locked, claim, lingers });
            return this.#watchdog ? this.#watchdog.over(steps, run) : run(steps);
        });
    }

    /** Before its first change a process says there that it works for the stack now. */
    #own(): Promise<Claim | undefined> {
        this.#owned ??= this.#takeOver();
        return this.#owned;
    }

    async #takeOver(): Promise<Claim | undefined> {
        if (this.stack === undefined) return undefined;
        const claim = { file: wordFile(this.stack), word: WORD };
        const { rollback } = this.connection;
        const run: Exchange = (steps) => this.#leastBusy().run(steps, { locked: false });
        const watchdog = rollback && new Watchdog(rollback, this.title, this.place, claim, (all) => this.#contact(all));
        await watchdog?.prepare(run);
        await this.#leastBusy().own(claim);
        if (this.restoration) await watchdog?.begin(run, await this.restoration(this.place));
        this.#watchdog = watchdog;
        return claim;
    }

    /** What has become of a runner, in terms of its machine. */
    async #telling<T>(work: () => Promise<T>): Promise<T> {
        if (this.#lost) throw this.#lost;
        try {
            return await work();
        } catch (error) {
            if (error instanceof Unreached) {
                this.#lost ??= error;
                throw this.#lost;
            }
            if (error instanceof Ended) throw this.#ended(error.words);
            if (error instanceof Displaced) throw new HostProblem(displaced(this.title));
            if (!(error instanceof Unlocked)) throw error;
            throw new HostProblem(`another operation holds the lock on ${this.title}; run again when it is over`);
        }
    }

    #ended(words: string): HostProblem {
        const { ssh } = this.connection;
        const user = ssh?.user ?? userInfo().username;
        const sudo = this.connection.sudo ? explainSudo(ssh ? `on ${this.name}` : "here", user, words) : undefined;
        if (sudo !== undefined) return new HostProblem(sudo);
        const said = words === "" ? "" : `\nlast heard: ${words.replace(/\s*\n\s*/g, "; ")}`;
        const what = ssh ? `the connection to host ${this.name} was lost` : "the command runner was ended";
        const problem = new HostProblem(
            `${what}. What it had begun may be done.\nRunning again continues from here.${said}`,
        );
        if (ssh) this.#lost ??= problem;
        return problem;
    }
}
