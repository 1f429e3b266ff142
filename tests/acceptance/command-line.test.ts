import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Outcome, run } from "../support/kernel";

const main = join(__dirname, "..", "..", "dist", "cli", "main.js");
const linuxnet = (...args: readonly string[]): Promise<Outcome> =>
    run([process.execPath, main, ...args], { folder: tmpdir() });

describe("the command line", () => {
    it("asks back about a misspelt command, and ends with 2", async () => {
        for (const words of [
            ["destory", "--yes"],
            ["help", "destory"],
        ]) {
            const { code, stdout, stderr } = await linuxnet(...words);
            assert.equal(`${code}${stdout}`, "2");
            assert.match(stderr, /^linuxnet: there is no command destory\. Did you mean destroy\?\n/);
        }
    });

    it("asks back about a misspelt option, and ends with 2", async () => {
        const { code, stderr } = await linuxnet("gc", "--dry-rum");
        assert.equal(code, 2);
        assert.match(stderr, /^linuxnet: unknown option '--dry-rum'\n\(Did you mean --dry-run\?\)/);
    });

    it("passes on what Pulumi knows, however much it looks like one of ours, and what nobody knows", async () => {
        assert.match((await linuxnet("logs", "--help")).stdout, /Usage:\n {2}pulumi logs/);
        assert.match((await linuxnet("help", "stack")).stdout, /Usage:\n {2}pulumi stack/);
        assert.match((await linuxnet("frobnicate")).stderr, /unknown command "frobnicate" for "pulumi"/);
    });

    it("takes the project's folder in front of a command as behind it", async () => {
        const folder = join(tmpdir(), "no", "project");
        for (const command of ["preview", "inspect", "stack"]) {
            const behind = await linuxnet(command, "-C", folder);
            assert.match(behind.stderr, /no.project/);
            for (const words of [["-C", folder], [`-C${folder}`], ["--cwd", folder], [`--cwd=${folder}`]])
                assert.deepEqual(await linuxnet(...words, command), behind);
        }
    });

    it("tells the same by help, --help and no word at all, and ends with 0", async () => {
        const [first, ...others] = await Promise.all([
            linuxnet(),
            linuxnet("help"),
            linuxnet("--help"),
            linuxnet("help", "--help"),
        ]);
        assert.equal(first.code, 0);
        assert.match(first.stdout, /^Usage: linuxnet <command>/);
        for (const one of others) assert.deepEqual(one, first);
        assert.ok(!first.stdout.includes("\u001b"), "a pipe gets no colours");
    });

    it("takes it well when nobody reads what it says", async () => {
        const words = [process.execPath, main, "help"].join(" ");
        const { code, stderr } = await run(["bash", "-c", `set -o pipefail; ${words} | true`]);
        assert.equal(`${code}${stderr}`, "0");
    });
});
