import { formatOwner, type Owner } from "../model/owner";

/** What is under way, or waits for that, by whose it is. */
const last = new Map<string, Promise<unknown>>();

/** One resource, among all kinds: a name is one's own among the resources of a kind only. */
export const turnOf = (kind: string, owner: Owner): string => `${kind} ${formatOwner(owner)}`;

/** One after the other: a resource is changed by itself, and now and then by another one that succeeds it. */
export function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (last.get(name) ?? Promise.resolve()).then(work);
    const over = turn
        .catch(() => undefined)
        .then(() => {
            if (last.get(name) === over) last.delete(name);
        });
    last.set(name, over);
    return turn;
}
