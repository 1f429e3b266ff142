import assert from "node:assert/strict";
import { ip } from "../support/kernel";
import { useLab } from "../support/lab";
import { assertSucceeded } from "./every-example";

const STAR = `
import * as linuxnet from "pulumi-linuxnet";
const hub = new linuxnet.Bridge("hub", { addresses: ["10.0.0.1/16"] });
for (let at = 1; at <= 60; at++) {
    const host = new linuxnet.Namespace(\`h\${at}\`);
    new linuxnet.VethPair(\`link\${at}\`, {
        left: { namespace: host, name: "eth0", addresses: [\`10.0.1.\${at}/16\`] },
        right: { name: \`p\${at}\`, bridge: hub },
    });
    new linuxnet.Route(\`out\${at}\`, { namespace: host, destination: "default", gateway: "10.0.0.1" });
}
`;

describe("linuxnet preview", () => {
    const lab = useLab("router", { stack: "dev" });

    /** What it shows, a line each. */
    const shown = async (): Promise<string[]> => (await lab.command("preview", "--stack", "dev")).trimEnd().split("\n");

    it("shows what is made, in network terms", async () => {
        assert.deepEqual(await shown(), [
            "+ namespace ns-router-dev   (ns-router)",
            "+ namespace ns1-dev   (ns1)",
            "+ namespace ns2-dev   (ns2)",
            "+ ns1-dev: veth-ns1 192.168.1.2/24 ⟷ ns-router-dev: veth-ns1-router 192.168.1.1/24   (link1)",
            "+ ns2-dev: veth-ns2 192.168.2.2/24 ⟷ ns-router-dev: veth-ns2-router 192.168.2.1/24   (link2)",
            "+ ns-router-dev: forwarding IPv4 on   (forwarding)",
            "+ ns2-dev: route 192.168.1.0/24 via 192.168.2.1 dev veth-ns2   (to-ns1)",
            "+ ns1-dev: route 192.168.2.0/24 via 192.168.1.1 dev veth-ns1   (to-ns2)",
            "? check ns1-dev → 192.168.2.2   (ns1-reaches-ns2)",
            "? check ns2-dev → 192.168.1.2   (ns2-reaches-ns1)",
            "",
            "Who reaches whom:",
            "  6 pairs more, with a reply; interrupted on the way: none",
            "",
            "10 to make. Every value: linuxnet preview --diff",
        ]);
    });

    it("shows that nothing would change", async () => {
        assertSucceeded(await lab.up());
        assert.deepEqual(await shown(), ["Nothing would change: the lab is as its program says. 10 as they are."]);
    });

    it("shows an address more as one line, and the checks that it makes run", async () => {
        await lab.edit('"192.168.1.1/24"', '"192.168.7.1/24", "192.168.1.1/24"');
        assert.deepEqual(await shown(), [
            "~ ns-router-dev: veth-ns1-router +192.168.7.1/24, in place   (link1)",
            "? check ns1-dev → 192.168.2.2   (ns1-reaches-ns2)",
            "? check ns2-dev → 192.168.1.2   (ns2-reaches-ns1)",
            "",
            "Who reaches whom:",
            "  6 pairs as before, 6 of them with a reply; interrupted on the way: none",
            "",
            "1 to change in place, 2 to check again, 7 as they are. Every value: linuxnet preview --diff",
        ]);
        await assert.rejects(
            lab.command("preview", "--stack", "dev", "--expect-no-changes"),
            /\+192\.168\.7\.1\/24, in place/,
        );
        await lab.edit('"192.168.7.1/24", "192.168.1.1/24"', '"192.168.1.1/24"');
    });

    it("shows what somebody has changed, with its value, and what is gone", async () => {
        await ip("-n", "ns-router-dev", "link", "set", "veth-ns1-router", "down");
        await ip("-n", "ns2-dev", "route", "del", "192.168.1.0/24");
        const lines = await shown();
        assert.ok(lines.includes("~ ns-router-dev: veth-ns1-router down → up, in place   (link1)"), lines.join("\n"));
        assert.ok(
            lines.includes("+ ns2-dev: route 192.168.1.0/24 via 192.168.2.1 dev veth-ns2, which is gone   (to-ns1)"),
            lines.join("\n"),
        );
        assertSucceeded(await lab.up());
    });

    it("shows whom a change parts, and whom it interrupts", async () => {
        const route = 'new linuxnet.Route("to-ns1", {';
        await lab.edit(route, `if (Math.random() > 1) ${route}`);
        const parted = (await shown()).join("\n");
        assert.match(
            parted,
            /^ {2}ns1-dev → ns2-dev: reply → no reply \(the way back: ns2-dev has no route to 192\.168\.1\.2\)/m,
        );
        assert.match(
            parted,
            /^\? check ns1-dev → 192\.168\.2\.2: expects a reply with ttl 63, and would get none \(the way back: ns2-dev has no route/m,
        );
        assert.match(parted, /^ {2}ns2-dev → ns1-dev: reply → unreachable \(ns2-dev has no route to 192\.168\.1\.2\)/m);
        assert.match(parted, /^ {2}3 pairs as before, 3 of them with a reply; interrupted on the way: none$/m);
        await lab.edit(`if (Math.random() > 1) ${route}`, route);
        await lab.edit('name: "veth-ns1"', 'name: "veth-one"');
        const interrupted = (await shown()).join("\n");
        assert.match(interrupted, /^ {2}6 pairs as before, 6 of them with a reply; interrupted on the way: 5$/m);
        assert.match(interrupted, /^ {2}interrupted: (ns1-dev → ns2-dev) {3}\(192\.168\.2\.2\)$/m);
        await lab.edit('name: "veth-one"', 'name: "veth-ns1"');
    });

    it("shows what is made anew, and with what", async () => {
        await lab.edit('new linuxnet.Namespace("ns2")', 'new linuxnet.Namespace("ns2", { name: "other" })');
        const lines = await shown();
        assert.ok(lines.includes("± namespace other: name ns2-dev → other, made anew   (ns2)"), lines.join("\n"));
        assert.ok(lines.includes("± other: veth-ns2 namespace ns2-dev → other, made anew   (link2)"), lines.join("\n"));
        await lab.edit('new linuxnet.Namespace("ns2", { name: "other" })', 'new linuxnet.Namespace("ns2")');
    });

    it("tells a mistake as the check has it, and ends with 1", async () => {
        await lab.edit('"192.168.1.1/24"', '"192.168.1.1/33"');
        await assert.rejects(shown(), /preview .*\(1\): error: link1: right\.addresses: given "192\.168\.1\.1\/33"\n/);
        await lab.edit('"192.168.1.1/33"', '"192.168.1.1/24"');
    });

    it("puts like changes together, counted", async () => {
        const program = await lab.read();
        await lab.write(STAR);
        const lines = await shown();
        assert.ok(lines.length < 25, lines.join("\n"));
        assert.ok(lines.includes("+ 60 × namespace h{1..60}-dev   (h{1..60})"), lines.join("\n"));
        await lab.write(program);
    });
});
