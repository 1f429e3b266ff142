import { getDotPath, ValiError } from "valibot";
import type { Place } from "../../model/place";
import { Silence } from "../problem";
import { isBatch, type Reply, type Step, WRITE_SETTINGS, WRITE_SETTINGS_FIRST } from "./step";
import { tidy } from "./tidy";

/**
 * A question to a machine, as data, with how its answer is read. The answer is undefined where there is nothing to
 * answer: no such device, no such namespace.
 */
export interface Query<T> {
    readonly source: "ip" | "bridge" | "settings" | "files" | "times" | "namespace" | "inside";
    readonly place: Place;
    /**
     * A line for `ip -batch -` or `bridge -batch -`; a pattern below /proc/sys; a pattern of files, with what is in them or when
     * they were written; the file that holds a
     * namespace, and `host` if it is a simulated one's own; the folder of a simulated host.
     */
    readonly ask: string;
    /** What a survey of the whole namespace asks instead, to be shared by many. */
    readonly survey?: string;
    /** The place that it tells of, where that is another one than the place that is asked. */
    readonly about?: Place;
    /** The answer never changes as long as the machine runs: it is asked for once. */
    readonly constant?: boolean;
    readonly read: (answer: string | undefined) => T;
}

export type Queries = Record<string, Query<unknown>>;
export type Answers<Q extends Queries> = { [K in keyof Q]: Q[K] extends Query<infer T> | undefined ? T : never };

/** Prints `index path value` for each file that a pattern on the input finds. */
const READ_SETTING =
    'n=0; while read -r pattern; do for f in /proc/sys/$pattern; do [ -e "$f" ] || continue; v=; read -r v < "$f" 2>/dev/null; printf "%s %s %s\\n" $n "${f#/proc/sys/}" "$v"; done; n=$((n+1)); done';

export const READ_SETTINGS = tidy(READ_SETTING);

/** The same behind so many lines of settings that are written. */
export const WRITE_AND_READ_SETTINGS = tidy(`count=$1; ${WRITE_SETTINGS_FIRST}; write || return; ${READ_SETTING}`);

/**
 * The same for each line of files of ours; of what is there and no such file, nor followed where it leads,
 * `index path: what it is` (stat(1), %F).
 */
export const READ_FILES = tidy(
    'n=0; while read -r pattern; do for f in $pattern; do if [ -s "$f" ] && [ -f "$f" ] && [ ! -L "$f" ]; then while IFS= read -r v || [ -n "$v" ]; do printf "%s %s %s\\n" $n "$f" "$v"; done < "$f"; elif [ -e "$f" ] || [ -L "$f" ]; then printf "%s %s: %s\\n" $n "$f" "$(stat -c %F "$f" 2>/dev/null)"; fi; done; n=$((n+1)); done',
);

/** When each file of ours that a pattern on the input finds was written: `index path seconds`, since 1970. */
const READ_TIMES = 'n=0; while read -r pattern; do stat -c "$n %n %Y" $pattern 2>/dev/null; n=$((n+1)); done; exit 0';

/**
 * `index path state` for each file of a pattern that should hold a namespace: it may be one whose mount is gone, or no file. With `host` behind it, it is that of a simulated
 * host, which may be a folder without one, or something else may be in its place. With `entered`, whoever asks finds out by himself
 * whether there is a namespace behind it.
 */
export const READ_NAMESPACES = tidy(
    'n=0; while read -r p of; do for f in $p; do s=absent; d=${f%/net}; if [ -e "$f" ]; then s=stale; [ "$of" = entered ] || [ "$(stat -f -c %T "$f")" = nsfs ] && s=present; [ -d "$f" ] && s=other; elif [ "$of" != host ]; then [ ! -L "$f" ] || s=other; elif [ -d "$d/netns" ] && [ ! -L "$d" ]; then s=stale; elif [ -L "$d" ] || [ -n "$(ls -A "$d" 2>/dev/null)" ]; then s=other; fi; printf "%s %s %s\\n" $n "$f" $s; done; n=$((n+1)); done',
);

/** What is in each namespace of a simulated host: `path links`; or `path ?` where there is no namespace behind the file. */
export const READ_INSIDE =
    'n=0; while read -r d; do find "$d" ! -type d -name net -o ! -type d -path "*/netns/*" 2>/dev/null | sort | while read -r f; do j=$(nsenter --net="$f" ip -N -j -d addr show 2>/dev/null) || j="?"; printf "%s %s %s\\n" $n "$f" "$j"; done; n=$((n+1)); done';

/**
 * The counters of all devices in the namespaces that the files on the input hold, and in the machine's own for an empty line:
 * `@ index`, and then what proc_net(5) says of /proc/net/dev.
 */
export const READ_COUNTERS =
    'n=0; while IFS= read -r f; do echo "@ $n"; if [ -z "$f" ]; then cat /proc/self/net/dev; else nsenter --net="$f" cat /proc/self/net/dev 2>/dev/null; fi; n=$((n+1)); done; exit 0';

const argv = {
    ip: ["ip", "-N", "-j", "-d", "-force", "-batch", "-"],
    bridge: ["bridge", "-j", "-force", "-batch", "-"],
    settings: ["sh", "-c", READ_SETTINGS],
    files: ["sh", "-c", READ_FILES],
    times: ["sh", "-c", READ_TIMES],
    namespace: ["sh", "-c", READ_NAMESPACES],
    inside: ["sh", "-c", READ_INSIDE],
} as const;

/** One step for all questions of the same kind and place. */
export function queryStep(source: Query<unknown>["source"], place: Place, asks: readonly string[]): Step {
    return { place, argv: argv[source], input: asks, mode: "always", mutating: false, describe: asks };
}

/**
 * A change that answers the questions of a step as well: a batch in their place, whose process goes on with them, and stops at the
 * first line that fails; or one that shows just that. Undefined where it is none.
 */
export function withQuestions(change: Step, questions: Step): Step | undefined {
    const { shows } = change;
    if (questions.argv === argv.settings && change.argv[2] === WRITE_SETTINGS && change.place === questions.place)
        return {
            ...change,
            argv: ["sh", "-c", WRITE_AND_READ_SETTINGS, "sh", String(change.input.length)],
            input: [...change.input, ...questions.input],
        };
    if (questions.argv !== argv.ip) return undefined;
    if (shows) return shows.place === questions.place && questions.input.join("\n") === shows.ask ? change : undefined;
    if (!isBatch(change) || change.place !== questions.place) return undefined;
    const words = argv.ip.filter((word) => word !== "-force");
    return { ...change, argv: [...change.argv.slice(0, -3), ...words], input: [...change.input, ...questions.input] };
}

/** What is seen of a place behind this step stays as it is. */
const leaves = ({ place, reach }: Step, other: Place): boolean =>
    reach === "files" || (reach !== "far" && place !== other);

/** The change that answers the questions of a step as well, and is the last to concern them. */
export const answering = (changes: readonly Step[], questions: Step): number =>
    changes.findLastIndex(
        (change, at) =>
            withQuestions(change, questions) !== undefined &&
            changes.slice(at + 1).every((later) => leaves(later, questions.place)),
    );

/** What such a step says to its changes, and to its questions if it has come to their end. */
export function told({ step, ...reply }: Reply, change: Step, questions: Step): { changed: Reply; answered?: Reply } {
    const lines = change.input.length - (change.settings ?? 0);
    const failed = [...failedLines(reply.stderr)][0] ?? 0;
    const isChanged = change.shows === undefined && failed > lines;
    const changed = { ...reply, step: change, ...(isChanged ? { code: 0 } : {}) };
    const answered = { ...reply, step: questions };
    const isWhole = reply.code === 0 && !isTorn(answered) && isAnswered(answered);
    return isWhole ? { changed, answered } : { changed };
}

/** Whether the kernel says that the answer is torn by a change at the same time (ip-route(8), "Dump was interrupted"). */
export const isTorn = (reply: Reply): boolean => reply.stderr.includes("Dump was interrupted");

/** Lists stand one a line; a failed question may have left the beginning of one. */
const listsIn = (stdout: string): string[] => stdout.split("\n").filter((line) => line !== "[" && line.startsWith("["));

const failedLines = (stderr: string): Set<number> =>
    new Set(Array.from(stderr.matchAll(/^Command failed -:(\d+)$/gm), (match) => Number(match[1])));

/** Whether each question of a step has an answer, be it that there is no such thing. */
export function isAnswered({ step, code, stdout, stderr }: Reply): boolean {
    if (step.argv !== argv.ip && step.argv !== argv.bridge) return code === 0;
    // A bridge that is not there ends `ip` at once: its ports are asked for last.
    if (code === 255 && stderr.includes("Device does not exist")) return true;
    return listsIn(stdout).length + failedLines(stderr).size === step.input.length;
}

/** Reads an answer; one that breaks off is none. */
export function readAnswer<T>({ source, ask, read }: Query<T>, answer: string | undefined): T {
    try {
        return read(answer);
    } catch (error) {
        if (error instanceof SyntaxError) throw new Silence(`no whole answer to: ${source} ${ask}\n${error.message}`);
        if (!(error instanceof ValiError)) throw error;
        const at = getDotPath(error.issues[0]);
        throw new Silence(`an answer that linuxnet does not understand to: ${source} ${ask}\n${at}: ${error.message}`);
    }
}

/** The answer to each question of a step, in order. */
export function answersOf(reply: Reply): (string | undefined)[] {
    const { step, stdout, stderr } = reply;
    if (step.argv === argv.ip || step.argv === argv.bridge) {
        const [failed, lists] = [failedLines(stderr), listsIn(stdout)];
        return step.input.map((_, index) => (failed.has(index + 1) ? undefined : lists.shift()));
    }
    const answers: (string | undefined)[] = step.input.map(() => undefined);
    for (const line of stdout.split("\n").filter((one) => one !== "")) {
        const [index = "", ...rest] = line.split(" ");
        const at = Number(index);
        answers[at] = [answers[at], rest.join(" ")].filter((part) => part !== undefined).join("\n");
    }
    return answers;
}

/** Answers that do not change, by their questions. */
export type Constants = Map<string, string>;

const questionKey = ({ source, place, ask }: Query<unknown>): string => `${source} ${place} ${ask}`;

/** Gathers questions into one step for each kind and place. */
export class Questions<Q extends Queries> {
    readonly #groups = new Map<string, { source: Query<unknown>["source"]; place: Place; asks: string[] }>();

    constructor(
        private readonly queries: Q,
        private readonly constants: Constants,
    ) {
        for (const query of Object.values(queries)) {
            if (query.constant && constants.has(questionKey(query))) continue;
            const { source, place, ask } = query;
            const key = `${source} ${place}`;
            const group = this.#groups.get(key) ?? { source, place, asks: [] };
            if (!group.asks.includes(ask)) group.asks.push(ask);
            this.#groups.set(key, group);
        }
    }

    get steps(): Step[] {
        return Array.from(this.#groups.values(), ({ source, place, asks }) => queryStep(source, place, asks));
    }

    answers(replies: readonly Reply[]): Answers<Q> {
        const told = new Map(
            Array.from(this.#groups.keys(), (key, index) => [key, answersOf(replies[index] as Reply)]),
        );
        const entries = Object.entries(this.queries).map(([name, query]) => {
            const { source, place, ask } = query;
            const key = `${source} ${place}`;
            const at = this.#groups.get(key)?.asks.indexOf(ask) ?? -1;
            const answer = told.get(key)?.[at] ?? this.constants.get(questionKey(query));
            if (query.constant && answer !== undefined) this.constants.set(questionKey(query), answer);
            return [name, readAnswer(query, answer)];
        });
        return Object.fromEntries(entries) as Answers<Q>;
    }
}

/** How much of answers is kept parsed, in characters of their texts: those of all places of a refresh of a thousand. */
const REMEMBERED = 8_000_000;

/** Parses an answer that many share only once. */
export function remember<T>(parse: (answer: string | undefined) => T): (answer: string | undefined) => T {
    const known = new Map<string | undefined, T>();
    let size = 0;
    return (answer) => {
        const parsed = known.get(answer) ?? parse(answer);
        if (!known.delete(answer)) size += answer?.length ?? 0;
        // What is asked for again and again, as a hub is, stays the longest.
        known.set(answer, parsed);
        for (const oldest of known.keys()) {
            if (size <= REMEMBERED || oldest === answer) break;
            known.delete(oldest);
            size -= oldest?.length ?? 0;
        }
        return parsed;
    };
}

/** `path value` lines as a map. */
export function pairs(answer: string | undefined): Map<string, string> {
    const entries = (answer ?? "").split("\n").filter((line) => line !== "");
    return new Map(
        entries.map((line) => {
            const space = line.indexOf(" ");
            return [line.slice(0, space), line.slice(space + 1)];
        }),
    );
}
