import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { constants } from "node:os";
import { machinePlace, type Place, placeParts } from "../../model/place";
import { Failure } from "../problem";
import type { Entrance } from "./machine";
import { machineAt } from "./machines";
import { netnsPath, simulatedFolder } from "./place";
import { BOOTSTRAP } from "./program";
import { shellWord } from "./shell-word";
import type { Reply } from "./step";

/** Where `ip` and tcpdump live, also for a user whose PATH lacks it. */
const SYSTEM_PATH = ":/usr/sbin:/usr/bin:/sbin:/bin";

/** Becomes the program of its arguments; what cannot be run ends with 126 or 127, as in a shell. */
const START = 'exec "$@"';

/** A /sys that shows the devices of the namespace, as `ip netns exec` mounts it. */
const OWN_SYS = "umount -l /sys 2>/dev/null; mount -t sysfs sysfs /sys 2>/dev/null";

/**
 * The argument vector that runs a program in a place of its machine, as ip-netns(8) exec does it: with a /sys of the namespace, and with
 * the files of /etc/netns/NAME. A namespace of a simulated host has no name for `ip`, nor such files.
 */
export function within(place: Place, argv: readonly string[]): string[] {
    const [path, { namespace }] = [netnsPath(place), placeParts(place)];
    if (path === undefined) return ["/bin/sh", "-c", START, "sh", ...argv];
    if (simulatedFolder(place) === undefined && namespace !== undefined)
        return ["ip", "netns", "exec", namespace, "/bin/sh", "-c", START, "sh", ...argv];
    const own = ["unshare", "--mount", "--propagation", "slave", "/bin/sh", "-c", `${OWN_SYS}; ${START}`, "sh"];
    return ["nsenter", `--net=${path}`, ...own, ...argv];
}

/** How a program is started for a person, on whatever machine. */
export interface Attachment {
    readonly argv: readonly string[];
    /** What its input begins with; sudo may allow nothing but a shell that reads there what to do (sudo.ts). */
    readonly opening: string;
}

/** One line for a shell that becomes the program: a word may hold a line break. */
function programLine(argv: readonly string[], isTerminal: boolean): string {
    const words = argv.map((word) => word.split("\n").map(shellWord).join('"$nl"')).join(" ");
    const newline = 'nl=$(printf "\\n."); nl="${nl%.}"';
    return `PATH="$PATH${SYSTEM_PATH}"; export PATH; ${newline}; exec ${words}${isTerminal ? " </dev/tty" : ""}`;
}

/** What a shell is given at a terminal, whose input has to stay the terminal. */
const SUDO_AT_TERMINAL = `printf "%s\\n" "$1" | sudo -n -- /bin/sh -c '${BOOTSTRAP}'`;

/** How to get from here to the program on a machine, over the connection that there is. */
export function attachmentTo({ ssh, isSudo }: Entrance, argv: readonly string[], isTerminal: boolean): Attachment {
    const line = programLine(argv, isTerminal && isSudo);
    const shell = isSudo
        ? isTerminal
            ? ["/bin/sh", "-c", SUDO_AT_TERMINAL, "sh", line]
            : ["sudo", "-n", "--", "/bin/sh", "-c", BOOTSTRAP]
        : ["/bin/sh", "-c", line];
    const opening = isSudo && !isTerminal ? `${line}\n` : "";
    if (ssh === undefined) return { argv: shell, opening };
    return { argv: ssh.command(["exec", ...shell.map(shellWord)].join(" "), isTerminal), opening };
}

/** By what the processes of one attachment are found again where no signal gets by itself: on another machine, or behind sudo. */
const MARK = "LINUXNET_ATTACHED";

const SIGNAL_MARKED =
    'for f in $(grep -lsF -e "$1" /proc/[0-9]*/environ); do p=${f#/proc/}; kill -"$2" "${p%/environ}" 2>/dev/null; done; exit 0';

const SIGNALS = ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR2"] as const;

/** What the keys of a terminal send to all processes in front of it by themselves. */
const KEYS: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT"];

/** Runs one program on the machine of a place, which changes nothing of its network. */
function runThere(place: Place, argv: readonly string[], describe: string): Promise<Reply[]> {
    const on = { place: machinePlace(place), argv, input: [], mode: "always", mutating: false } as const;
    return machineAt(place).session((session) => session.run([{ ...on, describe: [describe] }]));
}

/** Tells the processes over there. */
function tell(place: Place, mark: string, signal: string): Promise<unknown> {
    const argv = ["sh", "-c", SIGNAL_MARKED, "sh", `${MARK}=${mark}`, signal.replace(/^SIG/, "")];
    return runThere(place, argv, `kill -${signal}`);
}

/**
 * Runs a program in a place for the person who has called us: with our standard input and outputs, a terminal of its own on another
 * machine if we are at one, and every signal that we get. Returns what it ends with, 128 and the signal's number if by one.
 *
 * @param folder where it runs; on another machine it is the user's home
 */
export async function runAttached(
    place: Place,
    argv: readonly string[],
    { isTerminal, folder }: { readonly isTerminal: boolean; readonly folder: string },
): Promise<number> {
    const entrance = await machineAt(place).entrance();
    const mark = randomBytes(8).toString("hex");
    // Behind a terminal of its own it hears all that happens to that one. Somebody who is not root sends root's processes no signal.
    const isFar = (entrance.ssh !== undefined || entrance.isSudo) && !isTerminal;
    const marked = isFar ? ["env", `${MARK}=${mark}`, ...within(place, argv)] : within(place, argv);
    const attachment = attachmentTo(entrance, marked, isTerminal);
    const [program = "", ...words] = attachment.argv;
    const isTyped = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
    return new Promise((resolve, reject) => {
        const input = attachment.opening === "" ? "inherit" : "pipe";
        const child = spawn(program, words, { cwd: folder, stdio: [input, "inherit", "inherit"] });
        if (child.stdin) {
            child.stdin.on("error", () => undefined); // it may read nothing of it
            child.stdin.write(attachment.opening);
            process.stdin.pipe(child.stdin);
        }
        const passOn = (signal: NodeJS.Signals): void => {
            if (isTyped && KEYS.includes(signal)) return;
            if (!isFar) child.kill(signal);
            else tell(place, mark, signal).catch(() => child.kill(signal));
        };
        for (const signal of SIGNALS) process.on(signal, passOn);
        const leave = (): void => {
            for (const signal of SIGNALS) process.off(signal, passOn);
            if (child.stdin) process.stdin.unpipe(child.stdin);
        };
        child.on("error", (error) => {
            leave();
            reject(new Failure(`${program} cannot be run: ${error.message}`));
        });
        child.on("close", async (code, signal) => {
            // What a broken pipe has ended here may not have noticed it there.
            if (isFar && code !== 0) await tell(place, mark, "SIGTERM").catch(() => undefined);
            leave();
            resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
        });
    });
}

/** Whether a program is installed on the machine of a place. */
export async function isInstalled(place: Place, program: string): Promise<boolean> {
    const argv = ["sh", "-c", 'command -v "$1" >/dev/null', "sh", program];
    const [reply] = await runThere(place, argv, `find ${program}`);
    return reply?.code === 0;
}

/** For a person who is told where something is missing. */
export const machineTitle = (place: Place): string => machineAt(place).title;
