import type { KindName } from "./resource";

/** Names for resources: of those that are proposed the first that no other resource of its kind has. */
export class Names {
    readonly #taken = new Set<string>();

    give(kind: KindName, ...proposed: readonly string[]): string {
        const last = proposed.at(-1) ?? kind;
        const numbered = (function* () {
            yield* proposed;
            for (let number = 2; ; number++) yield `${last}-${number}`;
        })();
        for (const name of numbered) {
            if (this.#taken.has(`${kind} ${name}`)) continue;
            this.#taken.add(`${kind} ${name}`);
            return name;
        }
        return last;
    }
}
