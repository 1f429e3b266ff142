/*
 * A process that the engine starts for a provider takes all that is in the provider's modules with it. Here it is forgotten when the
 * operation is over, and loaded anew in the next one.
 */

let kept = new Set<string>();

/** What is loaded by now is the same for all operations. */
export function keepModules(): void {
    kept = new Set(Object.keys(require.cache));
}

export function forgetModules(): void {
    for (const file of Object.keys(require.cache)) if (!kept.has(file)) Reflect.deleteProperty(require.cache, file);
}
