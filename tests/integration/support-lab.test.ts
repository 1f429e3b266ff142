import assert from "node:assert/strict";
import { listChanges } from "../support/engine-events";
import { useLab } from "../support/lab";

/** The examples' own tests use all of it; here is what they rely on when something goes wrong. */
describe("a lab for tests", () => {
    const program = `import * as pulumi from "@pulumi/pulumi";
const config = new pulumi.Config("test");
new pulumi.StackReference("missing", { name: config.get("stack") ?? "organization/missing/test" });
export const answer = 42;
`;

    for (const command of ["linuxnet", "pulumi"] as const) {
        describe(`by ${command}`, () => {
            const lab = useLab("router", { command });

            before("another program", () => lab.write(program));

            it("tells what has failed, and why", async () => {
                const up = await lab.up();
                assert.equal(up.succeeded, false, up.text);
                const errors = up.diagnostics.filter(({ severity }) => severity === "error");
                assert.match(errors.map(({ message }) => message).join("\n"), /missing/);
            });

            it("edits a program, and only where the text is found once", async () => {
                await assert.rejects(lab.edit("not there", ""), /index\.ts has 0 times, and not once: not there/);
                await assert.rejects(lab.edit("missing", ""), /index\.ts has 2 times/);
                await lab.edit(program.split("\n")[2] ?? "", "export const stack = config.require('stack');");
                await lab.configure("test:stack", "other");
                const up = await lab.up();
                assert.ok(up.succeeded, up.text);
                assert.deepEqual(listChanges(up), []);
                assert.deepEqual(await lab.outputs(), { answer: 42, stack: "other" });
                assert.equal((await lab.resources()).size, 0);
            });

            it("can be interrupted", async () => {
                await lab.edit("42", "new Promise((resolve) => setTimeout(resolve, 60_000))");
                const { child, done } = lab.begin("preview");
                setTimeout(() => child.kill("SIGTERM"), 4_000);
                const { succeeded, seconds, text } = await done;
                assert.equal(succeeded, false, text);
                assert.ok(seconds >= 4, `it ended by itself after ${seconds} s:\n${text}`);
                assert.ok(seconds < 30, `it took ${seconds} s to end`);
            });
        });
    }
});
