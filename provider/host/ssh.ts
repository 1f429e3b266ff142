import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SshTarget } from "../../model/connection";

/** Seconds until a machine that does not answer counts as not there. */
const CONNECT_SECONDS = 10;
/** A line that is silent for three times as long is dead. */
const ALIVE_SECONDS = 5;

/** A path among ssh's options: quoted, without the tokens that ssh would expand. */
const optionFile = (path: string): string => `"${path.replaceAll("%", "%%")}"`;

/**
 * What every ssh of a machine is called with: the user's own configuration, keys, agent and known hosts, and never a
 * question. ssh(1), ssh_config(5)
 */
function options({ user, port, identityFile, knownHostsFile, acceptNewHostKey }: SshTarget): string[] {
    return [
        ...["-o", "BatchMode=yes"],
        ...["-o", `ConnectTimeout=${CONNECT_SECONDS}`],
        ...["-o", `ServerAliveInterval=${ALIVE_SECONDS}`, "-o", "ServerAliveCountMax=3"],
        ...["-o", "ForwardAgent=no", "-o", "ForwardX11=no", "-o", "ClearAllForwardings=yes"],
        ...["-o", "PermitLocalCommand=no", "-o", "RemoteCommand=none", "-o", "RequestTTY=no"],
        ...(acceptNewHostKey ? ["-o", "StrictHostKeyChecking=accept-new"] : []),
        ...(knownHostsFile === undefined ? [] : ["-o", `UserKnownHostsFile=${optionFile(knownHostsFile)}`]),
        ...(identityFile === undefined ? [] : ["-o", `IdentityFile=${optionFile(identityFile)}`]),
        ...(identityFile === undefined ? [] : ["-o", "IdentitiesOnly=yes"]),
        ...(user === undefined ? [] : ["-l", user]),
        ...(port === undefined ? [] : ["-p", String(port)]),
    ];
}

/**
 * Keeps the one connection of a machine for as long as we live, however we end: the socket's folder goes with it. A
 * group of its own, so that whoever kills ours leaves it the time. Where the socket has gone before, with the temporary
 * folder of an operation that is over, the connection is ended by its process, as long as that is still the one.
 */
const KEEPER =
    'folder=$1; shift; trap "rm -rf \\"\\$folder\\"" EXIT; trap "" INT HUP TERM; ' +
    'ssh -f -N -M "$@" </dev/null >/dev/null || { code=$?; echo failed $code; exit $code; }; ' +
    'pid=$(ssh -O check "$@" 2>&1 | sed -n "s/.*(pid=\\([0-9]*\\)).*/\\1/p"); echo ready; cat >/dev/null; ' +
    'ssh -O exit "$@" >/dev/null 2>&1 || ! grep -qsF "$folder/socket" "/proc/$pid/cmdline" || kill -KILL "$pid"';

/** One connection to a machine, over which everything of an operation goes. */
export class SshConnection {
    readonly #folder: string;
    #keeper: ChildProcess | undefined;

    constructor(private readonly target: SshTarget) {
        // A socket's path has 108 bytes (unix(7)), of which ssh wants some for itself.
        const parent = tmpdir().length > 60 ? "/tmp" : tmpdir();
        this.#folder = mkdtempSync(join(parent, "linuxnet-ssh-"));
    }

    get #socket(): string[] {
        return ["-o", `ControlPath=${this.#folder.replaceAll("%", "%%")}/socket`];
    }

    /** Connects; says what ssh said if it cannot. */
    async open(): Promise<{ ok: true } | { ok: false; said: string }> {
        const words = [...this.#socket, "-o", "ControlPersist=no", ...options(this.target), "--", this.target.host];
        const keeper = spawn("sh", ["-c", KEEPER, "sh", this.#folder, ...words], {
            stdio: ["pipe", "pipe", "pipe"],
            detached: true,
        });
        this.#keeper = keeper;
        let said = "";
        keeper.stderr.setEncoding("utf8").on("data", (text: string) => {
            said += text;
        });
        keeper.stdin.on("error", () => undefined); // its end shows as the end of the output
        const ready = await new Promise<boolean>((resolve) => {
            let told = "";
            keeper.stdout.setEncoding("utf8").on("data", (text: string) => {
                told += text;
                if (told.includes("ready")) resolve(true);
                if (told.includes("failed")) setImmediate(() => resolve(false));
            });
            keeper.on("error", (error) => {
                said += error.message;
                resolve(false);
            });
            keeper.on("close", () => resolve(false));
        });
        for (const handle of [keeper, keeper.stdin, keeper.stdout, keeper.stderr] as unknown as { unref?(): void }[]) {
            handle.unref?.();
        }
        if (ready) return { ok: true };
        rmSync(this.#folder, { recursive: true, force: true });
        return { ok: false, said: said.trim() };
    }

    /** What runs a command over there, through the connection and through nothing else. */
    command(words: string): string[] {
        const alone = ["-o", "ControlMaster=no", "-o", "ProxyCommand=false"];
        return ["ssh", ...this.#socket, ...alone, ...options(this.target), "--", this.target.host, words];
    }

    close(): void {
        this.#keeper?.stdin?.end();
    }
}

/** What a person would type to connect. */
export function plainWords({ host, user, port, identityFile, knownHostsFile }: SshTarget): string[] {
    return [
        "ssh",
        ...(port === undefined ? [] : ["-p", String(port)]),
        ...(identityFile === undefined ? [] : ["-i", identityFile]),
        ...(knownHostsFile === undefined ? [] : ["-o", `UserKnownHostsFile=${knownHostsFile}`]),
        user === undefined ? host : `${user}@${host}`,
    ];
}

/** The line with which a person would try the connection. */
const tryLine = (target: SshTarget): string => plainWords(target).join(" ");

const hostIn = ({ host, port }: SshTarget): string => (port === undefined ? host : `[${host}]:${port}`);

/** What ssh says, what that means to the user, and the way out. Matched here and nowhere else. */
const MEANINGS: readonly [RegExp, (name: string, target: SshTarget) => readonly string[]][] = [
    [
        /REMOTE HOST IDENTIFICATION HAS CHANGED/,
        (_, target) => [
            "its host key is not the one that is known: it is another machine, or was installed anew",
            `if you know why, forget the old key: ssh-keygen ${target.knownHostsFile ? `-f ${target.knownHostsFile} ` : ""}-R "${hostIn(target)}"`,
        ],
    ],
    [
        /Host key verification failed|No .* host key is known/,
        (name, target) => [
            "its host key is not known",
            `connect once by hand and compare the key: ${tryLine(target)}`,
            `or accept new keys: pulumi config set --path linuxnet:hosts.${name}.acceptNewHostKey true`,
        ],
    ],
    [
        /Permission denied|Too many authentication failures/,
        (_, target) => ["it does not accept our key", `try it by hand: ${tryLine(target)}`],
    ],
    [/Connection refused/, () => ["nothing listens there: is sshd running, and is it the right port?"]],
    [/timed out|No route to host|Network is unreachable/, () => ["it does not answer: is the address right?"]],
    [/Could not resolve hostname/, () => ["its name is not known: check it, or the Host in your ssh configuration"]],
    [/ssh: not found|ENOENT/, () => ["there is no ssh on this machine: install Debian's openssh-client"]],
];

/** ssh's own words, without the banner around a changed key. */
function words(said: string): string {
    const lines = said.split("\n").map((line) => line.trim());
    const isChanged = lines.some((line) => line.includes("IDENTIFICATION HAS CHANGED"));
    const kept = isChanged ? lines.filter((line) => /^SHA256:|^Offending|^Host key/.test(line)) : lines;
    return kept.filter((line) => line !== "").join("; ") || "nothing";
}

/** Why a machine cannot be reached, the way out, and ssh's own words. */
export function explainSsh(name: string, target: SshTarget, said: string): string {
    const [, explain] = MEANINGS.find(([pattern]) => pattern.test(said)) ?? [];
    const [meaning, ...ways] = explain?.(name, target) ?? ["ssh has failed", `try it by hand: ${tryLine(target)}`];
    return [`host ${name} (${hostIn(target)}) cannot be reached: ${meaning}`, ...ways, `ssh said: ${words(said)}`].join(
        "\n",
    );
}
