import { OWN_NAMESPACE } from "./place";
import { DEFINITIONS } from "./routines";
import { TIDY } from "./tidy";

/** Seconds after which a lock is given up by a machine that hears nothing more of us: the line may be dead unnoticed. */
export const LOCK_SECONDS = 300;

/** Seconds that a predecessor may take to end what it has begun before it is taken for dead. */
const PREDECESSOR_SECONDS = 10;

/** A lock over a line is held by a process that outlives it no longer than its time. */
const LOCK =
    'exec 9<"$1" && { flock -n 9 || timeout "$3" flock 9; }; code=$?; [ "$code" != 0 ] || locked=yes; ' +
    'if [ "$code" = 0 ] && [ -n "$2" ]; then sleep "$2" </dev/null >/dev/null 2>&1 8<&- & holder=$!; exec 9>&-; fi';
/** The holder may still be the shell that it was forked of, in which any other signal would be lost. */
const UNLOCK =
    'exec 9>&-; [ -z "$holder" ] || { kill -KILL "$holder" 2>/dev/null; wait "$holder" 2>/dev/null; }; holder=; locked=; code=0';

/**
 * Whoever works for a stack has written his word into its file. A successor writes his own: from then on nothing is begun any more in the
 * name of the one before. Then he waits until what was begun is done.
 */
const OWN =
    'code=1; if [ -L "$1" ] || { [ -e "$1" ] && [ ! -f "$1" ]; }; then echo "it is no file of ours; remove it" >&2; else ' +
    `held=; { : >>"$1"; } 2>/dev/null && command exec 8<"$1" && { printf "%s\\n" "$2" >"$1" && ` +
    // Who has ended meanwhile has taken the file along, if he saw his own word in it.
    `{ timeout ${PREDECESSOR_SECONDS} flock 8; printf "%s\\n" "$2" >"$1"; } && { owned=$1; token=$2; code=0; }; exec 8<&-; }; fi`;
/** The lock may be held since the exchange before; what only looks needs none. */
const BEGIN =
    'failed=0; code=0; if [ -n "$1" ]; then who=; if [ "$held" != "$1" ]; then held=; [ -r "$1" ] && command exec 8<"$1" && flock -s 8 && held=$1; fi; ' +
    '[ -z "$held" ] || ! [ -r "$1" ] || IFS= read -r who <"$1"; [ "$who" = "$2" ] || { failed=1; code=1; }; else exec 8<&-; held=; fi';
const REST = "exec 8<&-; held=; code=0";
const DISOWN =
    'if [ -n "$owned" ] && command exec 8<"$owned"; then timeout 1 flock 8; IFS= read -r who <"$owned"; [ "$who" != "$token" ] || rm -f "$owned"; fi';

/**
 * The one program that touches a machine, the same for every command and every machine: it reads argument vectors as
 * data and answers with what each one said, framed by a mark. It ends when its input does, that is, with us.
 *
 * A request is a line of its mode, the number of a routine (routines.ts) or `-`, the numbers of its words, of the arguments behind the
 * routine, and of the lines of its input, then these, a line each. Without a word before it, a routine is run by this shell. An answer
 * ends with the mark, the code, and who is at work: this shell's process, and the lock's if there is one.
 * `begin [FILE WORD]` begins an exchange, in the name of whom the file's word stands for; `end [hold]` ends it, and with `hold` keeps
 * the file's lock for the next one, until `rest`. `own FILE WORD` puts our word there. `lock FILE TTL SECONDS` waits so long for a
 * lock, with a TTL held by a process that outlives a dead line no longer than that; `held` begins an exchange too, and fails all of it if the lock is not held. `chain` runs a command unless one
 * before it has failed, and `optional` too, but its failure stops nothing; `always` runs it.
 *
 * It is one line, without a shell variable of the environment but PATH, so that it can be sent as data itself.
 */
export const PROGRAM = [
    'umask 022; LC_ALL=C; export LC_ALL; PATH="$PATH:/usr/sbin:/usr/bin:/sbin:/bin"; nl=$(printf "\\n."); nl="${nl%.}"; export nl; holder=; locked=; owned=; token=; held=',
    DEFINITIONS,
    `[ ! -e /proc/self/ns/net ] || exec ${OWN_NAMESPACE.split("/").at(-1)}</proc/self/ns/net`,
    // How an input is given, without a process that writes it.
    'run="\\"\\$@\\" <<.$nl\\$input$nl.$nl"; call="inside \\"\\$@\\" <<.$nl\\$input$nl.$nl"',
    // A script that is a function leaves this shell as it was (tidy.ts); any other has a process of its own.
    `inside() { case $script in "${TIDY}"*) eval "$script" ;; *) ( eval "$script" ) ;; esac; }`,
    `leave() { [ -z "$holder" ] || kill -KILL "$holder" 2>/dev/null; ${DISOWN}; }`,
    'trap leave EXIT; trap "exit 1" HUP TERM PIPE; trap : USR1',
    "IFS= read -r mark || exit 0",
    "failed=0",
    "while read -r mode routine words more lines; do set --",
    'work=$run; [ "$words" != 0 ] || work=$call; [ "$lines" != 0 ] || work="${work%%<<*}</dev/null"',
    'while [ "$words" -gt 0 ]; do IFS= read -r word; set -- "$@" "$word"; words=$((words - 1)); done',
    'if [ "$routine" != - ]; then eval "script=\\$r$routine"; [ $# = 0 ] || set -- "$@" sh -c "$script" sh; fi',
    'while [ "$more" -gt 0 ]; do IFS= read -r word; set -- "$@" "$word"; more=$((more - 1)); done',
    "input=; end=",
    'while [ "$lines" -gt 0 ]; do IFS= read -r line; input="$input$end$line"; end=$nl; lines=$((lines - 1)); done',
    "code=skipped",
    "case $mode in " +
        `begin) ${BEGIN} ;; ` +
        `held) ${BEGIN}; [ -n "$locked" ] && { [ -z "$holder" ] || kill -0 "$holder" 2>/dev/null; } || { failed=1; code=2; } ;; ` +
        `end) if [ "$1" = hold ] && [ "$failed" = 0 ]; then code=0; else ${REST}; fi ;; ` +
        `rest) ${REST} ;; ` +
        `own) ${OWN} ;; ` +
        `lock) ${LOCK} ;; ` +
        `unlock) ${UNLOCK} ;; ` +
        '*) if [ "$failed" = 0 ] || [ "$mode" = always ]; then ' +
        // To find that a namespace is not there takes no process.
        'gone=; case "$1 $2" in "nsenter --net="*) [ -e "${2#--net=}" ] || gone=${2#--net=} ;; esac; ' +
        'if [ -n "$gone" ]; then echo "nsenter: cannot open $gone: No such file or directory" >&2; code=1; ' +
        'else eval "$work"; code=$?; fi; ' +
        '[ "$code" = 0 ] || [ "$mode" != chain ] || failed=1; fi ;; ' +
        "esac",
    'printf "\\n%s %s %s %s\\n" "$mark" "$code" $$ "$holder"',
    'printf "\\n%s\\n" "$mark" >&2; done',
].join("; ");

/** Reads the program from its input and becomes it: the words that a shell or sudoers on the way has to pass on. */
export const BOOTSTRAP = 'read -r program && eval "$program"';
