import { setTimeout as sleep } from "node:timers/promises";
import type { Rollback } from "../../model/connection";
import type { Place } from "../../model/place";
import { HostProblem } from "../problem";
import { type Claim, Ended } from "./runner";
import type { Reply, Step } from "./step";

/** How long a machine that has had its time is asked what has become of it. */
const AFTERWARDS_SECONDS = 20;

/** What a confirmation says that has come too late. */
const TOO_LATE = 3;

/** More than any number of a change. */
const WHATEVER_WAS_BEGUN = 2 ** 31 - 1;

/*
 * On the machine, in a folder of the stack: `restore`, a script that puts the machine's own network back as it was before the
 * operation; `changes`, our word and how often a change has begun or ended; `deadline`, while a change waits to be confirmed:
 * when the time is over, in seconds since the boot. Whoever looks or writes holds a lock on the folder. A process of its own watches, and outlives
 * connections and callers.
 */

/** Refuses what is begun in our name from now on, and puts everything back. */
const ROLL_BACK =
    'if command exec 8<"$2"; then echo "rolled back" >"$2"; timeout 10 flock 8; exec 8<&-; fi; ' +
    'sh "$1/restore"; rm -rf "$1"; rm -f "$2"; exit';

const WATCH =
    'cd /; while sleep 0.5; do command exec 7<"$1" || exit; flock 7; [ -d "$1" ] || exit; ' +
    'if read -r deadline <"$1/deadline"; then IFS=. read -r now rest </proc/uptime; ' +
    `if [ "$now" -ge "$deadline" ]; then ${ROLL_BACK}; fi; ` +
    'elif [ ! -e "$2" ]; then rm -rf "$1"; exit; fi; exec 7<&-; done';

/** Each beginning and each end of a change is counted where it happens, and prints its number. */
const ARM =
    'command exec 7<"$1" || exit 1; flock 7; number=0; pid=; read -r word number <"$1/changes" 2>/dev/null; number=$((number + 1)); ' +
    'IFS=. read -r now rest </proc/uptime; echo "$2 $number" >"$1/changes" && echo "$((now + $3))" >"$1/deadline" || exit 1; ' +
    'read -r pid <"$1/watcher" 2>/dev/null; if [ -z "$pid" ] || ! kill -0 "$pid" 2>/dev/null; then ' +
    'setsid sh -c "$5" sh "$1" "$4" 7<&- 8<&- 9<&- </dev/null >/dev/null 2>&1 & echo $! >"$1/watcher"; fi; echo "$number"';

/** A deadline that is gone was confirmed together with what came behind it. */
const CONFIRM =
    'if [ -n "$4" ]; then until ping -n -q -c 1 -W 1 "$4"; do [ -e "$1/deadline" ] || break; sleep 0.2; done >/dev/null 2>&1; fi; ' +
    `command exec 7<"$1" 2>/dev/null || exit ${TOO_LATE}; flock 7; word=; read -r word number <"$1/changes" 2>/dev/null; ` +
    `[ "$word" = "$2" ] || exit ${TOO_LATE}; [ "$number" -gt "$3" ] || rm -f "$1/deadline"`;

/** Whoever is connected has reached the machine: what a predecessor has left unconfirmed stays. */
const BEGIN =
    'if command exec 7<"$1"; then timeout 30 flock 7; rm -rf "$1"; exec 7<&-; fi 2>/dev/null; umask 077; mkdir "$1"';

/** The records of our own, as they are. */
const KEEP_RECORDS =
    'cd /run/linuxnet 2>/dev/null || exit 0; find . -name "*.json" -exec grep -lF -e "$2" {} + | while IFS= read -r file; do ' +
    `mkdir -p "$1/records/\${file%/*}" && cp -p "$file" "$1/records/$file" || exit 1; done`;

/** What runs steps on the machine: over the connection that there is, or over a new one. */
type Contact = (steps: readonly Step[]) => Promise<Reply[]>;

/** A machine has not been reached after a change. */
export class Unreached extends HostProblem {}

/** What is there before an operation. */
export interface Restoration {
    /** Puts it back, as a shell script. */
    readonly script: string;
    /** What the records of this stack have in them. */
    readonly owner: string;
}

/** Of one operation on one machine: nothing is changed there without its being watched. */
export class Watchdog {
    /** The last end of a change that is known here. */
    #done = 0;
    #last: Promise<void> = Promise.resolve();
    #next: Promise<void> | undefined;

    constructor(
        private readonly settings: Rollback,
        private readonly title: string,
        private readonly place: Place,
        private readonly claim: Claim,
        /** Reaches the machine as if for the first time; undefined if that fails. */
        private readonly contact: (steps: readonly Step[]) => Promise<Reply[] | undefined>,
    ) {}

    get #folder(): string {
        return this.claim.file.replace(/\.lock$/, ".rollback");
    }

    /** Before the stack is taken over: nothing that a predecessor has left is rolled back any more. */
    prepare(run: Contact): Promise<void> {
        return this.#must(run, this.#step("chain", BEGIN, this.#folder));
    }

    /** Before the first change. */
    async begin(run: Contact, { script, owner }: Restoration): Promise<void> {
        await this.#must(run, this.#step("chain", KEEP_RECORDS, this.#folder, owner));
        await this.#must(run, { ...this.#step("chain", 'cat >"$1/restore"', this.#folder), input: script.split("\n") });
    }

    /** Runs steps that change something, and is content when the machine is reached again afterwards. */
    async over(steps: readonly Step[], run: Contact): Promise<Reply[]> {
        const { word, file } = this.claim;
        const arm = (mode: Step["mode"]): Step =>
            this.#step(mode, ARM, this.#folder, word, this.settings.seconds, file, WATCH);
        const replies = await run([arm("chain"), ...steps, arm("always")]).catch(async (error) => {
            // A connection that is lost says nothing of whether there is another way.
            if (error instanceof Ended) await this.#confirm(WHATEVER_WAS_BEGUN);
            throw error;
        });
        const [begun, ended] = [replies[0], replies.at(-1)];
        if (begun?.code !== 0 || ended?.code !== 0) throw this.#rolledBack();
        await this.#confirm(Number(ended.stdout));
        return replies.slice(1, -1);
    }

    #step(mode: Step["mode"], script: string, ...words: readonly (string | number)[]): Step {
        const argv = ["sh", "-c", script, "sh", ...words.map(String)];
        return { place: this.place, argv, input: [], mode, mutating: false, describe: ["the watchdog"] };
    }

    async #must(run: Contact, step: Step): Promise<void> {
        const [reply] = await run([step]);
        if (reply?.code === 0) return;
        throw new HostProblem(`the watchdog cannot be set up on ${this.title}: ${reply?.stderr.trim()}`);
    }

    /** One contact for all changes that are done when it begins. */
    #confirm(number: number): Promise<void> {
        this.#done = Math.max(this.#done, number);
        this.#next ??= this.#last.then(() => {
            this.#next = undefined;
            this.#last = this.#reach(this.#done);
            return this.#last;
        });
        return this.#next;
    }

    async #reach(number: number): Promise<void> {
        const { seconds, reaches = "" } = this.settings;
        const step = this.#step("chain", CONFIRM, this.#folder, this.claim.word, number, reaches);
        const end = Date.now() + (seconds + AFTERWARDS_SECONDS) * 1000;
        for (;;) {
            const replies = await this.contact([step]);
            if (replies?.[0]?.code === 0) return;
            if (replies?.[0]?.code === TOO_LATE) throw this.#rolledBack();
            if (Date.now() > end) throw this.#unreached();
            await sleep(500);
        }
    }

    #missing(): string {
        const { seconds, reaches } = this.settings;
        const what = reaches === undefined ? "was not reached" : `was not reached, or did not reach ${reaches},`;
        return `${this.title} ${what} within ${seconds} s of this change`;
    }

    #rolledBack(): Unreached {
        return new Unreached(
            `${this.#missing()}. It has put its own network back as it was before this operation.\n` +
                "Correct the program, and run again: what it has put back shows as drift.",
        );
    }

    #unreached(): Unreached {
        return new Unreached(
            `${this.#missing()}. It is to put its own network back by itself, but is not reached now either.`,
        );
    }
}
