import assert from "node:assert/strict";
import { resolve } from "node:path";
import { packageNote } from "../../cli/init/files";

describe("a new project's package", () => {
    const checkout = resolve(__dirname, "..", "..");

    it("is said to be a checkout where it is one, with its path and what to do elsewhere", () => {
        const [what = "", elsewhere = ""] = packageNote(["index.ts", "package.json"], true)?.split("\n") ?? [];
        assert.equal(what, `Its pulumi-linuxnet is this checkout, by its path: "file:${checkout}" in package.json.`);
        assert.match(elsewhere, /^On another machine, .* say a version there, and remove \.npmrc\.$/);
    });

    it("is nothing to speak of where it is installed, or the folder had its own already", () => {
        assert.equal(packageNote(["index.ts", "package.json"], false), undefined);
        assert.equal(packageNote(["index.ts"], true), undefined);
    });
});
