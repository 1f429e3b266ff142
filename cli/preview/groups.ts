import type { Line } from "./words.js";

/** Lines of one kind that say the same but for their numbers, from so many on, are one. */
const ENOUGH = 4;

const NUMBER = /\d+/g;

/** A text with each of its numbers as `#`: the same for texts that differ in nothing else. */
export const withoutNumbers = (text: string): string => text.replace(NUMBER, "#");

const template = ({ sign, text }: Line): string => `${sign} ${withoutNumbers(text)}`;

const numbersOf = (text: string): number[] => (text.match(NUMBER) ?? []).map(Number);

/** Whether a span of these would say something: they are one behind the other, or many. */
function isSpan(values: ReadonlySet<number>): boolean {
    return values.size >= ENOUGH || Math.max(...values) - Math.min(...values) < values.size;
}

/** Lines of one template, apart where one of their numbers takes few values that have nothing between them: 10.0.2.1 and 192.168.1.1. */
function apart(lines: readonly Line[]): Line[][] {
    const rows = lines.map(({ text }) => numbersOf(text));
    const split = rows[0]?.findIndex((_, at) => !isSpan(new Set(rows.map((row) => row[at] ?? 0)))) ?? -1;
    if (split < 0) return [[...lines]];
    const parts = new Map<number | undefined, Line[]>();
    for (const [index, line] of lines.entries()) {
        const value = rows[index]?.[split];
        parts.set(value, [...(parts.get(value) ?? []), line]);
    }
    return [...parts.values()].flatMap(apart);
}

/** `h{1..250}`: each number of the lines, where they differ in it, by its first and last. */
export function span(texts: readonly string[]): string {
    const rows = texts.map(numbersOf);
    let at = 0;
    return (texts[0] ?? "").replace(NUMBER, (number) => {
        const values = rows.map((row) => row[at] ?? 0);
        at++;
        const [least, most] = [Math.min(...values), Math.max(...values)];
        return least === most ? number : `{${least}..${most}}`;
    });
}

/** What is to be read: like lines counted and put together, in the order of the first of each. */
export function groupLines(lines: readonly Line[]): string[] {
    const groups = new Map<string, Line[]>();
    for (const line of lines) groups.set(template(line), [...(groups.get(template(line)) ?? []), line]);
    return [...groups.values()].flatMap(apart).flatMap((group) => {
        if (group.length < ENOUGH) return group.map(({ sign, text, name }) => `${sign} ${text}   (${name})`);
        const sign = group[0]?.sign;
        return [
            `${sign} ${group.length} × ${span(group.map(({ text }) => text))}   (${span(group.map(({ name }) => name))})`,
        ];
    });
}
