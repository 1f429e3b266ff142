/** Why a test, or all of a `describe`, was skipped. One that is skipped without a reason counts as failed. */
const reasons = new WeakMap<object, string>();

/** To be called in a test, or in a hook for all the tests that the hook is for. */
export function skip(context: Mocha.Context, reason: string): never {
    const { test, currentTest } = context;
    const isForAll = test?.title.startsWith('"before all" hook');
    const skipped = isForAll ? test?.parent : (currentTest ?? test);
    if (skipped !== undefined) reasons.set(skipped, reason);
    context.skip();
}

export function skipReason(test: Mocha.Test): string | undefined {
    let holder: Mocha.Test | Mocha.Suite | undefined = test;
    while (holder !== undefined) {
        const reason = reasons.get(holder);
        if (reason !== undefined) return reason;
        holder = holder.parent;
    }
    return undefined;
}
