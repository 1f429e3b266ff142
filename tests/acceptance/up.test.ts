import assert from "node:assert/strict";
import { once } from "node:events";
import { command } from "../support/kernel";
import { useLab } from "../support/lab";
import { assertSucceeded } from "./every-example";

describe("linuxnet up at a terminal", () => {
    const lab = useLab("point-to-point", { stack: "dev" });

    /** What the terminal shows, and how it ends; the answer is typed when it is asked for. */
    async function typed(answer: string, ...options: string[]): Promise<{ text: string; code: number | null }> {
        const child = lab.atTerminal("up", "--stack", "dev", ...options);
        let text = "";
        child.stdout.setEncoding("utf8").on("data", (part: string) => {
            const wasAsked = text.includes("[y/N]");
            text += part;
            if (!wasAsked && text.includes("[y/N]")) child.stdin.write(`${answer}\n`);
        });
        const [code] = await once(child, "close");
        return { text, code };
    }

    it("shows the change in network terms, asks, and changes nothing without a yes", async () => {
        const { text, code } = await typed("n");
        assert.match(text, /\+ ns1-dev: veth-ns1 192\.168\.1\.1\/24 ⟷ ns2-dev: veth-ns2 192\.168\.1\.2\/24/);
        assert.match(text, /2 pairs more, with a reply/);
        assert.match(text, /Do this\? \[y\/N\]/);
        assert.match(text, /Nothing was changed\./);
        assert.equal(code, 1);
        assert.equal((await command(["ip", "netns"])).includes("ns1-dev"), false);
    });

    it("does it with a yes", async () => {
        const { text, code } = await typed("y");
        assert.equal(code, 0, text);
        assert.match(text, /reply, ttl 64/);
        assert.match(await command(["ip", "netns"]), /ns1-dev/);
        assertSucceeded(await lab.destroy());
    });
});
