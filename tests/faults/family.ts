import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";

/** Set by `npm run test:faults` and `npm run test:exact`. */
const isFull = process.env.LINUXNET_CASES === "full";
const suite = process.env.LINUXNET_CASES_SUITE;
const only = process.env.LINUXNET_CASES_ONLY;
const seed = Number(process.env.LINUXNET_CASES_SEED ?? 1);
if (!Number.isInteger(seed)) throw new Error("LINUXNET_CASES_SEED is a whole number.");

/** `2/3`: the second third of each family's cases; what runs them side by side says so. */
const [shard = 1, shards = 1] = (process.env.LINUXNET_CASES_SHARD ?? "1/1").split("/").map(Number);
/** Where the counts of families are gathered, a line each. */
const report = process.env.LINUXNET_CASES_REPORT;

/** Numbers below one, the same for the same seed and purpose (mulberry32). */
export function randomNumbers(purpose: string): () => number {
    let state = seed;
    for (const letter of purpose) state = Math.imul(state ^ letter.charCodeAt(0), 0x01000193);
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
}

function shuffled<T>(list: readonly T[], purpose: string): T[] {
    const random = randomNumbers(purpose);
    return list
        .map((item) => ({ item, at: random() }))
        .sort((a, b) => a.at - b.at)
        .map(({ item }) => item);
}

/** How many cases of each family are run: all in a full run, a few by `npm test`. */
export interface Sizes {
    readonly full: number;
    readonly sample: number;
}

/** Cases of one kind, counted: a failed one is told with what runs it again, and the others are run nevertheless. */
export class Family {
    readonly size: number;
    #passed = 0;
    readonly #failed: string[] = [];

    constructor(
        readonly name: string,
        { full, sample }: Sizes,
    ) {
        this.size =
            only === undefined ? Number(process.env.LINUXNET_CASES_COUNT ?? (isFull ? full : sample)) : Infinity;
    }

    /**
     * Those to be run of all there are: in the order of the seed, but one of each kind before another of the same; or the one
     * that is asked for.
     */
    choose<T>(all: readonly T[], idOf: (one: T) => string, kindOf: (one: T) => string): T[] {
        if (only !== undefined) return all.filter((one) => `${this.name}: ${idOf(one)}` === only);
        const seen = new Map<string, number>();
        const ranked = shuffled(all, this.name).map((one) => {
            const rank = seen.get(kindOf(one)) ?? 0;
            seen.set(kindOf(one), rank + 1);
            return { one, rank };
        });
        const chosen = ranked.sort((a, b) => a.rank - b.rank).slice(0, this.size);
        return chosen.filter((_, index) => index % shards === shard - 1).map(({ one }) => one);
    }

    /** Whether it has passed. */
    async run(id: string, work: () => Promise<unknown>): Promise<boolean> {
        try {
            await work();
            this.#passed++;
            return true;
        } catch (error) {
            const words = error instanceof Error ? error.message || error.stack : String(error);
            const again = `LINUXNET_CASES_SEED=${seed} LINUXNET_CASES_ONLY="${this.name}: ${id}" npm run test:${suite}`;
            console.log(`${this.name}: ${id}: ${words}\n    again: ${again}`);
            this.#failed.push(id);
            return false;
        }
    }

    /** The family's line; fails if a case has. */
    finish(): void {
        const failed = this.#failed.length;
        const cases = this.#passed + failed;
        console.log(`${this.name}: ${cases} cases, ${this.#passed} passed, ${failed} failed, seed ${seed}`);
        const counts = { name: this.name, passed: this.#passed, failed, seed };
        if (report !== undefined) appendFileSync(report, `${JSON.stringify(counts)}\n`);
        assert.ok(cases > 0 || only !== undefined, "no case was run");
        assert.deepEqual(this.#failed, []);
    }
}
