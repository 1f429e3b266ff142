import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { listCommands, withCommandLog } from "../support/commands";
import { command, ip, type Outcome, writeSetting } from "../support/kernel";
import { useLab } from "../support/lab";
import { atTerminal, type LinuxnetOptions, linuxnet } from "../support/linuxnet";
import { assertSucceeded } from "./every-example";

const lines = ({ stdout }: Outcome): string[] => stdout.trimEnd().split("\n");
const MAC = "02(?::[0-9a-f]{2}){5}";

describe("a lab that is deployed", () => {
    const lab = useLab("router", { stack: "dev" });
    const run = (words: readonly string[], options?: LinuxnetOptions): Promise<Outcome> =>
        linuxnet(lab, words, options);

    async function assertRuns(words: readonly string[], options?: LinuxnetOptions): Promise<Outcome> {
        const outcome = await run(words, options);
        assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr);
        return outcome;
    }

    it("is there for none of these commands before it is", async () => {
        const { code, stderr } = await run(["inspect"]);
        assert.equal(code, 1);
        assert.equal(stderr, "Nothing is deployed in the stack dev: linuxnet up deploys it.\n");
        assertSucceeded(await lab.up());
    });

    describe("linuxnet inspect", () => {
        it("shows what stands, and changes nothing", async () => {
            const { result, mutating } = await withCommandLog(() => assertRuns(["inspect", "--exit-code"]));
            assert.equal(listCommands(mutating), "");
            const text = result.stdout.replace(new RegExp(MAC, "g"), "MAC").replace(/ +/g, " ");
            assert.deepEqual(text.trimEnd().split("\n"), [
                " DEVICE STATE ADDRESSES MAC MTU PEER, BRIDGE RESOURCE",
                "ns-router-dev (ns-router)",
                " veth-ns1-router up 192.168.1.1/24 MAC 1500 ⟷ veth-ns1 in ns1-dev (link1)",
                " veth-ns2-router up 192.168.2.1/24 MAC 1500 ⟷ veth-ns2 in ns2-dev (link2)",
                " forwards IPv4",
                "ns1-dev (ns1)",
                " veth-ns1 up 192.168.1.2/24 MAC 1500 ⟷ veth-ns1-router in ns-router-dev (link1)",
                " route 192.168.2.0/24 via 192.168.1.1 dev veth-ns1 (to-ns2)",
                "ns2-dev (ns2)",
                " veth-ns2 up 192.168.2.2/24 MAC 1500 ⟷ veth-ns2-router in ns-router-dev (link2)",
                " route 192.168.1.0/24 via 192.168.2.1 dev veth-ns2 (to-ns1)",
                "",
                "No drift: 8 resources as deployed.",
            ]);
        });

        it("marks what somebody has changed, in words and in colour, and says what that is", async () => {
            await ip("-n", "ns-router-dev", "link", "set", "veth-ns1-router", "down");
            await ip("-n", "ns2-dev", "route", "del", "192.168.1.0/24");
            await ip("-n", "ns1-dev", "link", "add", "foreign0", "type", "bridge");
            await ip("-n", "ns1-dev", "addr", "add", "10.77.0.1/24", "dev", "veth-ns1");
            await writeSetting("net.ipv4.ip_forward", "0", "ns-router-dev");
            const { code, stdout } = await run(["inspect", "--exit-code"]);
            assert.equal(code, 1);
            assert.match(stdout, /^! {2}veth-ns1-router +down /m);
            assert.match(stdout, /^! {2}veth-ns1 +no-carrier /m);
            assert.match(stdout, /^! {2}does not forward IPv4$/m);
            assert.match(
                stdout,
                /^! {2}route 192\.168\.1\.0\/24 via 192\.168\.2\.1 dev veth-ns2 is gone {3}\(to-ns1\)$/m,
            );
            assert.match(stdout, /^ {3}foreign0 +down .*not of this lab$/m);
            assert.deepEqual(stdout.trimEnd().split("\n").slice(-6), [
                "Drift, as it stands → as it was deployed:",
                "  ! ns-router-dev: forwarding IPv4 off → on   (forwarding)",
                "  ! ns1-dev: veth-ns1 10.77.0.1/24 is not the program's   (link1)",
                "  ! ns-router-dev: veth-ns1-router down → up   (link1)",
                "  ! ns2-dev: route 192.168.1.0/24 via 192.168.2.1 dev veth-ns2 is gone   (to-ns1)",
                "3 resources of 8 drifted: linuxnet up repairs what its program still has.",
            ]);
            const coloured = await run(["inspect", "ns-router"], { environment: { FORCE_COLOR: "1" } });
            assert.equal(coloured.code, 0, coloured.stderr);
            // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's
            assert.match(coloured.stdout, /^\x1b\[31m! {2}veth-ns1-router +down .*\x1b\[39m$/m);
            assert.doesNotMatch(coloured.stdout, /ns2-dev \(|to-ns1/);
        });

        it("says the same to programs", async () => {
            const { stdout } = await assertRuns(["inspect", "ns1", "ns2-dev", "--json"]);
            const { project, stack, places, drift } = JSON.parse(stdout);
            assert.deepEqual([project, stack], ["router", "dev"]);
            assert.deepEqual(
                places.map(({ name, host, resource }: Record<string, unknown>) => [name, host, resource]),
                [
                    ["ns1-dev", "local", "ns1"],
                    ["ns2-dev", "local", "ns2"],
                ],
            );
            const [foreign, own] = places[0].devices;
            assert.deepEqual([foreign.name, foreign.resource], ["foreign0", undefined]);
            assert.deepEqual(own.peer, { place: "ns-router-dev", device: "veth-ns1-router" });
            assert.deepEqual(
                drift.map((one: Record<string, unknown>) => [one["resource"], one["standing"]]),
                [
                    ["link1", "changed"],
                    ["to-ns1", "gone"],
                ],
            );
        });

        it("tells of no drift again when it is repaired", async () => {
            await ip("-n", "ns1-dev", "link", "del", "foreign0");
            assertSucceeded(await lab.up());
            await assertRuns(["inspect", "--exit-code"]);
        });
    });

    describe("linuxnet exec", () => {
        it("runs a command in there, from the folder of who calls, with his input", async () => {
            const outcome = await assertRuns(
                ["exec", "ns1", "--", "sh", "-c", "cat; pwd; ls /sys/class/net; ip -br -4 addr"],
                {
                    input: "typed\n",
                },
            );
            assert.deepEqual(lines(outcome).slice(0, 4), ["typed", lab.folder, "lo", "veth-ns1"]);
            assert.match(outcome.stdout, /^veth-ns1@\S+ +UP +192\.168\.1\.2\/24 $/m);
        });

        it("ends as the command ends", async () => {
            const codes = [["true"], ["sh", "-c", "exit 7"], ["no-such-command"], ["sh", "-c", "kill -KILL $$"]];
            const ends = await Promise.all(codes.map((words) => run(["exec", "ns1-dev", ...words])));
            assert.deepEqual(
                ends.map(({ code }) => code),
                [0, 7, 127, 137],
            );
        });

        it("passes a signal on", async () => {
            const script = 'trap "echo ended; exit 3" TERM; echo begun; while :; do sleep 0.1; done';
            const behind = '>"$OUT" & while ! grep -q begun "$OUT"; do sleep 0.1; done; kill -TERM $!; wait $!';
            const file = join(lab.folder, "signal.txt");
            await writeFile(file, "");
            const { code } = await run(["exec", "ns1", "--", "sh", "-c", script], {
                behind,
                environment: { OUT: file },
            });
            assert.equal(code, 3);
            assert.equal(await readFile(file, "utf8"), "begun\nended\n");
        });

        it("has the files of /etc/netns", async () => {
            await mkdir("/etc/netns/ns1-dev", { recursive: true });
            await writeFile("/etc/netns/ns1-dev/hosts", "192.168.2.2 far.lab\n");
            const outcome = await assertRuns(["exec", "ns1", "--", "ping", "-c", "1", "far.lab"]);
            await rm("/etc/netns", { recursive: true });
            assert.match(outcome.stdout, /from far\.lab \(192\.168\.2\.2\): icmp_seq=1 ttl=63/);
        });

        it("names what there is to whoever asks for something else", async () => {
            const { code, stderr } = await run(["exec", "ns3", "true"]);
            assert.equal(code, 2);
            assert.match(
                stderr,
                /there is no ns3 in this lab\. Did you mean ns1\? There is host, ns-router, ns1, ns2\.$/m,
            );
            assert.equal((await run(["exec", "ns1"])).code, 2);
        });
    });

    describe("linuxnet shell", () => {
        it("says in its prompt where one is, and ends as the shell ends", async () => {
            for (const shell of ["/bin/bash", "/bin/sh"]) {
                const { text, code } = await atTerminal(lab, ["shell", "ns2"], {
                    keys: "ip -br -4 addr; exit 5\n",
                    when: /[$#] $/,
                    environment: { SHELL: shell },
                });
                assert.match(text, /\(ns2-dev\) /, shell);
                assert.match(text, /^veth-ns2@\S+ +UP +192\.168\.2\.2\/24/m, shell);
                assert.equal(code, 5, text);
            }
        });

        it("reads its commands from a pipe", async () => {
            const outcome = await run(["shell", "host"], { input: "ip netns list; exit 4\n" });
            assert.equal(outcome.code, 4);
            assert.deepEqual(outcome.stdout.match(/^\S+/gm)?.toSorted(), ["ns-router-dev", "ns1-dev", "ns2-dev"]);
        });
    });

    describe("linuxnet check", () => {
        it("pings again for all checks, and says what came of each", async () => {
            assert.deepEqual(lines(await assertRuns(["check"])).slice(0, 2), [
                "ns1-dev → 192.168.2.2  expected reply with ttl 63  got reply, ttl 63  ok  (ns1-reaches-ns2)",
                "ns2-dev → 192.168.1.2  expected reply with ttl 63  got reply, ttl 63  ok  (ns2-reaches-ns1)",
            ]);
            const { stdout } = await assertRuns(["check", "ns2-reaches-ns1", "--format", "tap"]);
            assert.equal(stdout, "TAP version 14\n1..1\nok 1 - ns2-reaches-ns1: ns2-dev → 192.168.1.2\n");
        });

        it("ends with 1 where one fails, or cannot be run, and says so to the CI as well", async () => {
            await writeSetting("net.ipv4.ip_forward", "0", "ns-router-dev");
            await ip("netns", "del", "ns2-dev");
            const file = join(lab.folder, "checks.xml");
            const { code, stdout, stderr } = await run(["check", "--format", "junit", "--output", file]);
            assert.equal(code, 1);
            assert.equal(stdout, "");
            assert.match(stderr, /^0 of 2 checks as expected, in \d+\.\d s\.\n$/);
            await command(["xmllint", "--noout", file]);
            const ask = async (path: string): Promise<string> =>
                (await command(["xmllint", "--xpath", `string(${path})`, file])).trim();
            assert.equal(await ask("/testsuites/testsuite/@name"), "router/dev");
            assert.equal(await ask("/testsuites/@tests"), "2");
            assert.match(await ask("//testcase[1]/failure/@message"), /^expected reply with ttl 63, got no answer$/);
            assert.match(
                await ask("//testcase[1]/failure"),
                /look at: namespace ns2-dev is gone: linuxnet up makes it again \(ns2\)$/m,
            );
            assert.match(await ask("//testcase[2]/error"), /ping did not run: nsenter: cannot open .*ns2-dev/);
            assertSucceeded(await lab.up());
        });

        it("says what of the lab is not as it was deployed, and in the way", async () => {
            const lookAt = async (): Promise<string | undefined> => {
                const { code, stdout } = await run(["check", "ns1-reaches-ns2"]);
                assert.equal(code, 1, stdout);
                return /look at: (.*)$/m.exec(stdout)?.[1];
            };
            await writeSetting("net.ipv4.ip_forward", "0", "ns-router-dev");
            assert.equal(
                await lookAt(),
                "ns-router-dev does not forward IPv4: linuxnet up puts that right (forwarding)",
            );
            await ip("-n", "ns1-dev", "link", "set", "veth-ns1", "down");
            assert.equal(await lookAt(), "veth-ns1 in ns1-dev is down: linuxnet up puts that right (link1)");
            assertSucceeded(await lab.up());
            await ip("-n", "ns1-dev", "route", "del", "192.168.2.0/24");
            assert.equal(
                await lookAt(),
                "ns1-dev: route 192.168.2.0/24 via 192.168.1.1 dev veth-ns1 is gone: linuxnet up makes it again (to-ns2)",
            );
            await ip("-n", "ns2-dev", "link", "del", "veth-ns2");
            assert.match((await lookAt()) ?? "", /veth-ns2-router .* is gone: linuxnet up makes it again \(link2\)$/);
            assertSucceeded(await lab.up());
            await writeSetting("net.ipv4.conf.veth-ns1-router.forwarding", "0", "ns-router-dev");
            assert.equal(
                await lookAt(),
                "ns-router-dev does not forward IPv4 of veth-ns1-router: linuxnet up puts that right (forwarding)",
            );
            assertSucceeded(await lab.up());
        });

        it("does not promise what an up would refuse: somebody's route in the place of ours", async () => {
            await ip("-n", "ns1-dev", "route", "replace", "unreachable", "192.168.2.0/24");
            const { stdout } = await run(["check", "ns1-reaches-ns2"]);
            const route = "ns1-dev: route 192.168.2.0/24 via 192.168.1.1 dev veth-ns1";
            const theirs = 'a route "unreachable 192.168.2.0/24 proto 3" in namespace ns1-dev';
            const cause = `${route} is gone; there is ${theirs}: linuxnet did not create it: linuxnet up makes it again when that is removed (to-ns2)`;
            assert.ok(stdout.includes(`look at: ${cause}`), stdout);
            await ip("-n", "ns1-dev", "route", "del", "unreachable", "192.168.2.0/24");
            assertSucceeded(await lab.up());
        });

        it("refuses what is no check", async () => {
            const { code, stderr } = await run(["check", "nothing"]);
            assert.equal(code, 2);
            assert.match(
                stderr,
                /there is no check nothing in this lab\. There is ns1-reaches-ns2, ns2-reaches-ns1\.$/m,
            );
        });
    });
});
