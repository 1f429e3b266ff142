import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { toHtml } from "../../cli/graph/html";
import { toSvg } from "../../cli/graph/svg";
import type { Resource } from "../../model/topology/topology";
import { type Opened, useBrowser } from "../support/browser";
import { HOSTILE, HOSTILE_LAB, OVERLAY, picture, ROUTER, starOf } from "../support/pictures";

describe("the page of linuxnet graph, in Chromium", () => {
    const open = useBrowser();
    const openLab = async (lab: readonly Resource[]): Promise<Opened> => open(await toHtml(picture(lab), lab));

    /** The names of the boxes that are marked, found by where the frames are. */
    const marked = (page: Page, kind: string): Promise<string[]> =>
        page.evaluate(
            (name) =>
                [...document.querySelectorAll(`.mark.${name}`)].map((frame) => {
                    const { left, top, right, bottom } = frame.getBoundingClientRect();
                    const inside = [...document.querySelectorAll(".box")].find((box) => {
                        const { x, y, width, height } = box.getBoundingClientRect();
                        return x >= left && y >= top && x + width <= right && y + height <= bottom;
                    });
                    return inside?.querySelector("title")?.textContent ?? "a link";
                }),
            kind,
        );
    const seen = (page: Page): Promise<number[]> =>
        page.evaluate(() => (document.querySelector("svg")?.getAttribute("viewBox") ?? "").split(" ").map(Number));
    const box = (page: Page, name: string) => page.locator(`.box:has(title:text-is("${name}")) text`).first();
    const isFine = ({ complaints, requests }: Opened): void => {
        assert.deepEqual(complaints, []);
        assert.deepEqual(requests, []);
    };

    it("shows what a click is on: devices, addresses, the routing table, both ends of a link", async () => {
        const opened = await openLab(ROUTER);
        const { page } = opened;
        await box(page, "router").click();
        const details = await page.locator("#details").innerText();
        for (const text of ["forwards IPv4", "r1", "10.1.0.1/24", "link1", "10.2.0.0/24 dev r2"]) {
            assert.ok(details.includes(text), `${text} in ${details}`);
        }
        assert.deepEqual(await marked(page, "chosen"), ["router"]);
        await page.locator(".link path").first().click({ force: true });
        assert.match(
            await page.locator("#details").innerText(),
            /eth0 ⟷ r1[\s\S]*ns1[\s\S]*10\.1\.0\.2\/24[\s\S]*router/,
        );
        await page.keyboard.press("Escape");
        assert.equal(await page.locator("#details").innerText(), "");
        isFine(opened);
    });

    it("finds names, addresses and routes, and goes from one to the next", async () => {
        const opened = await openLab(ROUTER);
        const { page } = opened;
        await page.keyboard.press("/");
        await page.keyboard.type("10.2.0.2");
        assert.deepEqual(await marked(page, "found"), ["ns2"]);
        assert.equal(await page.locator("#found").innerText(), "1 found");
        const before = await seen(page);
        await page.keyboard.press("Enter");
        assert.equal(await page.locator("#found").innerText(), "1 of 1");
        assert.notDeepEqual(await seen(page), before);
        await page.fill("#search", "nobody");
        assert.equal(await page.locator("#found").innerText(), "0 found");
        assert.deepEqual(await marked(page, "found"), []);
        isFine(opened);
    });

    it("is moved by dragging, and zoomed about the pointer; a drag is no click", async () => {
        const opened = await openLab(ROUTER);
        const { page } = opened;
        const [x = 0, y = 0, width = 0] = await seen(page);
        const at = await box(page, "ns1").boundingBox();
        assert.ok(at);
        await page.mouse.move(at.x + 5, at.y + 5);
        await page.mouse.down();
        await page.mouse.move(at.x + 65, at.y + 35, { steps: 4 });
        await page.mouse.up();
        const [movedX = 0, movedY = 0] = await seen(page);
        assert.ok(movedX < x && movedY < y, `${movedX} ${movedY}`);
        const moved = await box(page, "ns1").boundingBox();
        assert.ok(moved && Math.abs(moved.x - at.x - 60) < 1.5 && Math.abs(moved.y - at.y - 30) < 1.5);
        assert.deepEqual(await marked(page, "chosen"), []);
        await page.mouse.wheel(0, -200);
        const [, , nearer = 0] = await seen(page);
        assert.ok(nearer < width, `${nearer}`);
        const zoomed = await box(page, "ns1").boundingBox();
        assert.ok(zoomed && zoomed.width > moved.width * 1.2);
        // What lay below the pointer still does.
        const [pointer, part] = [at.x + 65, (at.x + 65 - moved.x) / moved.width];
        assert.ok(Math.abs(zoomed.x + zoomed.width * part - pointer) < 2);
        await page.click("#all");
        assert.deepEqual(await seen(page), [x, y, width, (await seen(page))[3]]);
        isFine(opened);
    });

    it("tells why A cannot reach B, and marks the way", async () => {
        const opened = await openLab(ROUTER.filter(({ name }) => name !== "to-ns1"));
        const { page } = opened;
        await page.fill("#from", "ns1");
        await page.fill("#to", "ns2");
        const answer = await page.locator("#answer").innerText();
        assert.match(answer, /ns1 does not reach ns2 \(10\.2\.0\.2\): no answer comes\./);
        assert.match(answer, /the way back: ns2 has no route to 10\.1\.0\.2\./);
        assert.match(answer, /ns1: route 10\.2\.0\.0\/24 via 10\.1\.0\.1 dev eth0\s+\(to-ns2\)/);
        assert.deepEqual((await marked(page, "way")).sort(), ["ns1", "ns2", "router"]);
        await box(page, "router").click();
        await page.getByRole("button", { name: "to router" }).click();
        assert.match(await page.locator("#answer").innerText(), /ns1 reaches router \(10\.1\.0\.1\): reply, ttl 64\./);
        await page.fill("#to", "nobody");
        assert.equal(await page.locator("#answer").innerText(), "There is no nobody.");
        isFine(opened);
    });

    it("answers for each of 250 that are drawn as one", async () => {
        const opened = await openLab(starOf(250));
        const { page } = opened;
        await page.fill("#search", "h137");
        assert.deepEqual(await marked(page, "found"), ["h{0..249}"]);
        await page.fill("#from", "h3");
        await page.fill("#to", "h137");
        assert.match(await page.locator("#answer").innerText(), /h3 reaches h137 \(10\.0\.1\.138\): reply, ttl 64\./);
        await box(page, "h{0..249}").click();
        assert.match(await page.locator("#details").innerText(), /250 alike[\s\S]*h249\s+10\.0\.1\.250\/8/);
        isFine(opened);
    });

    it("shows hostile names as they are, and runs none of them", async () => {
        const opened = await openLab(HOSTILE_LAB);
        const { page } = opened;
        await page.fill("#search", "onerror");
        await page.fill("#from", "the host");
        for (const name of HOSTILE) await page.fill("#to", `${name} of ${name}`.replaceAll("/", "∕"));
        for (const id of ["#n1", "#n2", "#n3", "#n4"]) await page.locator(`${id} text`).first().click({ force: true });
        assert.equal(await page.evaluate(() => Reflect.get(window, "hit")), undefined);
        assert.equal(await page.locator("img, script:not(#data):not([type=module]), b").count(), 0);
        isFine(opened);
    });

    it("has an SVG that is well-formed, with each text in its box, and on no other", async () => {
        const { page } = await open("<p>");
        for (const lab of [ROUTER, OVERLAY, HOSTILE_LAB, starOf(250), starOf(12)]) {
            const problems = await page.evaluate(
                (svg) => {
                    const parsed = new DOMParser().parseFromString(svg, "image/svg+xml");
                    if (parsed.querySelector("parsererror")) return [parsed.documentElement.textContent];
                    document.body.innerHTML = svg;
                    const texts = [...document.querySelectorAll("text")].map((text) => ({
                        text: text.textContent,
                        ...text.getBoundingClientRect().toJSON(),
                    }));
                    const outside = [...document.querySelectorAll(".box")].flatMap((box) => {
                        const edge = box.querySelector("polygon")?.getBoundingClientRect().right ?? 0;
                        const inside = [...box.querySelectorAll("text")];
                        return inside
                            .filter((text) => text.getBoundingClientRect().right > edge)
                            .map((text) => text.textContent);
                    });
                    const upon = texts.flatMap((a, at) =>
                        texts
                            .slice(at + 1)
                            .filter((b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1)
                            .filter((b) => Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 5)
                            .map((b) => `${a.text} / ${b.text}`),
                    );
                    return [...outside, ...upon];
                },
                await toSvg(picture(lab)),
            );
            assert.deepEqual(problems, []);
        }
    });
});
