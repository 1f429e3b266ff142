import { ATTACH, LOOK_INTO } from "./netns";
import { READ_FILES, READ_INSIDE, READ_NAMESPACES, READ_SETTINGS, WRITE_AND_READ_SETTINGS } from "./query";
import { CREATE_FILE, CREATE_LINE, REMOVE_FILE, REPLACE_FILE, WRITE_SETTINGS, WRITE_SETTINGS_BEFORE } from "./step";

/**
 * Ends with a signal, the third argument, what a shell, the first, has started: all but the process of the second, if there is
 * one. The shell itself goes on; what it does without a process (tidy.ts) is interrupted, and if it cannot be, the shell goes.
 */
export const INTERRUPT =
    'all=" $1 "; more=yes; while [ -n "$more" ]; do more=; for f in /proc/[0-9]*/stat; do p=${f#/proc/}; p=${p%/stat}; ' +
    'case "$all$2 " in *" $p "*) continue ;; esac; s=; { IFS= read -r s <"$f"; } 2>/dev/null; s=${s##*) }; s=${s#* }; s=${s%% *}; ' +
    '[ -n "$s" ] || continue; case $all in *" $s "*) all="$all$p "; more=yes ;; esac; done; done; ' +
    'all=${all#" $1 "}; if [ -n "$all" ]; then kill -"$3" $all; elif [ "$3" = TERM ]; then kill -USR1 "$1"; else kill -KILL "$1"; fi 2>/dev/null; exit 0';

/**
 * The scripts that are run most. The program on the machine has them from its start, and a shell of its own for what is to be
 * done by them there: neither their text nor a process is needed each time.
 */
const ROUTINES: readonly string[] = [
    READ_SETTINGS,
    READ_FILES,
    READ_NAMESPACES,
    READ_INSIDE,
    WRITE_AND_READ_SETTINGS,
    WRITE_SETTINGS,
    WRITE_SETTINGS_BEFORE,
    CREATE_LINE,
    CREATE_FILE,
    REPLACE_FILE,
    REMOVE_FILE,
    ATTACH,
    LOOK_INTO,
    INTERRUPT,
];

const numbers = new Map(ROUTINES.map((script, at) => [script, at]));

/** An argument vector in which a routine is called: what stands before the shell, the routine's number, and its arguments. */
export interface Call {
    readonly before: readonly string[];
    readonly routine: number | undefined;
    readonly args: readonly string[];
}

/** Recognises `… sh -c SCRIPT sh ARG …`. */
export function toCall(argv: readonly string[]): Call {
    const at = argv.findIndex((word, index) => word === "-c" && argv[index - 1] === "sh");
    const routine = at < 0 ? undefined : numbers.get(argv[at + 1] ?? "");
    if (routine === undefined) return { before: argv, routine, args: [] };
    return { before: argv.slice(0, at - 1), routine, args: argv.slice(at + 3) };
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Variables of a shell, one for each: `r0`, `r1` … */
export const DEFINITIONS = ROUTINES.map((script, at) => `r${at}=${quoted(script)}`).join("; ");
