import { type ChildProcess, spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { searchPath } from "../../toolchain/path.mjs";
import { command, type Outcome, type RunOptions, run } from "./kernel";
import { endProcesses, processesBelow } from "./processes";
import { type Wire, withoutPrefix } from "./wire";

interface MachineUser {
    readonly name: string;
    /** Lines of the machine's sudoers file: `alice ALL=(root) NOPASSWD: /usr/sbin/ip`. Without any, sudo refuses. */
    readonly sudo?: string;
}

export interface MachineOptions {
    readonly wire: Wire;
    /** Of its uplink, with the prefix length: `10.9.0.15/24`. */
    readonly address: string;
    /** The name of its device on the wire; `uplink`. */
    readonly uplink?: string;
    /** Those that there are besides root. */
    readonly users?: readonly MachineUser[];
    /** Programs that are not installed there: `ip`. */
    readonly without?: readonly string[];
}

export type MachineRunOptions = Pick<RunOptions, "input" | "timeoutSeconds" | "environment">;

const limitSeconds = 30;
const environment: NodeJS.ProcessEnv = { PATH: searchPath({}).join(":"), HOME: "/root", LANG: "C.UTF-8" };
let plugs = 0;

/**
 * A machine that is reached by ssh: a network, processes, /run, /etc, /sys, /tmp and homes of its own, a real sshd, and the programs
 * of the machine that the tests run on.
 */
export class Machine {
    readonly address: string;
    readonly port = 22;
    #stopped: Promise<void> | undefined;

    constructor(
        readonly name: string,
        options: MachineOptions,
        /** The host's end of its uplink. */
        readonly plug: string,
        private readonly started: Started,
    ) {
        this.address = withoutPrefix(options.address);
    }

    /** Its first process, as the tests see it. */
    get pid(): number {
        return this.started.pid;
    }

    /** The type and the key, as in a .pub file. */
    get hostKey(): string {
        return this.started.hostKey;
    }

    /** Its network namespace, for `ping` and whatever else takes a `Where`. The files are the tests' own then. */
    get where(): string {
        return `/proc/${this.pid}/ns/net`;
    }

    /** What its sshd has logged so far: who came, and with which key. */
    get log(): string {
        return this.started.log();
    }

    /** One of its files, as a path for the tests: `machine.file("/etc/sudoers")`. */
    file(path: string): string {
        return join(`/proc/${this.pid}/root`, path);
    }

    /** Runs a program there, as root, without ssh. */
    run(argv: readonly string[], options: MachineRunOptions = {}): Promise<Outcome> {
        return run(this.#inside(argv), { environment, ...options });
    }

    /** Runs a program there that has to succeed, and returns what it printed. */
    command(argv: readonly string[], options: MachineRunOptions = {}): Promise<string> {
        return command(this.#inside(argv), { environment, ...options });
    }

    /**
     * Ends the sshd processes of all connections, and how many connections that were; new ones can be made. What was started by them
     * lives on, as it does where a connection breaks.
     */
    async killSessions(): Promise<number> {
        const [listener] = (await processesBelow(this.pid)).filter(({ program }) => program === "sshd");
        if (listener === undefined) throw new Error(`${this.name} has no sshd:\n${this.log}`);
        const serving = (await processesBelow(listener.pid)).filter(({ program }) => program.startsWith("sshd"));
        await endProcesses(serving);
        return serving.filter(({ parent }) => parent === listener.pid).length;
    }

    /** Ends all that runs there, and waits until it is gone. */
    stop(): Promise<void> {
        this.#stopped ??= this.#stop();
        return this.#stopped;
    }

    /** With its first process, the kernel ends all of a process namespace; only then is the plug pulled, so that peers hear of it. */
    async #stop(): Promise<void> {
        const { exitCode, signalCode } = this.started.child;
        if (exitCode === null && signalCode === null) process.kill(this.pid, "SIGKILL");
        await this.started.ended;
        await run(["ip", "link", "del", "dev", this.plug]);
    }

    #inside(argv: readonly string[]): readonly string[] {
        return ["nsenter", "--target", String(this.pid), "--net", "--mount", "--uts", "--pid", "--", ...argv];
    }
}

/** Starts a machine, and waits until its sshd listens. */
export async function startMachine(name: string, options: MachineOptions): Promise<Machine> {
    plugs += 1;
    const plug = `plug${plugs}`;
    const users = options.users ?? [];
    const started = await start(name, {
        ...environment,
        MACHINE_NAME: name,
        MACHINE_ADDRESS: options.address,
        MACHINE_UPLINK: options.uplink ?? "uplink",
        MACHINE_PLUG: plug,
        MACHINE_WIRE: options.wire.device,
        MACHINE_USERS: users.map((user) => user.name).join(" "),
        MACHINE_SUDOERS: users.map(({ sudo }) => sudo ?? "").join("\n"),
        MACHINE_WITHOUT: (options.without ?? []).join(" "),
    });
    return new Machine(name, options, plug, started);
}

interface Started {
    readonly child: ChildProcess;
    readonly ended: Promise<void>;
    readonly pid: number;
    readonly hostKey: string;
    log(): string;
}

/** Whatever ends the tests ends their machines. */
async function start(name: string, env: NodeJS.ProcessEnv): Promise<Started> {
    const network = await open("/proc/self/ns/net");
    const own = ["--net", "--mount", "--propagation", "private", "--uts", "--pid", "--fork", "--kill-child"];
    const argv = ["--pdeathsig", "KILL", "--", "unshare", ...own, "--", "sh", join(__dirname, "machine.sh")];
    const child = spawn("setpriv", argv, { env, stdio: ["ignore", "pipe", "pipe", network.fd] });
    await network.close();
    let stdout = "";
    let stderr = "";
    const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
    return new Promise((resolve, reject) => {
        const fail = (reason: string): void => {
            clearTimeout(timer);
            child.kill("SIGKILL");
            reject(new Error(`${name} ${reason}:\n${stderr}${stdout}`));
        };
        const timer = setTimeout(() => fail(`does not listen after ${limitSeconds} s`), limitSeconds * 1000);
        const check = (): void => {
            const [, pid, hostKey] = /^(\d+) (.+)\n/.exec(stdout) ?? [];
            if (hostKey === undefined || !stderr.includes("Server listening on 0.0.0.0")) return;
            clearTimeout(timer);
            resolve({ child, ended, pid: Number(pid), hostKey, log: () => stderr });
        };
        child.stdout?.setEncoding("utf8").on("data", (text: string) => {
            stdout += text;
            check();
        });
        child.stderr?.setEncoding("utf8").on("data", (text: string) => {
            stderr += text;
            check();
        });
        child.on("error", (error) => fail(`cannot be started (${error.message})`));
        child.on("close", (code) => fail(`could not be started (exit code ${code})`));
    });
}
