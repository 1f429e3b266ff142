import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LOCAL, placeOf } from "../../model/place";
import { BOOTSTRAP } from "../../provider/host/program";
import { Runner } from "../../provider/host/runner";
import type { Reply, Step } from "../../provider/host/step";
import { Watchdog } from "../../provider/host/watchdog";

const place = placeOf({ host: LOCAL });
const shell = (script: string): Step => ({
    place,
    argv: ["sh", "-c", script],
    input: [],
    mode: "chain",
    mutating: true,
    describe: [],
});

async function run(steps: readonly Step[]): Promise<Reply[]> {
    const runner = new Runner(["/bin/sh", "-c", BOOTSTRAP]);
    try {
        return await runner.run(steps, { locked: false });
    } finally {
        runner.end();
    }
}

async function until(isSo: () => boolean): Promise<void> {
    for (let wait = 0; wait < 600 && !isSo(); wait++) await sleep(50);
    assert.ok(isSo());
}

/** Changes side by side, as the engine makes them; when the machine is reached is decided here. */
describe("The watchdog over changes that overlap", () => {
    let folder: string;
    let watchdog: Watchdog;
    let contacts: (() => void)[];
    const path = (name: string) => join(folder, name);

    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "watchdog-"));
        contacts = [];
        const claim = { file: path("stack.lock"), word: "ours" };
        await writeFile(claim.file, "ours\n");
        watchdog = new Watchdog({ seconds: 30 }, "host left", place, claim, async (steps) => {
            await new Promise<void>((resolve) => contacts.push(resolve));
            return run(steps);
        });
        await watchdog.prepare(run);
        await watchdog.begin(run, { script: `touch ${path("restored")}`, owner: "nobody" });
    });
    afterEach(async () => {
        await rm(folder, { recursive: true, force: true });
    });

    /** A change that ends when it is told to. */
    function slowly() {
        let isDone = false;
        const script = `until [ -e ${path("go")} ]; do [ -d ${folder} ] || exit; sleep 0.05; done`;
        const over = watchdog.over([shell(`touch ${path("begun")}; ${script}`)], async (steps) => {
            const replies = await run(steps);
            isDone = true;
            return replies;
        });
        return { over, isDone: () => isDone };
    }

    /** One that ends while the other one's contact is under way, which succeeds then. */
    async function overlap() {
        const slow = slowly();
        await until(() => existsSync(path("begun")));
        const quick = watchdog.over([shell("exit 0")], run);
        await until(() => contacts.length === 1);
        await writeFile(path("go"), "");
        await until(slow.isDone);
        contacts[0]?.();
        await quick;
        return slow;
    }

    it("is content with a contact that has come after both", async () => {
        const slow = await overlap();
        await until(() => contacts.length === 2);
        contacts[1]?.();
        await slow.over;
        assert.ok(!existsSync(path("stack.rollback/deadline")));
        assert.ok(!existsSync(path("restored")));
    });

    it("goes on watching over what was under way at a contact", async () => {
        const slow = await overlap();
        assert.ok(existsSync(path("stack.rollback/deadline")));
        await until(() => contacts.length === 2);
        contacts[1]?.();
        await slow.over;
    });
});
