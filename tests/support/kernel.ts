import { spawn } from "node:child_process";

/** Where a command runs: a named network namespace, the path of one, or (undefined) the namespace that the tests run in. */
export type Where = string | undefined;

export interface Outcome {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
}

export interface RunOptions {
    readonly input?: string;
    readonly where?: Where;
    readonly timeoutSeconds?: number;
    readonly environment?: NodeJS.ProcessEnv;
    readonly folder?: string;
}

/** Runs a program and says how it ended; only a program that cannot be run, or does not end, is an error. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const [program = "", ...args] = commandAt(options.where, argv);
    const seconds = options.timeoutSeconds ?? 60;
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, { cwd: options.folder, env: options.environment ?? process.env });
        let stdout = "";
        let stderr = "";
        let isLate = false;
        const timer = setTimeout(() => {
            isLate = true;
            child.kill("SIGKILL");
        }, seconds * 1000);
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
            stdout += text;
        });
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
            stderr += text;
        });
        child.on("error", (error) => {
            clearTimeout(timer);
            reject(new Error(`${argv.join(" ")}: ${error.message}`));
        });
        child.on("close", (code, signal) => {
            clearTimeout(timer);
            if (isLate) reject(new Error(`${argv.join(" ")}: not done after ${seconds} s\n${stdout}${stderr}`));
            else resolve({ code: code ?? -1, stdout, stderr: signal === null ? stderr : `${stderr}(${signal})` });
        });
        child.stdin.on("error", () => undefined).end(options.input ?? "");
    });
}

/** Runs a program that has to succeed, and returns what it printed. */
export async function command(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await run(argv, options);
    if (code === 0) return stdout;
    throw new Error(`${commandAt(options.where, argv).join(" ")}\nfailed (${code}): ${stderr.trim() || stdout.trim()}`);
}

/** `ip("link", "del", "dev", "br0")`. */
export function ip(...args: readonly string[]): Promise<string> {
    return command(["ip", ...args]);
}

/** What `ip -j` answers: one object for each thing found. */
export async function ipJson(...args: readonly string[]): Promise<readonly Json[]> {
    return parseList(await ip("-j", ...args));
}

/** A command inside a namespace, by `ip netns exec`. */
export function inNamespace(namespace: string, ...argv: readonly string[]): Promise<string> {
    return command(argv, { where: namespace });
}

/** `readSetting("net.ipv4.ip_forward", "router")`. */
export async function readSetting(key: string, where?: Where): Promise<string> {
    return (await command(["sysctl", "-n", key], { where })).trim();
}

export async function writeSetting(key: string, value: string, where?: Where): Promise<void> {
    await command(["sysctl", "-q", "-w", `${key}=${value}`], { where });
}

export type Json = Readonly<Record<string, unknown>>;

/** Nothing found is an empty answer for some of ip's commands, and an empty object in the list for others. */
export function parseList(text: string): readonly Json[] {
    const list: unknown = text.trim() === "" ? [] : JSON.parse(text);
    if (!Array.isArray(list)) throw new Error(`A list was expected, and not: ${text}`);
    return list.filter(
        (item): item is Json => typeof item === "object" && item !== null && Object.keys(item).length > 0,
    );
}

export function commandAt(where: Where, argv: readonly string[]): readonly string[] {
    if (where === undefined) return argv;
    if (where.startsWith("/")) return ["nsenter", `--net=${where}`, "--", ...argv];
    return ["ip", "netns", "exec", where, ...argv];
}
