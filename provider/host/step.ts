import { machinePlace, type Place } from "../../model/place";
import { type Command, describe } from "./command";
import { netnsPath, RUN } from "./place";

/** What the runner is asked to do: an argument vector, its standard input, and what a failure means. */
export interface Step {
    readonly place: Place;
    readonly argv: readonly string[];
    readonly input: readonly string[];
    /** "chain": only if nothing before it failed; "optional": the same, but its failure stops nothing; "always". */
    readonly mode: "chain" | "optional" | "always";
    readonly mutating: boolean;
    /** How a person would type each line of the input (or the whole); not the questions that come behind them. */
    readonly describe: readonly string[];
}

/** What a step said. */
export interface Reply {
    readonly step: Step;
    readonly code: number;
    readonly skipped: boolean;
    readonly stdout: string;
    readonly stderr: string;
}

/** What `timeout` would end with: timeout(1). */
export const TIMED_OUT = 124;

/** How a step has ended, where nothing else is said. */
export function ending({ code, stderr }: Reply): string {
    const words = code === TIMED_OUT ? "no answer in time (LINUXNET_TIMEOUT_SECONDS)" : `it ended with code ${code}`;
    return stderr.trim() || words;
}

// Constant scripts, one line each: what varies is an argument or comes on the input.

/** Writes one setting a line: `path value`. A path begun with `-` may be absent, as in sysctl.d(5). */
export const WRITE_SETTINGS =
    'while read -r path value; do case $path in -*) path=${path#-}; [ -e "/proc/sys/$path" ] || continue; esac; printf "%s\\n" "$value" > "/proc/sys/$path" || exit 1; done';

/** Nothing is written or removed through a link: folders of ours are folders. */
export const REFUSE_LINKS =
    'd=${1%/*}; while [ -n "${d%/*}" ]; do [ ! -L "$d" ] || { echo "found a symbolic link $d: linuxnet did not make it; remove it" >&2; exit 1; }; d=${d%/*}; done';

/** A file of ours is a file; what else is in its place is somebody's. */
const REFUSE_OTHERS =
    'if [ -L "$1" ] || { [ -e "$1" ] && [ ! -f "$1" ]; }; then echo "found a $(stat -c %F "$1") $1: linuxnet did not make it; remove it" >&2; exit 1; fi';

/** A simulated host's folder is made with the host, and is not to be made by what is in it. */
const MAKE_FOLDER = `umask 022; [ -d "\${1%/*}" ] || case $1 in ${RUN}/hosts/*) mkdir "\${1%/*}" 2>/dev/null || [ -d "\${1%/*}" ] ;; *) mkdir -p "\${1%/*}" ;; esac`;

/** Beside its place first: whole or not at all. By the shell itself: a process takes longer than what it would do. */
const WRITE_BESIDE =
    `${REFUSE_LINKS}; ${REFUSE_OTHERS}; ${MAKE_FOLDER} && { { [ ! -e "$1.$$" ] && [ ! -L "$1.$$" ]; } || rm -f "$1.$$"; } && ` +
    'set -C && while IFS= read -r line || [ -n "$line" ]; do printf "%s\\n" "$line" || exit 1; done > "$1.$$"';

export const REPLACE_FILE = `${WRITE_BESIDE} && mv -f -T "$1.$$" "$1"`;

/** The same, failing when it is there already. */
export const CREATE_FILE = `${WRITE_BESIDE} && ln -T "$1.$$" "$1"; code=$?; rm -f "$1.$$"; exit $code`;

/** The folders of the records go with their last file. */
export const REMOVE_FILE =
    `${REFUSE_LINKS}; [ ! -e "$1" ] || [ -L "$1" ] || rm -f "$1" || exit; case $1 in ${RUN}/*) d=\${1%/*}; ` +
    `for f in "$d"/* "$d"/.[!.]*; do [ ! -e "$f" ] && [ ! -L "$f" ] || exit 0; done; rmdir "$d" ${RUN}/hosts ${RUN} 2>/dev/null; esac; exit 0`;

/** Runs a command inside a namespace. `ip -n` would mount /sys anew at every call. */
export function enter(place: Place, argv: readonly string[]): string[] {
    const path = netnsPath(place);
    return path === undefined ? [...argv] : ["nsenter", `--net=${path}`, ...argv];
}

function fileStep({ path, content, exclusive }: Extract<Command, { kind: "file" }>): Pick<Step, "argv" | "input"> {
    if (content === undefined) return { argv: ["sh", "-c", REMOVE_FILE, "sh", path], input: [] };
    return { argv: ["sh", "-c", exclusive ? CREATE_FILE : REPLACE_FILE, "sh", path], input: content.split("\n") };
}

function single(command: Command): Step {
    const { place, argv, input } =
        command.kind === "ip"
            ? { place: command.place, argv: [command.program ?? "ip", "-batch", "-"], input: [command.line] }
            : command.kind === "setting"
              ? {
                    place: command.place,
                    argv: ["sh", "-c", WRITE_SETTINGS],
                    input: [`${command.path} ${command.value}`],
                }
              : command.kind === "file"
                ? { place: machinePlace(command.place), ...fileStep(command) }
                : { place: command.place, argv: command.argv, input: [] };
    const optional = command.kind === "ip" && command.optional === true;
    const mode = optional ? "optional" : "chain";
    return { place, argv, input, mode, mutating: true, describe: [describe(command)] };
}

const mergeable = (a: Step, b: Step): boolean =>
    a.mode === "chain" &&
    b.mode === "chain" &&
    a.place === b.place &&
    a.input.length > 0 &&
    (a.argv[1] === "-batch" || a.argv[2] === WRITE_SETTINGS) &&
    a.argv.join("\0") === b.argv.join("\0");

/** The fewest steps for the commands, their order kept: neighbours of one place share a process. */
export function toSteps(commands: readonly Command[]): Step[] {
    const steps: Step[] = [];
    for (const step of commands.map(single)) {
        const last = steps.at(-1);
        if (last && mergeable(last, step)) {
            steps[steps.length - 1] = {
                ...last,
                input: [...last.input, ...step.input],
                describe: [...last.describe, ...step.describe],
            };
        } else steps.push(step);
    }
    return steps;
}
