import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
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
 * group of its own, so that whoever kills ours leaves it the time.
 */
const KEEPER =
    'folder=$1; shift; trap "rm -rf \\"\\$folder\\"" EXIT; trap "" INT HUP TERM; ' +
    'ssh -f -N -M "$@" </dev/null >/dev/null || { code=$?; echo failed $code; exit $code; }; ' +
    'echo ready; cat >/dev/null; ssh -O exit "$@" >/dev/null 2>&1';

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
            keeper.on("error", () => resolve(false));
            keeper.on("close", () => resolve(false));
        });
        for (const handle of [keeper, keeper.stdin, keeper.stdout, keeper.stderr] as unknown as { unref?(): void }[]) {
            handle.unref?.();
        }
        return ready ? { ok: true } : { ok: false, said: said.trim() };
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

/** What ssh says, and what that means to the user. Matched here and nowhere else. */
const MEANINGS: readonly [RegExp, (target: SshTarget, line: string) => string][] = [
    [
        /REMOTE HOST IDENTIFICATION HAS CHANGED/,
        ({ host }) =>
            `its host key is not the one that is known: it is another machine, or was installed anew.\n` +
            `If you know why, forget the old key: ssh-keygen -R ${host}`,
    ],
    [
        /Host key verification failed|key is not known by any other names|No .* host key is known/,
        (_target, line) =>
            `its host key is not known. Connect once by hand and compare the key (${line}), or accept new keys:\n`,
    ],
    [/Permission denied|Too many authentication failures/, (_, line) => `it does not accept our key. Try: ${line}`],
    [/Connection refused/, () => "nothing listens there: is sshd running, and is it the right port?"],
    [/Connection timed out|No route to host|Network is unreachable/, () => "it does not answer: is the address right?"],
    [/Could not resolve hostname/, () => "its name is not known: check it, or the Host in your ssh configuration"],
    [/ssh: not found|spawn sh ENOENT/, () => "there is no ssh on this machine: install Debian's openssh-client"],
];

/** The line with which a person would try the connection. */
export function tryLine({ host, user, port, identityFile, knownHostsFile }: SshTarget): string {
    return [
        "ssh",
        ...(port === undefined ? [] : ["-p", port]),
        ...(identityFile === undefined ? [] : ["-i", identityFile]),
        ...(knownHostsFile === undefined ? [] : ["-o", `UserKnownHostsFile=${knownHostsFile}`]),
        user === undefined ? host : `${user}@${host}`,
    ].join(" ");
}

/** Why a machine cannot be reached, with ssh's own words and the way out. */
export function explainSsh(name: string, target: SshTarget, said: string): string {
    const [pattern, explain] = MEANINGS.find(([words]) => words.test(said)) ?? [];
    const accept = /not known/.test(pattern?.source ?? "")
        ? `pulumi config set --path linuxnet:hosts.${name}.acceptNewHostKey true`
        : "";
    const meaning = explain?.(target, tryLine(target)) ?? `try it by hand: ${tryLine(target)}`;
    const words = said.split("\n").filter((line) => !/^[@\s]*$/.test(line) && !/^\*\*/.test(line));
    return `host ${name} (${tryLine(target)}) cannot be reached: ${meaning}${accept}\nssh said: ${words.join("; ") || "nothing"}`;
}
