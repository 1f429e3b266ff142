import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { join } from "node:path";

/** A contender: what it is, and how long each of its runs took. */
export interface Contender {
    readonly name: string;
    readonly seconds: readonly number[];
    /** What the time is made of, as far as it can be counted. */
    readonly counts?: Readonly<Record<string, number>>;
}

/** How long some work takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
    const start = performance.now();
    await work();
    return (performance.now() - start) / 1000;
}

export function median(values: readonly number[]): number {
    const sorted = values.toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Prints a table of medians and of ratios to the first, and puts the same into a file beside it. */
export function report(
    bench: string,
    contenders: readonly Contender[],
    facts: Readonly<Record<string, unknown>>,
): void {
    const machine = `${cpus().length} × ${cpus()[0]?.model ?? "?"}, Linux ${release()}, Node ${process.version}`;
    const base = median(contenders[0]?.seconds ?? []);
    console.log(`\n${bench} (${machine}; median of ${contenders[0]?.seconds.length})\n`);
    for (const { name, seconds, counts = {} } of contenders) {
        const middle = median(seconds);
        const words = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
        console.log(
            `  ${name.padEnd(44)} ${middle.toFixed(2).padStart(7)} s  ${(middle / base).toFixed(1).padStart(6)} ×  ${words.join(", ")}`,
        );
    }
    for (const [name, value] of Object.entries(facts)) console.log(`  ${name}: ${value}`);
    const folder = process.env.LINUXNET_BENCH_RESULTS;
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    const lines = contenders.map((one) => ({ ...one, median: median(one.seconds), ratio: median(one.seconds) / base }));
    writeFileSync(
        join(folder, `${bench}.json`),
        `${JSON.stringify({ bench, machine, contenders: lines, facts }, null, 2)}\n`,
    );
}

/** Ends the process with what a bench has come to. */
export function finish(bench: Promise<void>): void {
    bench.then(
        () => process.exit(0),
        (error) => {
            console.error(error);
            process.exit(1);
        },
    );
}
