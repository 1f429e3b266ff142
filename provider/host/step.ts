import { machinePlace, type Place } from "../../model/place";
import { type Command, describe, reachesFar } from "./command";
import { netnsPath, RUN } from "./place";
import { isNeeded } from "./quiet";
import { tidy } from "./tidy";

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
    /** Lines of the input that are settings, before those of `ip`. */
    readonly settings?: number;
    /** Another place than its own may be another one afterwards, or only files are. */
    readonly reach?: "far" | "files";
    /** The answer to a question in a place, which is printed at the end. */
    readonly shows?: { readonly place: Place; readonly ask: string };
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
const WRITE_SETTING =
    'n=$((n + 1)); case $path in -*) path=${path#-}; [ -e "/proc/sys/$path" ] || continue; esac; ' +
    'printf "%s\\n" "$value" > "/proc/sys/$path" || { echo "Setting failed -:$n" >&2; return 1; }';

export const WRITE_SETTINGS = tidy(`n=0; while read -r path value; do ${WRITE_SETTING}; done`);

/** As many lines as `count` says, by a function. */
export const WRITE_SETTINGS_FIRST = `write() { n=0; while [ "$n" -lt "$count" ] && read -r path value; do ${WRITE_SETTING}; done; }`;

/** The same, and then becomes the program of the other arguments, with the rest of the input. */
export const WRITE_SETTINGS_BEFORE = `count=$1; shift; ${WRITE_SETTINGS_FIRST}; write || exit; exec "$@"`;

/** Nothing is written or removed through a link: folders of ours are folders. */
export const REFUSE_LINKS =
    '{ links() { d=${1%/*}; while [ -n "${d%/*}" ]; do [ ! -L "$d" ] || { echo "found a symbolic link $d: linuxnet did not make it; remove it" >&2; return 1; }; d=${d%/*}; done; }; links "$1"; }';

/** A file of ours is a file; what else is in its place is somebody's. */
const REFUSE_OTHERS =
    '{ others() { if [ -L "$1" ] || { [ -e "$1" ] && [ ! -f "$1" ]; }; then echo "found a $(stat -c %F "$1") $1: linuxnet did not make it; remove it" >&2; return 1; fi; }; others "$1"; }';

/** A simulated host's folder is made with the host, and is not to be made by what is in it. */
const MAKE_FOLDER = `[ -d "\${1%/*}" ] || case $1 in ${RUN}/hosts/*) mkdir "\${1%/*}" 2>/dev/null || [ -d "\${1%/*}" ] ;; *) mkdir -p "\${1%/*}" ;; esac`;

/** Beside its place first: whole or not at all, also where it takes too long and is ended. By the shell itself: a process takes longer than what it would do. */
const WRITE_BESIDE =
    `${REFUSE_LINKS} && ${REFUSE_OTHERS} || exit; trap 'rm -f "$1.new$$"; exit 1' TERM; ${MAKE_FOLDER} && { { [ ! -e "$1.new$$" ] && [ ! -L "$1.new$$" ]; } || rm -f "$1.new$$"; } && ` +
    'set -C && while IFS= read -r line || [ -n "$line" ]; do printf "%s\\n" "$line" || exit 1; done > "$1.new$$"';

export const REPLACE_FILE = `${WRITE_BESIDE} && mv -f -T "$1.new$$" "$1" || { rm -f "$1.new$$"; exit 1; }`;

/**
 * The line of the second argument, where no such file is yet. Who reads meanwhile finds nothing, as does who comes after a writer that was killed between
 * making the file and writing it; what such a one has left is taken away.
 */
export const CREATE_LINE = tidy(
    `${REFUSE_LINKS} && ${REFUSE_OTHERS} || return; if [ -e "$1" ] && [ ! -s "$1" ]; then sleep 0.2; [ -s "$1" ] || rm -f "$1"; fi; ` +
        `${MAKE_FOLDER} && { set -C; printf "%s\\n" "$2" > "$1"; ended=$?; set +C; return "$ended"; }`,
);

/** What is written at once, whatever happens: less than a page. */
const LINE_BYTES = 4000;

/** The same, for any content. */
export const CREATE_FILE = `${WRITE_BESIDE} && ln -T "$1.new$$" "$1"; code=$?; rm -f "$1.new$$"; exit $code`;

/**
 * With what somebody who was killed has left beside it, and with the folder of the second argument, if there is one. The folders of the
 * records go with their last file.
 */
export const REMOVE_FILE = tidy(
    `${REFUSE_LINKS} || return; p=$1; b=$2; set --; [ -L "$p" ] || for f in "$p" "$p".new[0-9]*; do [ ! -f "$f" ] || [ -L "$f" ] || set -- "$@" "$f"; done; ` +
        '[ -L "$p" ] || [ ! -d "$p" ] || { rm -f "$p"; return; }; ' +
        '[ -z "$b" ] || { [ ! -e "$b" ] && [ ! -L "$b" ]; } || { links "$b" && set -- "$b" "$@"; } || return; ' +
        // The folder goes first. A record outlives one that cannot be removed: whoever comes next has to try again.
        'l=; [ ! -f "$p" ] || IFS= read -r l <"$p"; ' +
        `[ $# = 0 ] || rm -rf "$@" || { [ -e "$p" ] || [ -z "$l" ] || printf "%s\\n" "$l" >"$p"; return 1; }; case $p in ${RUN}/*) d=\${p%/*}; ` +
        `for f in "$d"/* "$d"/.[!.]*; do [ ! -e "$f" ] && [ ! -L "$f" ] || return 0; done; rmdir "$d" ${RUN}/hosts ${RUN} 2>/dev/null; esac; return 0`,
);

/** Runs a command inside a namespace. `ip -n` would mount /sys anew at every call. */
export function enter(place: Place, argv: readonly string[]): string[] {
    const path = netnsPath(place);
    return path === undefined ? [...argv] : ["nsenter", `--net=${path}`, ...argv];
}

function fileStep({
    path,
    content,
    exclusive,
    folder = "",
}: Extract<Command, { kind: "file" }>): Pick<Step, "argv" | "input"> {
    if (content === undefined) return { argv: ["sh", "-c", REMOVE_FILE, "sh", path, folder], input: [] };
    const isLine = Buffer.byteLength(content) < LINE_BYTES && !content.includes("\n");
    // A shell reads its input by single bytes.
    if (exclusive && isLine) return { argv: ["sh", "-c", CREATE_LINE, "sh", path, content], input: [] };
    return { argv: ["sh", "-c", exclusive ? CREATE_FILE : REPLACE_FILE, "sh", path], input: content.split("\n") };
}

const BATCH: readonly string[] = ["ip", "-batch", "-"];

function single(command: Command): Step {
    const { place, argv, input } =
        command.kind === "ip"
            ? {
                  place: command.place,
                  argv: command.program ? [command.program, "-batch", "-"] : BATCH,
                  input: [command.line],
              }
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
    const step = { place, argv, input, mode, mutating: true, describe: [describe(command)] } as const;
    if (command.kind === "file") return { ...step, reach: "files" };
    if (!reachesFar(command)) return step;
    return { ...step, reach: "far", ...(command.kind === "tool" && command.shows ? { shows: command.shows } : {}) };
}

const mergeable = (a: Step, b: Step): boolean =>
    a.mode === "chain" &&
    b.mode === "chain" &&
    a.place === b.place &&
    a.input.length > 0 &&
    (a.argv[1] === "-batch" || a.argv[2] === WRITE_SETTINGS) &&
    a.argv.join("\0") === b.argv.join("\0");

/** Whether it ends with a batch of `ip` that stops at what fails. */
export const isBatch = ({ mode, argv }: Step): boolean =>
    mode === "chain" && argv.slice(-BATCH.length).join(" ") === BATCH.join(" ");

/** Settings and then a batch, in a namespace: to enter it takes longer than what is done there. */
const joinable = (a: Step, b: Step): boolean =>
    a.place === b.place && a.place !== machinePlace(a.place) && a.argv[2] === WRITE_SETTINGS && isBatch(b);

/** Both in one process, by the argument vector of the second. */
function joined(a: Step, b: Step): Step {
    const reach = a.reach ?? b.reach;
    const lines = { input: [...a.input, ...b.input], describe: [...a.describe, ...b.describe] };
    return { ...b, ...lines, ...(reach ? { reach } : {}) };
}

function withSettings(a: Step, b: Step): Step {
    const settings = a.input.length;
    const argv = ["sh", "-c", WRITE_SETTINGS_BEFORE, "sh", String(settings), ...b.argv];
    return { ...joined(a, b), argv, settings };
}

/** Puts neighbours together, as far as they go together. */
function fold(steps: readonly Step[], together: (a: Step, b: Step) => Step | undefined): Step[] {
    const folded: Step[] = [];
    for (const step of steps) {
        const last = folded.at(-1);
        const both = last && together(last, step);
        if (both) folded.splice(-1, 1, both);
        else folded.push(step);
    }
    return folded;
}

/** A command as its neighbours' process can do it, if it can. */
function beside(command: Command, neighbours: readonly (Command | undefined)[]): Command {
    if (command.kind !== "ip") return command;
    const isNear = (place: Place) =>
        neighbours.some((one) => one?.kind === "ip" && one.program === undefined && one.place === place);
    return { ...command, ...command.otherwise?.find(({ place }) => isNear(place)) };
}

/**
 * The fewest steps for the commands, their order kept: neighbours of one place share a process. `isQuiet` says of a place whether each
 * new device of it is born with what is otherwise set of it.
 */
export function toSteps(commands: readonly Command[], isQuiet: (place: Place) => boolean = () => false): Step[] {
    const all = commands.filter((command) => isNeeded(command, isQuiet));
    const steps = all.map((command, at) => ({
        ...single(beside(command, [all[at - 1], all[at + 1]])),
        describe: [describe(command)],
    }));
    const merged = fold(steps, (a, b) => (mergeable(a, b) ? joined(a, b) : undefined));
    return fold(merged, (a, b) => (joinable(a, b) ? withSettings(a, b) : undefined));
}
