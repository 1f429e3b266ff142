import assert from "node:assert/strict";
import { once } from "node:events";
import { command } from "../support/kernel";
import { useLab } from "../support/lab";

const PAIR = "ns1-dev: veth-ns1 192.168.1.1/24 ⟷ ns2-dev: veth-ns2 192.168.1.2/24";

describe("an operation at a terminal", () => {
    const lab = useLab("point-to-point", { stack: "dev" });

    /** What the terminal shows, and how it ends; the answer is typed when it is asked for. */
    async function typed(answer: string, ...words: string[]): Promise<{ text: string; code: number | null }> {
        const child = lab.atTerminal(...words, "--stack", "dev");
        let text = "";
        child.stdout.setEncoding("utf8").on("data", (part: string) => {
            const wasAsked = text.includes("[y/N]");
            text += part;
            if (!wasAsked && text.includes("[y/N]")) child.stdin.write(`${answer}\n`);
        });
        const [code] = await once(child, "close");
        return { text: text.replaceAll("\r", ""), code };
    }

    const namespaces = () => command(["ip", "netns"]);
    const state = (): Promise<string> => lab.command("stack", "export", "--stack", "dev");

    it("up shows the change in network terms, asks, and changes nothing without a yes", async () => {
        const { text, code } = await typed("n", "up");
        assert.ok(text.includes(`+ ${PAIR}`), text);
        assert.match(text, /2 pairs more, with a reply/);
        assert.match(text, /Do this\? \[y\/N\]/);
        assert.match(text, /Nothing was changed\./);
        assert.equal(code, 1);
        assert.equal((await namespaces()).includes("ns1-dev"), false);
    });

    it("up does it with a yes", async () => {
        const { text, code } = await typed("y", "up");
        assert.equal(code, 0, text);
        assert.match(text, /reply, ttl 64/);
        assert.match(await namespaces(), /ns1-dev/);
    });

    it("up asks nothing where nothing would change", async () => {
        const { text, code } = await typed("n", "up");
        assert.equal(code, 0, text);
        assert.match(text, /^Nothing would change: the lab is as its program says\./m);
        assert.equal(text.includes("[y/N]"), false);
    });

    it("refresh asks nothing where nothing has changed", async () => {
        const { text, code } = await typed("n", "refresh");
        assert.deepEqual({ text, code }, { text: "The state is as the machines are: 5 resources.\n", code: 0 });
    });

    it("refresh shows what has changed there, and takes it in with a yes alone", async () => {
        await command(["ip", "-n", "ns1-dev", "link", "set", "veth-ns1", "down"]);
        const before = await state();
        const refused = await typed("n", "refresh");
        assert.ok(
            refused.text.startsWith(
                "! ns1-dev: veth-ns1 up → down   (link)\n\n1 changed there, 4 as the state says.\n",
            ),
            refused.text,
        );
        assert.equal(refused.code, 1);
        assert.equal(await state(), before);
        const { text, code } = await typed("y", "refresh");
        assert.equal(code, 0, text);
        assert.match(await state(), /"leftUp": false/);
    });

    it("destroy shows what would be taken away, and takes nothing without a yes", async () => {
        const { text, code } = await typed("n", "destroy");
        assert.ok(text.includes(`- ${PAIR.replace(" ⟷", ", down ⟷")}   (link)`), text);
        assert.match(text, /^5 to remove\.\n.*Take all of this away\? \[y\/N\]/ms);
        assert.equal(code, 1);
        assert.match(await namespaces(), /ns1-dev/);
    });

    it("destroy takes it away with a yes, and asks nothing where there is nothing", async () => {
        const { text, code } = await typed("y", "destroy");
        assert.equal(code, 0, text);
        assert.equal((await namespaces()).includes("ns1-dev"), false);
        const again = await typed("n", "destroy");
        assert.equal(again.code, 0, again.text);
        assert.match(again.text, /^The state knows of nothing to take away\./);
        assert.equal(again.text.includes("[y/N]"), false);
    });
});
