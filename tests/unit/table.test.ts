import assert from "node:assert/strict";
import { hasColours, painter } from "../../cli/colour";
import { columns } from "../../cli/table";

describe("a table", () => {
    it("has columns as wide as their widest cells, and nothing behind the last", () => {
        const rows = [
            ["a", "bbb", "1"],
            ["aaaa", "", "100"],
        ];
        assert.deepEqual(columns(rows), ["a     bbb  1", "aaaa       100"]);
        assert.deepEqual(columns(rows, [2]), ["a     bbb    1", "aaaa       100"]);
        assert.deepEqual(columns([]), []);
    });

    it("takes colours for nothing", () => {
        const paint = painter({ isTTY: true }, {});
        assert.deepEqual(
            columns([
                [paint("red", "a"), "b"],
                ["aa", "b"],
            ]),
            ["\x1b[31ma\x1b[39m   b", "aa  b"],
        );
    });
});

describe("colours", () => {
    it("are for terminals, unless somebody says otherwise", () => {
        const [terminal, pipe] = [{ isTTY: true }, {}];
        assert.deepEqual(
            [
                hasColours(terminal, {}),
                hasColours(pipe, {}),
                hasColours(terminal, { NO_COLOR: "1" }),
                hasColours(terminal, { NO_COLOR: "" }),
                hasColours(terminal, { TERM: "dumb" }),
                hasColours(pipe, { FORCE_COLOR: "1" }),
                hasColours(terminal, { FORCE_COLOR: "0" }),
            ],
            [true, false, false, true, false, true, false],
        );
        assert.equal(painter(pipe, {})("red", "text"), "text");
    });
});
