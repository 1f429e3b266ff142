import { join, sep } from "node:path";

/*
 * A process that the engine starts for a provider has its modules for itself, and takes all that is in them with it. Here they are loaded
 * anew for each operation, and forgotten when it is over; those that linuxnet has loaded for its own ends stay its own.
 */

const PROVIDER = join(__dirname, "..", "..", "provider") + sep;

const isOwn = (file: string): boolean => file.startsWith(PROVIDER);

let kept: ReadonlyMap<string, NodeModule | undefined> = new Map();

/** What is loaded by now is the same for all operations, but for our own provider. */
export function keepModules(): void {
    kept = new Map([...kept, ...Object.entries(require.cache)]);
    forgetModules();
}

export function forgetModules(): void {
    for (const file of Object.keys(require.cache)) {
        if (isOwn(file) || !kept.has(file)) Reflect.deleteProperty(require.cache, file);
    }
}

/** As it was before the first operation. */
export function bringModulesBack(): void {
    Object.assign(require.cache, Object.fromEntries(kept));
    kept = new Map();
}
