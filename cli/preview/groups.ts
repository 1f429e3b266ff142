import type { Line } from "./words.js";

/** Lines of one kind that say the same but for their numbers, from so many on, are one. */
const ENOUGH = 4;

const NUMBER = /\d+/g;

/** A text with each of its numbers as `#`: the same for texts that differ in nothing else. */
export const withoutNumbers = (text: string): string => text.replace(NUMBER, "#");

const template = ({ sign, text }: Line): string => `${sign} ${withoutNumbers(text)}`;

/** `h{1..250}`: each number of the lines, where they differ in it, by its first and last. */
export function span(texts: readonly string[]): string {
    const rows = texts.map((text) => (text.match(NUMBER) ?? []).map(Number));
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
    return [...groups.values()].flatMap((group) => {
        if (group.length < ENOUGH) return group.map(({ sign, text, name }) => `${sign} ${text}   (${name})`);
        const sign = group[0]?.sign;
        return [
            `${sign} ${group.length} × ${span(group.map(({ text }) => text))}   (${span(group.map(({ name }) => name))})`,
        ];
    });
}
