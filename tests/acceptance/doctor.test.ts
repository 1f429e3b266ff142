import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command, type Outcome, run, writeSetting } from "../support/kernel";
import { useMachines } from "../support/machines";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";

const main = join(__dirname, "..", "..", "dist", "cli", "main.js");

interface Finding {
    readonly check: string;
    readonly status: string;
    readonly found: string;
    readonly remedy?: string;
}
interface Group {
    readonly title: string;
    readonly findings: readonly Finding[];
}

describe("linuxnet doctor", () => {
    const machines = useMachines({ left: { address: "10.9.0.15/24" } });
    let folder: string;

    const doctor = (args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Outcome> =>
        run([process.execPath, main, "doctor", ...args], { folder, environment: { ...process.env, ...environment } });

    /** What it tells a program: of each machine all findings, by what was looked at. */
    async function told(environment: NodeJS.ProcessEnv = {}): Promise<{ code: number; groups: readonly Group[] }> {
        const { code, stdout, stderr } = await doctor(["--json"], environment);
        assert.equal(stderr, "");
        const { ok, groups } = JSON.parse(stdout);
        assert.equal(ok, code === 0);
        return { code, groups };
    }

    const find = (groups: readonly Group[], title: RegExp, check: string): Finding | undefined =>
        groups.find((group) => title.test(group.title))?.findings.find((one) => one.check === check);

    async function settings(hosts: object): Promise<void> {
        await writeFile(
            join(folder, "Pulumi.yaml"),
            "name: doctor\nruntime: nodejs\nbackend: { url: 'file://./.state' }\n",
        );
        await writeFile(join(folder, "Pulumi.dev.yaml"), JSON.stringify({ config: { "linuxnet:hosts": hosts } }));
    }

    before(async () => {
        folder = await mkdtemp(join(tmpdir(), "doctor-"));
    });
    after(() => rm(folder, { recursive: true }));

    it("finds all that is needed, tells it line by line without colours, ends with 0, and changes nothing", async () => {
        const start = await takeSnapshot();
        const { code, stdout, stderr } = await doctor([]);
        assert.equal(code, 0, stdout);
        assert.equal(stderr, "");
        for (const check of [
            "Node",
            "Pulumi engine",
            "kernel",
            "network namespaces",
            "veth",
            "bridge",
            "vxlan",
            "iproute2",
        ])
            assert.match(stdout, new RegExp(`^ {2}ok {7}${check} {2,}\\S`, "m"));
        assert.ok(!stdout.includes("\u001b"));
        assert.match(stdout, /\nAll that is needed is there\./);
        await assertRestored(start);
    });

    it("warns of a firewall that drops what the host forwards, and of a strict rp_filter", async () => {
        assert.equal(find((await told()).groups, /^This machine$/, "firewall")?.status, "ok");
        await command(["nft", "add table ip doctor"]);
        await command(["nft", "add chain ip doctor forward { type filter hook forward priority 0; policy drop; }"]);
        await writeSetting("net.ipv4.conf.all.rp_filter", "1");
        const { code, groups } = await told();
        await command(["nft", "delete table ip doctor"]);
        await writeSetting("net.ipv4.conf.all.rp_filter", "0");
        assert.equal(code, 0, "a warning is no failure");
        const firewall = find(groups, /^This machine$/, "firewall");
        assert.equal(firewall?.status, "warning");
        assert.match(firewall?.found ?? "", /ip doctor forward/);
        assert.equal(find(groups, /^This machine$/, "rp_filter")?.status, "warning");
    });

    it("misses an engine that is nowhere, says how to get it, and ends with 1", async () => {
        const { code, groups } = await told({ PATH: "/usr/bin:/bin", PULUMI_HOME: folder, HOME: folder });
        assert.equal(code, 1);
        assert.deepEqual(find(groups, /^linuxnet$/, "Pulumi engine"), {
            check: "Pulumi engine",
            status: "missing",
            found: "not on PATH, nor in Pulumi's home",
            remedy: "npx linuxnet setup",
        });
    });

    it("looks the same way at the hosts that the stack reaches", async () => {
        const { address, name } = machines.get("left");
        const { identityFile, knownHostsFile } = machines.client;
        const files = { identityFile, knownHostsFile };
        await settings({ [name]: { connection: `ssh://root@${address}`, ...files } });
        const { code, groups } = await told();
        assert.equal(code, 0, JSON.stringify(groups));
        const [here, left] = [/^This machine$/, /^Host left, as the stack dev reaches it$/].map(
            (title) => groups.find((group) => title.test(group.title))?.findings ?? [],
        );
        assert.deepEqual(
            left?.map(({ check }) => check),
            here?.map(({ check }) => check),
        );
        assert.equal(find(groups, /^Host left/, "permission")?.found, "root");
    });

    it("says of a host that is not reached why, ends with 1, and looks at the others all the same", async () => {
        const { identityFile, knownHostsFile } = machines.client;
        const files = { identityFile, knownHostsFile };
        await settings({
            left: { connection: `ssh://root@${machines.get("left").address}`, ...files },
            right: { connection: "ssh://root@10.9.0.15:9", ...files },
        });
        const { code, groups } = await told();
        assert.equal(code, 1);
        assert.equal(find(groups, /^Host left/, "veth")?.status, "ok");
        assert.match(find(groups, /^Host right/, "connection")?.found ?? "", /cannot be reached/);
    });

    it("refuses hosts that are configured wrongly in the provider's own words", async () => {
        await settings({ left: { connection: "telnet://left" } });
        const { code, stderr } = await doctor([]);
        assert.equal(code, 1);
        assert.match(stderr, /linuxnet:hosts\.left\.connection: given "telnet:\/\/left"/);
    });
});
