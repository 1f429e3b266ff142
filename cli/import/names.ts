import type { KindName } from "./resource";

/** Names for resources: of those that are proposed the first that no other resource of its kind has, or would have. */
export class Names {
    readonly #taken = new Set<string>();
    readonly #ambiguous = new Set<string>();

    /** What several things of a kind are called by themselves is the name of none of them. */
    know(kind: KindName, names: readonly string[]): void {
        for (const name of names.filter((one, at) => names.indexOf(one) !== at)) this.#ambiguous.add(`${kind} ${name}`);
    }

    give(kind: KindName, ...proposed: readonly string[]): string {
        const last = proposed.at(-1) ?? kind;
        const isFree = (name: string) => !this.#taken.has(`${kind} ${name}`);
        let name = proposed.find((one) => isFree(one) && !this.#ambiguous.has(`${kind} ${one}`)) ?? last;
        for (let number = 2; !isFree(name); number++) name = `${last}-${number}`;
        this.#taken.add(`${kind} ${name}`);
        return name;
    }
}
