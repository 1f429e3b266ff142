import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

/** A page in a real browser, with all that it complained of and asked for. */
export interface Opened {
    readonly page: Page;
    /** What it wrote to its console, errors that nobody caught, and what it was refused. */
    readonly complaints: readonly string[];
    /** What it asked for beside itself. */
    readonly requests: readonly string[];
}

/** A headless Chromium for all tests of a `describe`: Debian's, for no other can be fetched everywhere. */
export function useBrowser(): (html: string) => Promise<Opened> {
    let browser: Browser | undefined;
    let folder = "";
    before("start Chromium", async () => {
        folder = await mkdtemp(join(tmpdir(), "linuxnet-page-"));
        // Root has no sandbox; what is opened is ours.
        browser = await chromium.launch({ executablePath: "/usr/bin/chromium", chromiumSandbox: false });
    });
    after("end Chromium", async () => {
        await browser?.close();
        await rm(folder, { recursive: true, force: true });
    });
    return async (html) => {
        assert.ok(browser);
        const file = join(folder, "page.html");
        await writeFile(file, html);
        const page = await browser.newPage({ viewport: { width: 1200, height: 700 } });
        const [complaints, requests]: [string[], string[]] = [[], []];
        const url = pathToFileURL(file).href;
        page.on("console", (message) => complaints.push(message.text()));
        page.on("pageerror", (error) => complaints.push(error.message));
        page.on("request", (request) => {
            if (request.url() !== url) requests.push(request.url());
        });
        await page.goto(url);
        return { page, complaints, requests };
    };
}
