import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sudoersLine } from "../../provider/host/sudo";
import { assertNoConnections } from "../support/connections";
import type { Outcome } from "../support/kernel";
import { useLab } from "../support/lab";
import { atTerminal, type LinuxnetOptions, linuxnet } from "../support/linuxnet";
import { useMachines } from "../support/machines";
import { assertSucceeded } from "./every-example";

const program = `import * as linuxnet from "pulumi-linuxnet";
const sim = new linuxnet.SimulatedHost("sim");
for (const [at, host] of [["left", "left"], ["right", "right"], ["sim", sim]] as const) {
    const namespace = new linuxnet.Namespace(\`\${at}-ns\`, { host, name: "ns1" });
    new linuxnet.VethPair(\`\${at}-link\`, {
        left: { namespace, name: "inside", addresses: ["192.168.1.2/24"] },
        right: { host, name: "outside", addresses: ["192.168.1.1/24"] },
    });
    new linuxnet.Reachability(\`\${at}-check\`, { from: namespace, to: "192.168.1.1" });
}
`;

const HOSTS = ["left", "right", "sim"] as const;

describe("a lab that is deployed by ssh, by sudo and on a simulated host", () => {
    const lab = useLab("two-hosts", { stack: "dev" });
    const machines = useMachines({
        left: { address: "10.9.0.15/24" },
        right: {
            address: "10.9.0.16/24",
            users: [{ name: "carol", sudo: sudoersLine("carol") }],
            without: ["tcpdump"],
        },
    });
    const run = (words: readonly string[], options?: LinuxnetOptions): Promise<Outcome> =>
        linuxnet(lab, words, options);

    async function assertRuns(words: readonly string[], options?: LinuxnetOptions): Promise<string> {
        const { code, stdout, stderr } = await run(words, options);
        assert.equal(code, 0, stdout + stderr);
        return stdout;
    }

    /** Something crosses left's link while something else is done. */
    async function withTraffic<T>(work: () => Promise<T>): Promise<T> {
        const { pid } = machines.get("left");
        const words = ["--target", String(pid), "--net", "--mount", "--pid", "--", "ip", "netns", "exec", "ns1"];
        const script = "ping -q -i 0.02 -s 1000 192.168.1.1 & read -r line; kill $!";
        const ping = spawn("nsenter", [...words, "sh", "-c", script], { stdio: ["pipe", "ignore", "ignore"] });
        const ended = once(ping, "close");
        try {
            return await work();
        } finally {
            ping.stdin.end();
            await ended;
        }
    }

    before("deploy", async () => {
        await lab.write(program);
        for (const { name, address } of machines.all) {
            const user = name === "right" ? "carol" : "root";
            const { identityFile, knownHostsFile } = machines.client;
            const settings = { connection: `ssh://${user}@${address}`, identityFile, knownHostsFile };
            for (const [key, value] of Object.entries(settings))
                await lab.configure(`linuxnet:hosts.${name}.${key}`, value);
        }
        await lab.configure("linuxnet:hosts.right.sudo", "true");
        assertSucceeded(await lab.up());
    });

    it("runs commands there as root, with input, any words, and their ends", async () => {
        const script = "cat; id -u; echo 'two\nlines' \"$1\"; ls /sys/class/net; exit 7";
        for (const host of HOSTS) {
            const words = ["exec", `${host}-ns`, "--", "sh", "-c", script, "sh", "it's $HOME"];
            const { code, stdout, stderr } = await run(words, { input: "typed\n" });
            assert.equal(code, 7, `${host}: ${stdout}${stderr}`);
            assert.equal(stdout, "typed\n0\ntwo\nlines it's $HOME\ninside\nlo\n", host);
        }
        assert.equal(await assertRuns(["exec", "right", "hostname"]), "right\n");
        assert.match(await assertRuns(["exec", "sim", "--", "ip", "-br", "-4", "addr"]), /^outside\S* +UP +192/m);
        assert.match(await assertRuns(["exec", "ns1@left", "--", "ip", "-br", "-4", "addr"]), /^inside\S* +UP +192/m);
    });

    it("passes a signal on to there", async () => {
        const script = 'trap "echo ended; exit 3" TERM; echo begun; while :; do sleep 0.1; done';
        const behind = '>"$OUT" & while ! grep -q begun "$OUT"; do sleep 0.1; done; kill -TERM $!; wait $!';
        for (const host of ["left-ns", "right-ns"]) {
            const file = join(lab.folder, `${host}.txt`);
            await writeFile(file, "");
            const words = ["exec", host, "--", "sh", "-c", script];
            const { code, stderr } = await run(words, { behind, environment: { OUT: file } });
            assert.equal(code, 3, stderr);
            assert.equal(await readFile(file, "utf8"), "begun\nended\n", host);
        }
    });

    it("has a shell at a terminal there", async () => {
        for (const [name, where] of [
            ["left", "left"],
            ["right-ns", "ns1 of right"],
            ["sim-ns", "ns1 of sim-dev"],
        ] as const) {
            const { text, code } = await atTerminal(lab, ["shell", name], {
                keys: "tty; stty size; ip -br -4 addr; exit 5\n",
                when: /\([^)\n]+\) .*[$#] $/,
                environment: { SHELL: "/bin/bash" }, // on this machine; over there it is the user's of there
            });
            assert.ok(text.includes(`(${where}) `), text);
            assert.match(text, /\/dev\/(pts\/\d+|tty)\n24 120\n/);
            assert.match(text, /^\S*side\S* +UP +192\.168\.1\./m);
            assert.equal(code, 5, text);
            assert.ok(text.endsWith("exit\n"), text);
        }
    });

    it("shows what stands there, and what somebody has changed", async () => {
        const before = await assertRuns(["inspect", "--exit-code"]);
        assert.match(
            before,
            /^left\n {3}outside +up +192\.168\.1\.1\/24 .*⟷ inside in ns1 of left +\(left-link\)\nns1 of left/m,
        );
        assert.match(before, /No drift: 7 resources as deployed\.\n$/);
        await machines.get("right").command(["ip", "-n", "ns1", "addr", "add", "192.168.1.9/24", "dev", "inside"]);
        const { code, stdout } = await run(["inspect", "right-ns", "--exit-code"]);
        assert.equal(code, 1);
        assert.match(stdout, /^ {2}! ns1 of right: inside 192\.168\.1\.9\/24 is not the program.s {3}\(right-link\)$/m);
    });

    it("pings again everywhere", async () => {
        const { results } = JSON.parse(await assertRuns(["check", "--format", "json"]));
        assert.deepEqual(
            results.map(({ name, from, got, outcome }: Record<string, unknown>) => [name, from, got, outcome]),
            [
                ["left-check", "ns1 of left", "reply, ttl 64", "ok"],
                ["right-check", "ns1 of right", "reply, ttl 64", "ok"],
                ["sim-check", "ns1 of sim-dev", "reply, ttl 64", "ok"],
            ],
        );
    });

    it("captures packets there, for programs and for people", async () => {
        await withTraffic(async () => {
            const words = ["capture", "left-ns", "left-link", "-c", "4", "icmp"];
            const text = await assertRuns(words, { behind: "| tcpdump -n -r -" });
            assert.equal(text.match(/ICMP echo re(quest|ply)/g)?.length, 4, text);
            const shown = await atTerminal(lab, ["capture", "left", "any"], {
                keys: "\x03",
                when: /ICMP echo request/,
            });
            assert.match(shown.text, /IP 192\.168\.1\.2 > 192\.168\.1\.1: ICMP echo request/);
            assert.equal(shown.code, 0, shown.text);
        });
        // What was started there is over.
        assert.equal((await machines.get("left").run(["pgrep", "tcpdump"])).stdout, "");
    });

    it("says what is missing where nothing can be captured", async () => {
        const device = await run(["capture", "sim-ns", "eth0"]);
        assert.equal(device.code, 2);
        assert.match(device.stderr, /there is no device eth0 in ns1 of sim-dev\. There is lo, inside, any\./);
        const { code, stderr } = await run(["capture", "right-ns", "inside"]);
        assert.equal(code, 1);
        assert.match(stderr, /host right has no tcpdump: install Debian's tcpdump there/);
    });

    it("shows what crosses each device, the busiest first", async () => {
        await withTraffic(async () => {
            const [line = "", ...rest] = (await assertRuns(["top", "--json", "--count", "2"])).trim().split("\n");
            assert.equal(rest.length, 1);
            const { devices } = JSON.parse(line);
            assert.equal(devices.length, 6);
            const [first, second, third] = devices;
            assert.deepEqual([first.device, second.device].toSorted(), ["inside", "outside"]);
            assert.ok([first, second].every(({ place }) => place.endsWith("left")));
            assert.ok(first.sentBitsPerSecond > 10_000 && first.receivedPacketsPerSecond > 1, line);
            // But for what IPv6 tells its neighbours now and then.
            assert.ok(third.receivedBitsPerSecond < first.sentBitsPerSecond / 10, line);
            const { text, code } = await atTerminal(lab, ["top"], { keys: "q", when: /ns1 of left +inside/ });
            assert.equal(code, 0, text);
            assert.match(text, /PLACE +DEVICE +RX bit\/s/);
            // The screen is given back, with its cursor.
            assert.ok(text.endsWith("\x1b[?25h\x1b[?1049l"), JSON.stringify(text.slice(-80)));
        });
    });

    it("says which host was not seen", async () => {
        await lab.configure("linuxnet:hosts.right.identityFile", machines.client.wrongIdentityFile);
        const { code, stdout } = await run(["inspect"]);
        await lab.configure("linuxnet:hosts.right.identityFile", machines.client.identityFile);
        assert.equal(code, 1);
        assert.match(stdout, /^ns1 of right {3}\(right-ns\) {3}was not seen$/m);
        assert.match(stdout, /^Not seen: host right \(10\.9\.0\.16\) cannot be reached: it does not accept our key$/m);
        assert.match(stdout, /^ns1 of left/m);
    });

    it("holds nobody up: it is destroyed as if nobody had looked", async () => {
        assertSucceeded(await lab.destroy());
        await assertNoConnections();
    });
});
