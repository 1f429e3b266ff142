import assert from "node:assert/strict";
import { quote } from "../../model/quote";

describe("a value in a message", () => {
    const examples: readonly (readonly [unknown, string])[] = [
        ["br0", '"br0"'],
        ['a "b"', '"a \\"b\\""'],
        ["Zürich 東京", '"Zürich 東京"'],
        ["a\nb\0c", '"a\\nb\\u0000c"'],
        ["\u001b[31mred\u009b", '"\\u001b[31mred\\u009b"'],
        ["abc\u202ecba\u200b\ufeff", '"abc\\u202ecba\\u200b\\ufeff"'],
        ["\ud800", '"\\ud800"'],
        ["\u{e0041}", '"\\u{e0041}"'],
        [7, "7"],
        [undefined, "undefined"],
        [["\u2028"], '["\\u2028"]'],
    ];
    for (const [value, shown] of examples) {
        it(`is ${shown}`, () => assert.equal(quote(value), shown));
    }

    it("is cut where nobody would read it", () => {
        assert.equal(quote("x".repeat(300)), `"${"x".repeat(300)}"`);
        assert.equal(quote("x".repeat(5000)), `"${"x".repeat(300)}" and 4700 characters more`);
    });
});
