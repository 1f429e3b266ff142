import assert from "node:assert/strict";
import { ip, writeSetting } from "../support/kernel";
import { useLab } from "../support/lab";
import { assertSucceeded } from "./every-example";

describe("linuxnet explain", () => {
    const lab = useLab("router", { stack: "dev" });
    const explain = (...args: string[]): Promise<string> => lab.command("explain", ...args, "--stack", "dev");

    it("walks the declared way, there and back, before anything is deployed", async () => {
        assert.deepEqual((await explain("ns1", "ns2")).trimEnd().split("\n"), [
            "ns1 → 192.168.2.2",
            "  ns1-dev: route 192.168.2.0/24 via 192.168.1.1 dev veth-ns1   (to-ns2)",
            "  veth-ns1 ⟷ veth-ns1-router in ns-router-dev   (link1)",
            "  ns-router-dev forwards IPv4   (forwarding)",
            "  ns-router-dev: route 192.168.2.0/24 dev veth-ns2-router",
            "  veth-ns2-router ⟷ veth-ns2 in ns2-dev   (link2)",
            "  ns2-dev has 192.168.2.2 on veth-ns2   (link2)",
            "back to 192.168.1.2",
            "  ns2-dev: route 192.168.1.0/24 via 192.168.2.1 dev veth-ns2   (to-ns1)",
            "  veth-ns2 ⟷ veth-ns2-router in ns-router-dev   (link2)",
            "  ns-router-dev forwards IPv4   (forwarding)",
            "  ns-router-dev: route 192.168.1.0/24 dev veth-ns1-router",
            "  veth-ns1-router ⟷ veth-ns1 in ns1-dev   (link1)",
            "  ns1-dev has 192.168.1.2 on veth-ns1   (link1)",
            "",
            "ns1 reaches 192.168.2.2: reply, ttl 63.",
        ]);
    });

    it("names the first thing that is missing, of what is there or of what is declared", async () => {
        assertSucceeded(await lab.up());
        await ip("-n", "ns2-dev", "route", "del", "192.168.1.0/24");
        await assert.rejects(
            explain("ns1", "192.168.2.2", "--deployed"),
            /\(1\)[\s\S]*✗ ns2-dev has no route to 192\.168\.1\.2[\s\S]*does not reach 192\.168\.2\.2 \(no answer comes\): the way back: ns2-dev has no route/,
        );
        assert.match(await explain("ns1", "192.168.2.2"), /reply, ttl 63\.$/m);
        const text = await explain("ns-router-dev", "ns1", "--json");
        assert.equal(JSON.parse(text).outcome, "reply");
        assertSucceeded(await lab.up());
    });

    it("goes by routes that are not of the lab, and by what somebody has set for a device alone, of what is there", async () => {
        await ip("-n", "ns1-dev", "route", "add", "blackhole", "192.168.2.2/32");
        await assert.rejects(
            explain("ns1", "ns2", "--deployed"),
            /\(1\)[\s\S]*✗ ns1-dev drops it: route blackhole 192\.168\.2\.2\/32, which is not of this lab[\s\S]*remove it\.$/m,
        );
        assert.match(await explain("ns1", "ns2"), /reply, ttl 63\.$/m);
        await ip("-n", "ns1-dev", "route", "del", "blackhole", "192.168.2.2/32");
        assert.match(await explain("ns1", "ns2", "--deployed"), /reply, ttl 63\.$/m);
        await writeSetting("net/ipv4/conf/veth-ns1-router/forwarding", "0", "ns-router-dev");
        await assert.rejects(
            explain("ns1", "ns2", "--deployed"),
            /✗ ns-router-dev does not forward IPv4 of veth-ns1-router/,
        );
    });

    it("tells whoever asks for what there is not, or nothing", async () => {
        await assert.rejects(
            explain("ns1", "nobody"),
            /\(2\)[\s\S]*there is no nobody in this program\. There is .*\bns1\b/,
        );
        await assert.rejects(
            lab.command("explain", "ns1"),
            /\(2\)[\s\S]*missing required argument 'to'[\s\S]*"linuxnet explain --help"/,
        );
    });
});
