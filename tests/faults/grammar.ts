import * as fc from "fast-check";
import { randomNumbers } from "./family";

/** A text that a program may give where a name or an address belongs. */
export interface Hostile {
    /** What is nasty about it. */
    readonly sort: string;
    readonly value: string;
}

export type Texts = fc.Arbitrary<string>;
export type Grammar = Readonly<Record<string, Texts>>;

const words = (text: string): string[] => text.split(" ");

/** What a shell makes something of. */
export const SHELL = [...words("$ ` ; | & < > * ? [ ] { } ( ) ! ' \" \\ ~ # ^ $(x) `x` $HOME $IFS &&x"), " ", "$((1))"];
export const MARKS = [...":@#+=,/%~"];
export const PERCENT = words("% %d %s %n %% %1$d %25 %2e%2e %00");
/** Words of `ip`, of the kernel's folders of settings, of JavaScript, and numbers. */
export const WORDS = words(
    "all default lo help dev to any type peer name up netns via weight master group link self root none local broadcast " +
        "if1 if2 eth7 br7 1 0 007 0x10 1e3 -1 null undefined NaN constructor __proto__ toString",
);
export const OPTIONS = words("- -- -h -x -n -a -4 -6 -j --help -batch -force -netns -d -V");
export const CONTROLS = [..."\n\r\t\v\f\0\u0001\u0007\b\u007f\u0085\u009b", "\r\n", "\u001b[31m"];
/** Marks of direction, without a width, that combine, or look like others, of two to four bytes. */
export const UNICODE = [
    ...["\u202e", "\u200f", "\u2066", "\u200b", "\u200d", "\ufeff", "\u00a0", "\u2028", "\u0301", "\u0430", "\uff11"],
    ...["\u0661", "é", "ß", "İ", "€", "🙂", "\u2215", "\u3002", "\uff0e"],
];
export const HALF_A_PAIR = "\ud800";

export const from = (list: readonly string[]): Texts => fc.constantFrom(...list);
export const joined = (...parts: readonly Texts[]): Texts => fc.tuple(...parts).map((texts) => texts.join(""));

/** One of the texts, somewhere in the other. */
export const inserted = (into: Texts, list: readonly string[]): Texts =>
    fc.tuple(into, from(list), fc.double({ min: 0, max: 1, noNaN: true })).map(([text, part, place]) => {
        const at = Math.round(place * text.length);
        return text.slice(0, at) + part + text.slice(at);
    });

/** One character of it replaced, taken out, doubled, or put in. */
export const mutated = (text: Texts, letters: readonly string[]): Texts =>
    fc.tuple(text, from(letters), fc.nat(), fc.nat(3)).map(([whole, letter, number, how]) => {
        const at = number % Math.max(whole.length, 1);
        const [head, one, tail] = [whole.slice(0, at), whole.slice(at, at + 1), whole.slice(at + 1)];
        return head + ([letter, "", one + one, one + letter][how] ?? "") + tail;
    });

/** So many, of each sort as many as of any other as far as there are, no two the same; for the same seed the same. */
export function generate(grammar: Grammar, purpose: string, count: number): Hostile[] {
    const random = randomNumbers(purpose);
    const sorts = Object.entries(grammar);
    const all = sorts.flatMap(([sort, texts]) => {
        const numRuns = Math.ceil((count * 2) / sorts.length);
        const found = fc.sample(texts, { seed: Math.floor(random() * 2 ** 31), numRuns });
        return [...new Set(found)].map((value, rank) => ({ sort, value, rank }));
    });
    const inTurn = all.sort((a, b) => a.rank - b.rank).slice(0, count);
    return inTurn.map(({ sort, value }) => ({ sort, value }));
}
