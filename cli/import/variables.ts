import type { Resource } from "./resource";

/** Words that no variable can be called (ECMA-262, TypeScript's strict mode), and the program's own. */
const RESERVED = new Set(
    (
        "linuxnet arguments await break case catch class const continue debugger default delete do else enum eval export " +
        "extends false finally for function if implements import in instanceof interface let new null package private " +
        "protected public return static super switch this throw true try typeof var void while with yield " +
        "undefined NaN Infinity require module exports process global globalThis console"
    ).split(" "),
);

/** `ns-router` as a variable: `nsRouter`. */
export function camelCase(name: string): string {
    const [first = "", ...rest] = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
    const text =
        first.charAt(0).toLowerCase() +
        first.slice(1) +
        rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
    return /^[A-Za-z]/.test(text) ? text : `_${text}`;
}

/** The names of variables for those resources that others refer to. */
export class Variables {
    readonly #names = new Map<Resource, string>();
    readonly #taken = new Set(RESERVED);

    /** The variable of a resource: from now on it has one. */
    of(resource: Resource): string {
        const known = this.#names.get(resource);
        if (known !== undefined) return known;
        const plain = camelCase(resource.name);
        let name = plain;
        for (let number = 1; this.#taken.has(name); number++) name = `${plain}${number === 1 ? resource.kind : number}`;
        this.#taken.add(name);
        this.#names.set(resource, name);
        return name;
    }

    known(resource: Resource): string | undefined {
        return this.#names.get(resource);
    }
}
