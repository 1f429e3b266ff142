import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Page, readPage } from "../support/docs/page";
import { userPages } from "../support/docs/pages";
import { Reader } from "../support/docs/reader";
import { command } from "../support/kernel";
import { copyProject } from "../support/lab";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";

const projectFolder = join(__dirname, "..", "..");

/** So many blocks of commands may be such that no test can run them. */
const notRunAtMost = 8;

describe("docs: what a page says is done", () => {
    for (const path of userPages()) {
        it(path, async () => {
            const page = await readPage(path);
            const start = await takeSnapshot();
            if (page.lab !== undefined) await follow(page, page.lab);
            await assertRestored(start);
        });
    }

    it(`is not run in ${notRunAtMost} blocks at most, each with a reason`, async () => {
        const pages = await Promise.all(userPages().map(readPage));
        const left = pages.flatMap(({ path, steps }) =>
            steps.flatMap((step) => (step.kind === "not run" ? [`${path}:${step.line}: ${step.reason}`] : [])),
        );
        for (const line of left) console.log(`      not run: ${line}`);
        assert.ok(left.length <= notRunAtMost, `${left.length} blocks are not run`);
    });
});

/** A page that breaks off leaves its lab: it is taken away, so that the next page is told nothing of it. */
async function follow(page: Page, lab: string): Promise<void> {
    const folder = lab === "empty" ? await emptyFolder() : await copyProject(join(projectFolder, lab));
    const reader = new Reader(page, folder);
    try {
        for (const step of page.steps) await reader.do(step);
    } catch (error) {
        const main = join(projectFolder, "dist", "cli", "main.js");
        await command([process.execPath, main, "destroy", "--yes"], {
            folder: reader.folder,
            timeoutSeconds: 100,
        }).catch(() => undefined);
        throw error;
    } finally {
        await rm(folder, { recursive: true, force: true });
        await rm(`${folder}.cd`, { force: true });
    }
}

function emptyFolder(): Promise<string> {
    return mkdtemp(join(process.env["LINUXNET_TEST_WORK"] ?? "", "docs-"));
}
