/** A value of a program: a text, a number, a list, an object, or a piece of the program itself. */
export type Value = string | number | boolean | Expression | readonly Value[] | Fields;
export interface Fields {
    readonly [key: string]: Value | undefined;
}

/** A piece of the program: the name of a variable, `pair.left`. */
export class Expression {
    constructor(readonly text: string) {}
}

const WIDTH = 120;
const INDENT = "    ";

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

const fieldsOf = (fields: Fields): [string, Value][] =>
    Object.entries(fields).filter((entry): entry is [string, Value] => entry[1] !== undefined);

const field = (key: string, text: string): string => (key === text ? key : `${key}: ${text}`);

/** On one line. */
function inline(value: Value): string {
    if (value instanceof Expression) return value.text;
    if (typeof value !== "object") return JSON.stringify(value);
    if (isList(value)) return `[${value.map(inline).join(", ")}]`;
    return `{ ${fieldsOf(value)
        .map(([key, one]) => field(key, inline(one)))
        .join(", ")} }`;
}

/** A value as it stands in a program, `before` it so much on its line: on one line if it fits and has no objects within. */
export function write(value: Value, indent = "", before = 0): string {
    const line = inline(value);
    if (value instanceof Expression || typeof value !== "object") return line;
    const parts = isList(value) ? value : fieldsOf(value).map(([, one]) => one);
    const isNested = parts.some((one) => typeof one === "object" && !(one instanceof Expression) && !isList(one));
    if (!isNested && indent.length + before + line.length <= WIDTH) return line;
    const inner = indent + INDENT;
    const lines = isList(value)
        ? value.map((one) => write(one, inner))
        : fieldsOf(value).map(([key, one]) => field(key, write(one, inner, key.length + 3)));
    const [open, close] = isList(value) ? ["[", "]"] : ["{", "}"];
    return `${open}\n${lines.map((one) => `${inner}${one},\n`).join("")}${indent}${close}`;
}
