import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { assertUninterrupted, backgroundPing, carrierChanges } from "../support/background-ping";
import { features, hasFeature } from "../support/features";
import { command, ip, run, writeSetting } from "../support/kernel";
import { type Folders, leftBehind, lookAround } from "../support/leftovers";
import { assertNoReply, assertReply, assertUnreachable, ping } from "../support/ping";
import { makePlace, removePlace, usePlace, withPlace } from "../support/place";
import { snapshotText, takeSnapshot } from "../support/snapshot";
import { assertRestored, assertSame, diffSnapshots, takeSettledSnapshot } from "../support/snapshot-difference";

/** The checks that find leftovers and differences have to be able to fail. */
describe("the suite's own instruments", () => {
    describe("what is left behind", () => {
        const leftovers: readonly {
            what: string;
            leave: () => Promise<unknown>;
            remove: () => Promise<unknown>;
            line: RegExp;
        }[] = [
            {
                what: "a link",
                leave: () => ip("link", "add", "name", "left0", "type", "bridge"),
                remove: () => ip("link", "del", "dev", "left0"),
                line: /^\+ host link left0:/,
            },
            {
                what: "a namespace",
                leave: () => ip("netns", "add", "left"),
                remove: () => ip("netns", "del", "left"),
                line: /^\+ namespace left$/,
            },
            {
                what: "an address",
                leave: () => ip("address", "add", "10.9.9.9/32", "dev", "lo"),
                remove: () => ip("address", "del", "10.9.9.9/32", "dev", "lo"),
                line: /^\+ host address lo .*10\.9\.9\.9/,
            },
            {
                what: "a route in a table of its own",
                leave: () => ip("route", "add", "blackhole", "10.9.0.0/16", "table", "77"),
                remove: () => ip("route", "del", "blackhole", "10.9.0.0/16", "table", "77"),
                line: /^\+ host route .*10\.9\.0\.0\/16.* table 77/,
            },
            {
                what: "an IPv6 route",
                leave: () => ip("route", "add", "unreachable", "fd09::/64"),
                remove: () => ip("route", "del", "unreachable", "fd09::/64"),
                line: /^\+ host route .*fd09::\/64/,
            },
            {
                what: "a rule",
                leave: () => ip("rule", "add", "from", "10.9.0.0/16", "lookup", "77"),
                remove: () => ip("rule", "del", "from", "10.9.0.0/16", "lookup", "77"),
                line: /^\+ host rule .*10\.9\.0\.0/,
            },
            {
                what: "an IPv6 rule",
                leave: () => ip("-6", "rule", "add", "from", "fd09::/64", "lookup", "77"),
                remove: () => ip("-6", "rule", "del", "from", "fd09::/64", "lookup", "77"),
                line: /^\+ host rule -6 .*fd09::/,
            },
            {
                what: "a setting",
                leave: () => writeSetting("net.ipv4.ip_default_ttl", "63"),
                remove: () => writeSetting("net.ipv4.ip_default_ttl", "64"),
                line: /^~ host setting ipv4\/ip_default_ttl: is 64 → 63$/,
            },
            {
                what: "a file below /run",
                leave: () => command(["sh", "-c", "mkdir -p /run/linuxnet && echo left > /run/linuxnet/left"]),
                remove: () => command(["rm", "-r", "/run/linuxnet"]),
                line: /^\+ file \/run\/linuxnet\/left: content "left/,
            },
            {
                what: "a stale file of a namespace",
                leave: () => writeFile("/run/netns/stale", ""),
                remove: () => rm("/run/netns/stale"),
                line: /^\+ file \/run\/netns\/stale/,
            },
            {
                what: "a file below /etc/sysctl.d",
                leave: () => writeFile("/etc/sysctl.d/90-left.conf", "net.ipv4.ip_forward = 1\n"),
                remove: () => rm("/etc/sysctl.d/90-left.conf"),
                line: /^\+ file \/etc\/sysctl\.d\/90-left\.conf: content "net\.ipv4\.ip_forward = 1/,
            },
            {
                what: "a mount",
                leave: () => command(["mount", "--bind", "/run/netns", "/run/netns"]),
                remove: () => command(["umount", "/run/netns"]),
                line: /^~ mount \/run\/netns: times 1 → 2$/,
            },
        ];
        const folders: Folders = { system: ["/run", "/etc/sysctl.d"], own: [] };

        for (const { what, leave, remove, line } of leftovers) {
            it(`tells of ${what}, and no longer when it is gone`, async () => {
                const before = await lookAround(folders);
                await leave();
                try {
                    const left = await leftBehind(before, folders, 0);
                    assert.equal(
                        left.length >= 1 && left.filter((found) => line.test(found)).length,
                        1,
                        left.join("\n"),
                    );
                } finally {
                    await remove();
                }
                assert.deepEqual(await leftBehind(before, folders), []);
            });
        }

        it("tells of a process", async () => {
            const before = await lookAround(folders);
            const child = spawn("sleep", ["1000"], { stdio: "ignore" });
            try {
                assert.deepEqual(await leftBehind(before, folders, 0), [`+ process ${child.pid} sleep 1000`]);
            } finally {
                child.kill("SIGKILL");
                await once(child, "close");
            }
            assert.deepEqual(await leftBehind(before, folders), []);
        });

        it("tells of a temporary folder, be it empty", async () => {
            const own: Folders = { system: [], own: [tmpdir()] };
            const before = await lookAround(own);
            const folder = await mkdtemp(join(tmpdir(), "left-"));
            try {
                assert.deepEqual(await leftBehind(before, own, 0), [`+ folder ${folder}`]);
            } finally {
                await rm(folder, { recursive: true });
            }
        });

        it("waits for what goes away by itself", async () => {
            const before = await lookAround(folders);
            const child = spawn("sleep", ["1"], { stdio: "ignore" });
            assert.notEqual(child.pid, undefined);
            assert.deepEqual(await leftBehind(before, folders), []);
        });
    });

    describe("a snapshot", () => {
        const place = usePlace("snapshot");

        beforeEach("a bridge and a pair that are up", async () => {
            for (const line of [
                "link add name br0 type bridge",
                "link add name left type veth peer name right",
                "address add 10.8.0.1/24 dev left",
                "link set dev br0 up",
                "link set dev right master br0",
                "link set dev left up",
                "link set dev right up",
            ]) {
                await ip("-n", place.name, ...line.split(" "));
            }
        });

        it("is the same to the byte as long as nothing is changed, once the network has come to rest", async () => {
            const settled = await takeSettledSnapshot();
            await run(["ping", "-n", "-c", "1", "-W", "1", "10.8.0.2"], { where: place.name });
            await sleep(1_500);
            const text = snapshotText(await takeSnapshot());
            assert.equal(text, snapshotText(settled));
            assert.match(text, new RegExp(`^${place.name} address left .*local fe80::`, "m"));
            assert.match(text, new RegExp(`^${place.name} link br0: `, "m"));
            assert.match(text, new RegExp(`^${place.name} setting ipv4/ip_forward: is 0$`, "m"));
        });

        const changes: readonly { change: string; line: RegExp }[] = [
            { change: "link set dev left mtu 1400", line: /^~ \S+ link left: .*mtu 1500 → 1400/ },
            { change: "link set dev left address 02:00:00:00:00:09", line: /^~ \S+ link left: address .* → 02:/ },
            { change: "link set dev right nomaster", line: /^~ \S+ link right: .*master br0 → \(absent\)/ },
            { change: "link set dev right alias mine", line: /^~ \S+ link right: ifalias \(absent\) → mine/ },
            { change: "link set dev right group 7", line: /^~ \S+ link right: group default → 7/ },
            { change: "link set dev left down", line: /^~ \S+ link left: .*flags/ },
            { change: "link set dev br0 type bridge stp_state 1", line: /^~ \S+ link br0: .*stp_state 0 → 1/ },
            { change: "link del dev left", line: /^- \S+ link left/ },
            { change: "address add 10.8.0.9/24 dev left", line: /^\+ \S+ address left .*10\.8\.0\.9/ },
            { change: "address del 10.8.0.1/24 dev left", line: /^- \S+ address left .*10\.8\.0\.1/ },
            {
                change: "route add 10.7.0.0/16 via 10.8.0.2",
                line: /^\+ \S+ route .*10\.7\.0\.0\/16 gateway 10\.8\.0\.2/,
            },
            { change: "route add 10.7.0.0/16 via 10.8.0.2 table 9", line: /^\+ \S+ route .* table 9/ },
            { change: "-6 route add default dev left", line: /^\+ \S+ route .*dst default dev left/ },
            { change: "rule add to 10.7.0.0/16 lookup 9", line: /^\+ \S+ rule .*10\.7\.0\.0/ },
            { change: "nexthop add id 5 blackhole", line: /^\+ \S+ nexthop id 5/ },
            {
                change: "neighbour add 10.8.0.2 lladdr 02:00:00:00:00:02 dev left nud permanent",
                line: /^\+ \S+ neighbour dst 10\.8\.0\.2/,
            },
        ];
        for (const { change, line } of changes) {
            it(`differs after ip ${change}`, async () => {
                const before = await takeSnapshot();
                await ip("-n", place.name, ...change.split(" "));
                const lines = diffSnapshots(before, await takeSnapshot());
                assert.ok(
                    lines.some((found) => line.test(found)),
                    `no line is ${line}:\n${lines.join("\n")}`,
                );
            });
        }

        it("differs after a setting of a namespace was changed", async () => {
            const before = await takeSnapshot();
            await writeSetting("net.ipv6.conf.left.forwarding", "1", place.name);
            const lines = diffSnapshots(before, await takeSnapshot());
            assert.ok(lines.includes(`~ ${place.name} setting ipv6/conf/left/forwarding: is 0 → 1`), lines.join("\n"));
        });

        it("differs after a forwarding entry was added", async () => {
            const before = await takeSnapshot();
            const entry = ["02:00:00:00:00:03", "dev", "right", "master", "static"];
            await command(["bridge", "-n", place.name, "fdb", "add", ...entry]);
            const lines = diffSnapshots(before, await takeSnapshot());
            assert.ok(
                lines.some((line) => /^\+ \S+ fdb mac 02:00:00:00:00:03 ifname right/.test(line)),
                lines.join("\n"),
            );
        });

        it("differs after a packet filter was added", async () => {
            const before = await takeSettledSnapshot();
            await command(["nft", "add", "table", "inet", "left"], { where: place.name });
            assert.deepEqual(diffSnapshots(before, await takeSnapshot()), [
                `+ ${place.name} filter table inet left {`,
                `+ ${place.name} filter }`,
            ]);
        });

        it("is not the same as another one", async () => {
            const before = await takeSnapshot();
            await ip("-n", place.name, "address", "add", "10.8.0.9/24", "dev", "left");
            const after = await takeSnapshot();
            assert.throws(() => assertSame(before, after), /the network is not what it was[\s\S]*\+ \S+ address left/);
            await assert.rejects(assertRestored(before, 0), /the network is not what it was/);
        });

        it("tells of a namespace in one line", async () => {
            const before = await takeSettledSnapshot();
            const other = await makePlace("other");
            assert.deepEqual(diffSnapshots(before, await takeSnapshot()), [`+ namespace ${other.name}`]);
            await removePlace(other);
            await assertRestored(before);
        });

        it("covers a namespace that is held by a file elsewhere", async () => {
            const before = await takeSettledSnapshot();
            await command(["sh", "-c", "touch /run/pinned && unshare --net=/run/pinned true"]);
            try {
                assert.deepEqual(diffSnapshots(before, await takeSnapshot()), ["+ namespace /run/pinned"]);
            } finally {
                await command(["sh", "-c", "umount /run/pinned && rm /run/pinned"]);
            }
        });
    });

    describe("ping", () => {
        const [left, right] = [usePlace("left"), usePlace("right")];

        beforeEach("a pair between two namespaces", async () => {
            await ip(
                ...`link add name veth netns ${left.name} type veth peer name veth netns ${right.name}`.split(" "),
            );
            for (const [{ name }, host] of [
                [left, "1"],
                [right, "2"],
            ] as const) {
                await ip(...`-n ${name} address add 10.8.0.${host}/24 dev veth`.split(" "));
                await ip(...`-n ${name} link set dev veth up`.split(" "));
            }
        });

        it("tells a reply and its ttl", async () => {
            assert.deepEqual(await ping(left.name, "10.8.0.2"), { kind: "reply", ttl: 64, from: "10.8.0.2" });
            assert.deepEqual(await ping(left.name, "::1"), { kind: "reply", ttl: 64, from: "::1" });
            assert.deepEqual(await ping(undefined, "127.0.0.1"), { kind: "reply", ttl: 64, from: "127.0.0.1" });
            await assert.rejects(assertReply(left.name, "10.8.0.2", 63), /another ttl/);
        });

        it("tells silence", async () => {
            assert.deepEqual(await ping(left.name, "10.8.0.9"), { kind: "no-reply" });
            await assert.rejects(assertReply(left.name, "10.8.0.9"), /a reply was expected/);
        });

        it("tells a refusal, by this machine or by another", async () => {
            const unreachable = { kind: "unreachable", text: "Network is unreachable" };
            assert.deepEqual(await ping(left.name, "10.9.0.1"), unreachable);
            assert.deepEqual(await ping(left.name, "fd09::1"), unreachable);
            await ip("-n", left.name, "route", "add", "10.9.0.0/16", "via", "10.8.0.2");
            await ip("-n", right.name, "route", "add", "unreachable", "10.9.0.0/16");
            await writeSetting("net.ipv4.ip_forward", "1", right.name);
            await assertUnreachable(left.name, "10.9.0.1", /Destination Host Unreachable/);
            await assert.rejects(assertNoReply(left.name, "10.9.0.1"), /silence was expected/);
        });

        it("tells a packet that is too big", async () => {
            await assertReply(left.name, "10.8.0.2", 64, { packetBytes: 1500, dontFragment: true });
            await assertUnreachable(left.name, "10.8.0.2", /too long/, { packetBytes: 1501, dontFragment: true });
            await assertReply(left.name, "10.8.0.2", 64, { packetBytes: 1501 });
        });

        it("does not take a missing namespace for an answer", async () => {
            await assert.rejects(ping("missing", "10.8.0.2"), /Cannot open network namespace/);
        });

        it("goes on in the background, and misses nothing as long as the path works", async () => {
            const before = await carrierChanges(left.name, "veth");
            const losses = await backgroundPing(left.name, "10.8.0.2", () => sleep(300));
            assert.ok(losses.sent > 15, `only ${losses.sent} packets were sent`);
            assertUninterrupted(losses);
            assert.equal(await carrierChanges(left.name, "veth"), before);
        });

        it("goes on in the background, and misses an address that is gone for a moment", async () => {
            const losses = await backgroundPing(left.name, "10.8.0.2", async () => {
                await ip("-n", right.name, "address", "del", "10.8.0.2/24", "dev", "veth");
                await sleep(50);
                await ip("-n", right.name, "address", "add", "10.8.0.2/24", "dev", "veth");
                await sleep(100);
            });
            assert.ok(losses.lost.length >= 3, `only ${losses.lost.length} packets were lost`);
            assert.throws(() => assertUninterrupted(losses), /some were lost/);
        });

        it("goes on in the background, and notices that the carrier was gone", async () => {
            const before = await carrierChanges(left.name, "veth");
            const losses = await backgroundPing(left.name, "10.8.0.2", async () => {
                await ip("-n", right.name, "link", "set", "dev", "veth", "down");
                await sleep(300);
                await ip("-n", right.name, "link", "set", "dev", "veth", "up");
                await sleep(200);
            });
            assert.throws(() => assertUninterrupted(losses), /no reply for|some were lost/);
            assert.equal(await carrierChanges(left.name, "veth"), before + 2);
        });

        it("does not begin in the background without a path", async () => {
            await assert.rejects(
                backgroundPing(left.name, "10.8.0.9", () => sleep(0)),
                /no reply to begin with/,
            );
        });
    });

    it("knows of each feature whether the kernel has it", async () => {
        const found = await Promise.all(features.map(hasFeature));
        assert.ok(found.includes(true), "no feature was found, not even policy routing");
    });

    describe("the count", () => {
        const runs: readonly { of: string; tests: string; last: RegExp; says?: RegExp }[] = [
            { of: "a pass", tests: "passes", last: /^2 passed, 0 failed$/ },
            { of: "a failure", tests: "fails", last: /^1 passed, 1 failed$/ },
            { of: "nothing", tests: "there is no such test", last: /^1 passed, [12] failed$/, says: /has no tests/ },
            { of: "no assertion", tests: "asserts nothing", last: /^1 passed, 1 failed$/, says: /asserts nothing/ },
            {
                of: "skips",
                tests: "is skipped",
                last: /^1 passed, 1 failed, 2 skipped$/,
                says: /for a reason: there is one\n.*with others: all of them are\n[\s\S]*skipped without a reason/,
            },
            {
                of: "leftovers",
                tests: "leaves",
                last: /^2 passed, 1 failed$/,
                says: /\+ host link left0[\s\S]*\+ process \d+ sleep 1000/,
            },
            { of: "an early end", tests: "passes|ends", last: /^2 passed, 1 failed$/, says: /did not run to its end/ },
        ];
        for (const { of, tests, last, says } of runs) {
            it(`is right for ${of}`, async () => {
                const file = "tests/support/suite/fixtures/every-way.test.ts";
                const argv = [process.execPath, "tests/run.mjs", "integration", "--", file, "-g", tests];
                const { code, stdout, stderr } = await run(argv, { folder: join(__dirname, "..", "..") });
                const lines = stdout.trimEnd().split("\n");
                assert.match(lines.at(-1) ?? "", last, stdout + stderr);
                assert.equal(code, / 0 failed/.test(lines.at(-1) ?? "") ? 0 : 1);
                if (says !== undefined) assert.match(stdout, says);
            });
        }
    });

    it("removes a place although the test has failed", async () => {
        const before = await takeSnapshot();
        await assert.rejects(
            withPlace(() => Promise.reject(new Error("failed"))),
            /^Error: failed$/,
        );
        await assertRestored(before);
    });
});
