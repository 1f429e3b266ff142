import Module from "node:module";

/**
 * A test that asserts nothing passes whatever happens. So every use of node:assert is counted, and a test that gets by without one
 * fails. That needs `assert` to be ours before a test imports it: mocha loads this file first.
 */
let count = 0;

const ownerOf: { _load(request: string, ...rest: unknown[]): unknown } = Object(Module);
const load = ownerOf._load;
const counted = new Map<string, object>();

ownerOf._load = function (this: unknown, request: string, ...rest: unknown[]): unknown {
    const loaded: unknown = load.call(this, request, ...rest);
    if (!/^(node:)?assert(\/strict)?$/.test(request)) return loaded;
    const known = counted.get(request) ?? countCalls(loaded);
    counted.set(request, known);
    return known;
};

function countCalls(assert: unknown): object {
    if (typeof assert !== "function") throw new Error("node:assert is not what it was.");
    return new Proxy(assert, {
        apply(target, self, args) {
            count += 1;
            return Reflect.apply(target, self, args);
        },
        get(target, name, receiver) {
            const member: unknown = Reflect.get(target, name, receiver);
            if (name === "strict") return countCalls(member);
            if (name !== "AssertionError" && typeof member === "function") count += 1;
            return member;
        },
    });
}

/** To be called before each test, as a hook. */
export function failWithoutAssertions(context: Mocha.Context): void {
    const test = context.currentTest;
    const body = test?.fn;
    if (test === undefined || body === undefined || test.isPending() || body.length > 0) return;
    test.fn = async function (this: Mocha.Context): Promise<void> {
        const before = count;
        await Reflect.apply(body, this, []);
        if (count === before) throw new Error("This test asserts nothing: it makes no use of node:assert.");
    };
}
