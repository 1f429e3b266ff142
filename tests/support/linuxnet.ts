import { spawn } from "node:child_process";
import { join } from "node:path";
import { type Outcome, type RunOptions, run } from "./kernel";
import type { Lab } from "./lab";

const main = join(__dirname, "..", "..", "dist", "cli", "main.js");

const limitSeconds = 120;

const environmentOf = (lab: Lab, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    ...process.env,
    PULUMI_BACKEND_URL: `file://${join(lab.folder, ".state")}`,
    PULUMI_STACK: lab.stack,
    ...more,
});

export type LinuxnetOptions = Pick<RunOptions, "input" | "environment"> & {
    /** A shell's words behind the command: `>FILE`, `| tcpdump -r -`. */
    readonly behind?: string;
};

/** A command of our own on a lab's stack, with its words as they are; however it ends. */
export function linuxnet(lab: Lab, words: readonly string[], options: LinuxnetOptions = {}): Promise<Outcome> {
    const own = [process.execPath, main, ...words];
    const { behind, input, environment } = options;
    const argv = behind === undefined ? own : ["bash", "-c", `set -o pipefail; "$@" ${behind}`, "bash", ...own];
    return run(argv, {
        folder: lab.folder,
        environment: environmentOf(lab, environment),
        timeoutSeconds: limitSeconds,
        ...(input === undefined ? {} : { input }),
    });
}

/** What was shown at a terminal, and how that ended. */
export interface Shown {
    readonly text: string;
    readonly code: number | null;
}

export interface Typing {
    readonly keys: string;
    /** They are typed as soon as this is shown. */
    readonly when: RegExp;
    readonly environment?: NodeJS.ProcessEnv;
}

/** The same in front of a terminal, at which something is typed: script(1). Words are to be without spaces. */
export function atTerminal(lab: Lab, words: readonly string[], { keys, when, environment }: Typing): Promise<Shown> {
    const line = ["stty rows 24 cols 120;", process.execPath, main, ...words].join(" ");
    const child = spawn("script", ["-qec", line, "/dev/null"], {
        cwd: lab.folder,
        env: { ...environmentOf(lab, environment), TERM: "xterm" },
    });
    let text = "";
    let isTyped = false;
    child.stdout.setEncoding("utf8").on("data", (more: string) => {
        text += more;
        if (isTyped || !when.test(text)) return;
        isTyped = true;
        child.stdin.write(keys);
    });
    return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
            child.kill("SIGKILL");
            reject(new Error(`${words.join(" ")}: not done after ${limitSeconds} s\n${text}`));
        }, limitSeconds * 1000);
        child.on("close", (code) => {
            clearTimeout(timer);
            resolve({ text: text.replaceAll("\r", ""), code });
        });
    });
}
