/** Groups that grow together. */
export class Groups {
    readonly #next = new Map<string, string>();

    /** What stands for the group of one. */
    root(one: string): string {
        const next = this.#next.get(one);
        return next === undefined ? one : this.root(next);
    }

    /** Makes one group of two, which the root of `b` stands for. Whether they were apart. */
    join(a: string, b: string): boolean {
        const [one, other] = [this.root(a), this.root(b)];
        if (one !== other) this.#next.set(one, other);
        return one !== other;
    }
}
