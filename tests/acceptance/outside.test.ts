import assert from "node:assert/strict";
import { appendFile, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Outcome, run } from "../support/kernel";
import { assertReply } from "../support/ping";
import { type Snapshot, takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";

/** As the README has it. */
const project = `name: my-lab
runtime: nodejs
main: index.ts
backend:
  url: file://./.state
options:
  refresh: always
`;

describe("an outside user's project, with the packed package", () => {
    const folder = process.env["LINUXNET_TEST_OUTSIDE"] ?? "";
    const bin = (name: string): string => join(folder, "node_modules", ".bin", name);
    const options = ["--yes", "--skip-preview", "--non-interactive", "--color", "never"];
    const loaded = join(folder, "loaded");
    let start: Snapshot;

    function call(...argv: readonly string[]): Promise<Outcome> {
        const environment = { ...process.env, LINUXNET_TEST_LOADED: loaded };
        return run(argv, { folder, environment, timeoutSeconds: 120 });
    }

    async function succeed(...argv: readonly string[]): Promise<string> {
        const { code, stdout, stderr } = await call(...argv);
        assert.equal(code, 0, stdout + stderr);
        return stdout;
    }

    async function works(stack: string): Promise<void> {
        await assertReply(`ns1-${stack}`, "192.168.2.2", 63);
        await assertReply(`ns2-${stack}`, "192.168.1.2", 63);
    }

    before(async () => {
        start = await takeSnapshot();
        await writeFile(join(folder, "Pulumi.yaml"), project);
        await copyFile(join(__dirname, "..", "..", "examples", "router", "index.ts"), join(folder, "index.ts"));
    });

    after("take away what a failed test has left", async () => {
        for (const stack of ["dev", "plain"]) await call("pulumi", "destroy", "--stack", stack, ...options);
    });

    it("has types: its program compiles, strictly", async () => {
        const strict = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--skipLibCheck"];
        await succeed(bin("tsc"), ...strict, "--module", "nodenext", "index.ts");
    });

    it("is deployed by linuxnet up alone, on a stack that it makes", async () => {
        const text = await succeed(bin("linuxnet"), "up", ...options);
        assert.match(text, /ns1ToNs2 +: "reply, ttl 63"/);
        assert.match(text, /\+ 11 created/);
        await works("dev");
    });

    it("is deployed by plain pulumi up as well, as another stack beside it", async () => {
        await mkdir(join(folder, ".state"), { recursive: true });
        await succeed("pulumi", "stack", "init", "plain", "--non-interactive");
        assert.match(await succeed("pulumi", "up", "--stack", "plain", ...options), /\+ 11 created/);
        await works("plain");
        await works("dev");
    });

    it("sees no changes after an upgrade of the package, whose new code it runs", async () => {
        const installed = join(folder, "node_modules", "pulumi-linuxnet");
        const manifest = join(installed, "package.json");
        const text = await readFile(manifest, "utf8");
        await writeFile(manifest, text.replace(/"version": "[^"]*"/, '"version": "99.0.0"'));
        const mark =
            'require("node:fs").writeFileSync(process.env.LINUXNET_TEST_LOADED ?? "/dev/null", "the new one");\n';
        await appendFile(join(installed, "dist", "provider", "index.js"), mark);
        const preview = await succeed("pulumi", "preview", "--stack", "dev", "--expect-no-changes", "--color", "never");
        assert.match(preview, /11 unchanged/);
        assert.equal(await readFile(loaded, "utf8"), "the new one");
    });

    it("is destroyed, and leaves the machine as it was", async () => {
        await succeed(bin("linuxnet"), "destroy", "--stack", "plain", ...options);
        await works("dev");
        await succeed("pulumi", "destroy", "--stack", "dev", ...options);
        await assertRestored(start);
    });
});
