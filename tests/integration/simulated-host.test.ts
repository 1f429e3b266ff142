import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { listCommands, withCommandLog } from "../support/commands";
import { command, ip, type Outcome, readSetting, run, type Where, writeSetting } from "../support/kernel";
import { readMounts } from "../support/namespaces";
import { assertNoReply, assertReply } from "../support/ping";
import { assertSettled, type Inputs, type KindName, type Resource, Stack, useStack } from "../support/provider";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored, assertSame, takeSettledSnapshot } from "../support/snapshot-difference";
import { killedAfter } from "./interruption";

/** Where hosts are: `folder("left")`, and one within it: `folder("left", "inner")`. */
const folder = (...hosts: readonly string[]): string =>
    `/run/linuxnet/${hosts.map((name) => `hosts/${name}`).join("/")}`;
const net = (...hosts: readonly string[]): string => `${folder(...hosts)}/net`;
const netns = (host: string, name: string): string => `${folder(host)}/netns/${name}`;

/** A question or a change, by plain `ip` in a namespace that a file holds. */
const at = (where: Where, words: string): Promise<string> => command(["ip", ...words.split(" ")], { where });

interface Shown {
    readonly ifname: string;
    readonly mtu: number;
    readonly operstate: string;
    readonly flags: readonly string[];
    readonly ifalias?: string;
    readonly addr_info: readonly { readonly local: string; readonly prefixlen: number; readonly scope: string }[];
}

/** All devices of a namespace, as `ip` shows them. */
const linksIn = async (where: Where): Promise<readonly Shown[]> => JSON.parse(await at(where, "-d -j address show"));
const namesIn = async (where: Where): Promise<string[]> => (await linksIn(where)).map(({ ifname }) => ifname).sort();

async function linkIn(where: Where, name: string): Promise<Shown> {
    const link = (await linksIn(where)).find(({ ifname }) => ifname === name);
    assert.ok(link, `there is no ${name} in ${where ?? "the host"}`);
    return link;
}
const addressesOf = async (where: Where, name: string): Promise<string[]> =>
    (await linkIn(where, name)).addr_info
        .filter(({ scope }) => scope === "global")
        .map(({ local, prefixlen }) => `${local}/${prefixlen}`);

const isThere = (path: string): Promise<boolean> =>
    stat(path).then(
        () => true,
        () => false,
    );

/** The mounts below /run/linuxnet, as the kernel lists them: `path net:[4026532281]`. */
async function pinned(): Promise<string[]> {
    const mounts = (await readMounts()).filter(({ path }) => path.startsWith("/run/linuxnet"));
    return mounts.map(({ path, root }) => `${path} ${root}`).sort();
}

/** Everything below the folder of our things: what it is, how long, when changed; and what it holds. */
async function files(): Promise<string> {
    const listed = await command(["find", "/run/linuxnet", "-printf", "%p %y %s %i %T@ %l\\n"]);
    const content = await command([
        "sh",
        "-c",
        "find /run/linuxnet -type f ! -size 0 -exec cat {} + 2>/dev/null; true",
    ]);
    return [...listed.split("\n").sort(), ...(await pinned()), content].join("\n");
}

/** Nothing of ours is left in the file system: no file, no folder, no mount. */
async function assertNoTrace(): Promise<void> {
    assert.equal(await isThere("/run/linuxnet"), false, await files().catch(String));
    assert.deepEqual(await pinned(), []);
}

/** What a change must leave alone, byte for byte. */
async function untouched(work: () => Promise<unknown>): Promise<void> {
    const [network, before] = [await takeSettledSnapshot(), await files()];
    await work();
    assertSame(network, await takeSnapshot());
    assert.equal(await files(), before);
}

const refuses = (work: Promise<unknown>, message: string | RegExp): Promise<void> =>
    assert.rejects(work, (error: Error) => {
        if (typeof message === "string") assert.equal(error.message, message);
        else assert.match(error.message, message);
        return true;
    });

/** A process that lives in a namespace; what it is called as, and its end. */
async function living(where: string): Promise<{ pid: number | undefined; end: () => Promise<void> }> {
    const child: ChildProcess = spawn("nsenter", [`--net=${where}`, "sleep", "60"], { stdio: "ignore" });
    const end = async (): Promise<void> => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const closed = new Promise((resolve) => child.on("close", resolve));
        child.kill("SIGKILL");
        await closed;
    };
    for (let tries = 0; ; tries++) {
        const program = await readFile(`/proc/${child.pid}/comm`, "utf8").catch(() => "");
        if (program.trim() === "sleep") return { pid: child.pid, end };
        assert.ok(tries < 200, "no process came to life");
        await sleep(10);
    }
}

/** A namespace that somebody pins by hand. */
const pinByHand = (file: string): Promise<string> =>
    command([
        "unshare",
        "-n",
        "sh",
        "-c",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
        'mkdir -p "${1%/*}"; : > "$1"; mount --bind /proc/$$/ns/net "$1"',
        "sh",
        file,
    ]);

/** The mounts of a host are gone, as after a boot of a machine that keeps its /run. */
const unmountAll = (): Promise<string> =>
    command([
        "sh",
        "-c",
        "awk '$5 ~ \"^/run/linuxnet/\" { print $5 }' /proc/self/mountinfo | sort -r | xargs -r umount",
    ]);

/** Somebody takes all of a host away. */
const removeByHand = async (name: string): Promise<void> => {
    await unmountAll();
    await command(["rm", "-rf", folder(name)]);
};

describe("SimulatedHost", () => {
    const stack = useStack();
    const host = (name: string, more: Inputs = {}) => stack.up("SimulatedHost", name, { name, ...more });
    const namespaceOf = (on: string, name: string) =>
        stack.up("Namespace", `${on}-${name}`, { name, host: `local/${on}` });
    /** A cable: `cable("link", "left", "right")` between hosts, `left/ns1` is a namespace of one, `/` the machine. */
    const end = (side: "left" | "right", place: string, more: Inputs): Inputs => {
        const [on, namespace] = place.split("/");
        const given = {
            name: `${side}0`,
            ...(on ? { host: `local/${on}` } : {}),
            ...(namespace ? { namespace } : {}),
            ...more,
        };
        return Object.fromEntries(
            Object.entries(given).map(([key, value]) => [
                `${side}${key.charAt(0).toUpperCase()}${key.slice(1)}`,
                value,
            ]),
        );
    };
    const cable = (name: string, left: string, right: string, more: { left?: Inputs; right?: Inputs } = {}) =>
        stack.up("VethPair", name, { ...end("left", left, more.left ?? {}), ...end("right", right, more.right ?? {}) });

    describe("by itself", () => {
        it("is a namespace of its own, lo up and tagged, without a process", async () => {
            const left = await host("left");
            const lo = await linkIn(net("left"), "lo");
            assert.ok(lo.flags.includes("UP"));
            assert.equal(lo.ifalias, "linuxnet:lab/test/left");
            assert.deepEqual(await namesIn(net("left")), ["lo"]);
            assert.equal(left.id, "left");
            assert.deepEqual((await readdir(folder("left"))).sort(), ["net", "netns", "records", "sysctl.d"]);
            const [mount = "", ...others] = await pinned();
            assert.match(mount, /^\/run\/linuxnet\/hosts\/left\/net net:\[\d+\]$/);
            assert.deepEqual(others, []);
            const own = (await command(["readlink", "/proc/self/ns/net"])).trim();
            assert.notEqual(mount.split(" ")[1], own);
            const processes = await command(["sh", "-c", "readlink /proc/[0-9]*/ns/net; true"]);
            assert.ok(!processes.includes(mount.split(" ")[1] ?? "?"), "a process keeps it alive");
            await assertReply(net("left"), "127.0.0.1", 64);
            await assertReply(net("left"), "::1", 64);
            await assertSettled(left);
        });

        it("is a matter of nothing the second time", async () => {
            const left = await host("left");
            await untouched(async () => {
                assert.equal(await left.up({ name: "left" }), "same");
                assert.deepEqual(await left.refresh(), []);
                await assertSettled(left);
            });
        });

        it("is gone without a trace when deleted, and again when it is gone already", async () => {
            const before = await takeSnapshot();
            const left = await host("left");
            await left.delete();
            await assertRestored(before);
            await assertNoTrace();
            const again = await host("left");
            await removeByHand("left");
            await again.delete();
            await assertRestored(before);
            await assertNoTrace();
        });

        it("takes along what it holds, records and settings too, before it is answered", async () => {
            const before = await takeSnapshot();
            const left = await host("left");
            for (const name of ["ns1", "net", "netns"]) await namespaceOf("left", name);
            await stack.up("Bridge", "br0", { host: "local/left", name: "br0", addresses: "10.1.0.1/24" });
            await stack.up("ForwardingSetting", "f", {
                host: "local/left",
                ipv4: true,
                persist: true,
            });
            await cable("one", "left/ns1", "/");
            await cable("two", "left", "/", { right: { name: "right1" } });
            assert.deepEqual(await namesIn(undefined), ["lo", "right0", "right1"]);
            await left.delete();
            assert.deepEqual(await namesIn(undefined), ["lo"]);
            await assertRestored(before);
            await assertNoTrace();
        });

        it("is replaced under another name", async () => {
            const left = await host("left");
            assert.equal(await left.up({ name: "right" }), "replace");
            assert.deepEqual(await readdir("/run/linuxnet/hosts"), ["right"]);
            await assertSettled(left);
        });

        it("can be made again at once, and again", async () => {
            const left = stack.resource("SimulatedHost", "left");
            for (let round = 0; round < 5; round++) {
                await left.up({ name: "left" });
                const pair = await cable("link", "left", "/");
                assert.deepEqual(await namesIn(net("left")), ["left0", "lo"]);
                await left.delete();
                assert.deepEqual(await pair.refresh(), ["gone"]);
            }
            await assertNoTrace();
        });

        it("may be called as the parts of its own folder", async () => {
            const before = await takeSnapshot();
            const names = ["net", "netns", "hosts", "records", "host", "sysctl.d", "local"];
            const made = [];
            for (const name of names) made.push(await host(name));
            for (const name of names) made.push(await namespaceOf(name, "netns"));
            assert.deepEqual((await readdir("/run/linuxnet/hosts")).sort(), [...names].sort());
            for (const name of names) assert.deepEqual(await namesIn(netns(name, "netns")), ["lo"]);
            await assertSettled(...made);
            for (const one of made.slice(0, names.length)) await one.delete();
            await assertRestored(before);
            await assertNoTrace();
        });
    });

    describe("is a machine", () => {
        it("with namespaces and devices of its own, of the same names on two and here", async () => {
            const before = await takeSnapshot();
            const made = [await host("left"), await host("right")];
            for (const on of ["left", "right"]) {
                made.push(await namespaceOf(on, "ns1"));
                const place = { host: `local/${on}` };
                made.push(await stack.up("Bridge", `${on}-br0`, { ...place, name: "br0", addresses: "10.0.0.1/24" }));
                const inside = { ...place, namespace: "ns1", name: "br0", addresses: "10.0.1.1/24" };
                made.push(await stack.up("Bridge", `${on}-ns1-br0`, inside));
            }
            made.push(await stack.up("Namespace", "ns1", { name: "ns1" }));
            made.push(await stack.up("Bridge", "br0", { name: "br0", addresses: "10.0.0.1/24" }));
            const places = [net("left"), net("right"), undefined];
            for (const place of places) assert.deepEqual(await addressesOf(place, "br0"), ["10.0.0.1/24"]);
            for (const on of ["left", "right"])
                assert.deepEqual(await addressesOf(netns(on, "ns1"), "br0"), ["10.0.1.1/24"]);
            assert.deepEqual(await namesIn("/run/netns/ns1"), ["lo"]);
            const files = ["left", "right"].flatMap((on) => [net(on), netns(on, "ns1")]);
            const inodes = await Promise.all([...files, "/run/netns/ns1"].map(async (file) => (await stat(file)).ino));
            assert.equal(new Set(inodes).size, 5);
            assert.deepEqual((await readdir("/run/netns")).sort(), ["ns1"]);
            await assertSettled(...made);
            for (const one of made.reverse()) await one.delete();
            await assertRestored(before);
            await assertNoTrace();
        });

        it("that forwards, or not, as it likes, and keeps that in a folder of its own", async () => {
            await writeFile("/etc/sysctl.d/90-theirs.conf", "net.ipv4.ip_forward = 0\n");
            const before = await takeSnapshot();
            const left = await host("left");
            await host("right");
            const whole = await takeSnapshot();
            const inputs = { host: "local/left", ipv4: true, ipv6: true, persist: true };
            const setting = await stack.up("ForwardingSetting", "forwarding", inputs);
            const forwards = (where: Where) =>
                Promise.all(
                    ["net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"].map((key) => readSetting(key, where)),
                );
            assert.deepEqual(await forwards(net("left")), ["1", "1"]);
            assert.deepEqual(await forwards(net("right")), ["0", "0"]);
            assert.deepEqual(await forwards(undefined), ["0", "0"]);
            const kept = `${folder("left")}/sysctl.d`;
            const [file = "", ...others] = await readdir(kept);
            assert.match(file, /^90-lab-[0-9a-f]{8}\.conf$/);
            assert.deepEqual(others, []);
            assert.deepEqual((await readFile(`${kept}/${file}`, "utf8")).trim().split("\n").slice(1), [
                "net.ipv4.ip_forward = 1",
                "net.ipv6.conf.all.forwarding = 1",
                "net.ipv6.conf.default.forwarding = 1",
            ]);
            assert.deepEqual(
                (await readdir("/etc/sysctl.d")).filter((name) => name.startsWith("90-")),
                ["90-theirs.conf"],
            );
            assert.deepEqual(await readdir(`${folder("right")}/sysctl.d`), []);
            await assertSettled(setting);
            await command(["rm", `${kept}/${file}`]);
            await writeSetting("net.ipv4.ip_forward", "0", net("left"));
            assert.deepEqual(await setting.refresh(), ["ipv4: true → false", "persist: true → false"]);
            await setting.up(inputs);
            assert.deepEqual(await forwards(net("left")), ["1", "1"]);
            assert.deepEqual(await readdir(kept), [file]);
            await setting.delete();
            assert.deepEqual(await readdir(kept).catch(() => []), []);
            await assertRestored(whole);
            assert.deepEqual(await left.refresh(), []);
            await left.delete();
            await stack.destroy();
            await assertRestored(before);
        });

        it("whose settings of a namespace are no other's", async () => {
            for (const on of ["left", "right"]) {
                await host(on);
                await namespaceOf(on, "ns1");
            }
            const place = { host: "local/left", namespace: "ns1" };
            const setting = await stack.up("ForwardingSetting", "forwarding", { ...place, ipv4: true });
            assert.equal(await readSetting("net.ipv4.ip_forward", netns("left", "ns1")), "1");
            for (const where of [net("left"), netns("right", "ns1"), undefined]) {
                assert.equal(await readSetting("net.ipv4.ip_forward", where), "0");
            }
            await assertSettled(setting);
        });

        it("whose namespaces come and go", async () => {
            await host("left");
            const before = await takeSnapshot();
            const kept = await pinned();
            const ns1 = await namespaceOf("left", "ns1");
            assert.equal(ns1.id, "ns1@left");
            assert.equal((await linkIn(netns("left", "ns1"), "lo")).ifalias, "linuxnet:lab/test/left-ns1");
            const pair = await cable("link", "left", "left/ns1");
            await assertSettled(ns1, pair);
            await untouched(() =>
                refuses(
                    stack.up("Namespace", "again", { name: "ns1", host: "local/left" }),
                    /"left-ns1" has it already/,
                ),
            );
            await ns1.delete();
            assert.deepEqual(await namesIn(net("left")), ["lo"]);
            assert.deepEqual(await pair.refresh(), ["gone"]);
            assert.deepEqual(await readdir(`${folder("left")}/netns`), []);
            assert.deepEqual(await pinned(), kept);
            await assertRestored(before);
        });

        for (const [what, harm, shows] of [
            ["it was removed", (file: string) => command(["sh", "-c", `umount ${file} && rm ${file}`]), "gone"],
            ["its mount went", (file: string) => command(["umount", file]), "gone"],
            ["its lo was set down", (file: string) => at(file, "link set dev lo down"), "loopback: (absent) → down"],
        ] as const) {
            it(`whose namespace is repaired after ${what}`, async () => {
                await host("left");
                const ns1 = await namespaceOf("left", "ns1");
                const whole = await takeSnapshot();
                await harm(netns("left", "ns1"));
                assert.deepEqual(await ns1.refresh(), [shows]);
                await ns1.up({ name: "ns1", host: "local/left" });
                assertSame(whole, await takeSnapshot());
                await assertSettled(ns1);
            });
        }

        it("whose namespace is not taken from whoever has put it there", async () => {
            await host("left");
            await pinByHand(netns("left", "ns1"));
            await untouched(() =>
                refuses(
                    namespaceOf("left", "ns1"),
                    'name: given "ns1"\nexpected what nobody else has\n' +
                        "found a namespace named ns1 of left: linuxnet did not create it; remove it, or choose another",
                ),
            );
            await command(["umount", netns("left", "ns1")]);
            await untouched(() =>
                refuses(
                    namespaceOf("left", "ns1"),
                    'name: given "ns1"\nexpected what nobody else has\n' +
                        `found a file ${netns("left", "ns1")} without a network namespace ("rm ${netns("left", "ns1")}" removes it): ` +
                        "linuxnet did not create it; remove it, or choose another",
                ),
            );
        });
    });

    describe("joined by a cable", () => {
        const ends: readonly (readonly [string, string, Where, Where])[] = [
            ["left", "right", net("left"), net("right")],
            ["left/ns1", "right/ns1", netns("left", "ns1"), netns("right", "ns1")],
            ["left/ns1", "right", netns("left", "ns1"), net("right")],
            ["left", "left/ns1", net("left"), netns("left", "ns1")],
            ["left", "/", net("left"), undefined],
            ["/", "left/ns1", undefined, netns("left", "ns1")],
            ["/here", "left", "/run/netns/here", net("left")],
            ["left/ns1", "/here", netns("left", "ns1"), "/run/netns/here"],
        ];
        for (const [left, right, leftFile, rightFile] of ends) {
            it(`from ${left} to ${right}`, async () => {
                for (const on of ["left", "right"]) {
                    await host(on);
                    await namespaceOf(on, "ns1");
                }
                await stack.up("Namespace", "here", { name: "here" });
                const before = await takeSnapshot();
                const inputs = {
                    left: { addresses: "10.9.0.1/24, fd09::1/64" },
                    right: { addresses: "10.9.0.2/24, fd09::2/64" },
                };
                const pair = await cable("cable", left, right, inputs);
                assert.deepEqual(await addressesOf(leftFile, "left0"), ["10.9.0.1/24", "fd09::1/64"]);
                assert.deepEqual(await addressesOf(rightFile, "right0"), ["10.9.0.2/24", "fd09::2/64"]);
                await assertReply(leftFile, "10.9.0.2", 64);
                await assertReply(rightFile, "fd09::1", 64);
                await assertSettled(pair);
                await at(rightFile, "address del 10.9.0.2/24 dev right0");
                assert.deepEqual(await pair.refresh(), ["rightAddresses: 10.9.0.2/24, fd09::2/64 → fd09::2/64"]);
                await pair.up({ ...end("left", left, inputs.left), ...end("right", right, inputs.right) });
                await assertReply(leftFile, "10.9.0.2", 64);
                await at(leftFile, "link del dev left0");
                assert.deepEqual(await pair.refresh(), ["gone"]);
                await cable("cable", left, right, inputs);
                await assertReply(rightFile, "10.9.0.1", 64);
                await stack
                    .resource("VethPair", "cable")
                    .up({ ...end("left", left, inputs.left), ...end("right", right, inputs.right) });
                await pair.up({ ...end("left", left, inputs.left), ...end("right", right, inputs.right) });
                await pair.delete();
                await assertRestored(before);
            });
        }

        for (const [first, second] of [
            ["left", "right"],
            ["right", "left"],
        ] as const) {
            it(`goes with ${first}, and leaves nothing in ${second}`, async () => {
                const before = await takeSnapshot();
                const hosts = { left: await host("left"), right: await host("right") };
                const ns1 = await namespaceOf("right", "ns1");
                const pairs = [
                    await cable("one", "left", "right"),
                    await cable("two", "left", "right/ns1", { left: { name: "left1" } }),
                ];
                await hosts[first].delete();
                assert.deepEqual(await isThere(folder(first)), false);
                assert.deepEqual(await namesIn(net(second)), ["lo"]);
                for (const pair of pairs) assert.deepEqual(await pair.refresh(), ["gone"]);
                await assertSettled(hosts[second]);
                if (second === "right") await ns1.delete();
                await hosts[second].delete();
                await assertRestored(before);
                await assertNoTrace();
            });
        }

        it("that another stack has laid is not cut", async () => {
            const left = await host("left");
            const other = new Stack("other");
            await other.up("Namespace", "there", { name: "there" });
            const theirs = { leftNamespace: "there", leftName: "out", rightHost: "local/left", rightName: "in" };
            const pair = await other.up("VethPair", "theirs", theirs);
            await untouched(() =>
                refuses(
                    left.delete(),
                    "found a veth named in on left: it belongs to lab/other/theirs.\nleft was not deleted. Remove it, and run again.",
                ),
            );
            await pair.delete();
            await left.delete();
            await other.destroy();
            await assertNoTrace();
        });
    });

    describe("as a router between two hosts", () => {
        const lab = async (leave: readonly string[] = []): Promise<Resource[]> => {
            const made: Resource[] = [];
            const up = async (kind: KindName, name: string, inputs: Inputs) => {
                if (!leave.includes(name)) made.push(await stack.up(kind, name, inputs));
            };
            for (const name of ["a", "router", "b"]) await up("SimulatedHost", name, { name });
            await up("Bridge", "switch", { host: "local/router", name: "br0", addresses: "10.0.0.1/24, fd00::1/64" });
            const toA = { rightHost: "local/router", rightName: "to-a", rightBridge: "br0" };
            await up("VethPair", "link-a", { leftHost: "local/a", leftName: "eth0", ...toA });
            await up("Address", "a-4", { host: "local/a", device: "eth0", address: "10.0.0.2/24" });
            await up("Address", "a-6", { host: "local/a", device: "eth0", address: "fd00::2/64" });
            const toB = { rightHost: "local/router", rightName: "to-b", rightAddresses: "10.1.0.1/24, fd01::1/64" };
            await up("VethPair", "link-b", {
                leftHost: "local/b",
                leftName: "eth0",
                leftAddresses: "10.1.0.2/24, fd01::2/64",
                ...toB,
            });
            await up("ForwardingSetting", "forwarding", { host: "local/router", ipv4: true, ipv6: true });
            for (const [index, name] of ["a", "b"].entries()) {
                for (const gateway of [`10.${index}.0.1`, `fd0${index}::1`]) {
                    await up("Route", `${name} by ${gateway}`, {
                        host: `local/${name}`,
                        destination: "default",
                        gateway,
                    });
                }
            }
            return made;
        };

        it("has routes, addresses and a bridge, and what it sends arrives", async () => {
            const before = await takeSnapshot();
            const made = await lab();
            await assertReply(net("a"), "10.1.0.2", 63);
            await assertReply(net("b"), "fd00::2", 63);
            const check = { fromHost: "local/a", to: "fd01::2", expectTtl: 63 };
            const reached = await stack.up("Reachability", "check", check);
            assert.equal(reached.outputs["result"], "reply, ttl 63");
            await assertSettled(...made);
            await at(net("a"), "route del default");
            assert.deepEqual(await made.at(-4)?.refresh(), ["gone"]);
            await made.at(-4)?.up({ host: "local/a", destination: "default", gateway: "10.0.0.1" });
            await assertReply(net("a"), "10.1.0.2", 63);
            await stack.destroy();
            await assertRestored(before);
            await assertNoTrace();
        });

        it("tells what to look at where it does not, and a line to type", async () => {
            await lab(["forwarding"]);
            await assertNoReply(net("a"), "10.1.0.2");
            const check = stack.up("Reachability", "check", { fromHost: "local/a", to: "10.1.0.2", timeoutSeconds: 1 });
            await assert.rejects(check, ({ message }: Error) => {
                const [got, sent = "", hint] = message.split("\n");
                assert.equal(got, "expected reply, got no answer");
                assert.equal(hint, "look at: router does not forward: declare a ForwardingSetting with ipv4: true");
                assert.match(sent, /^sent: nsenter --net=\/run\/linuxnet\/hosts\/a\/net ping .* 10\.1\.0\.2$/);
                return true;
            });
        });

        it("does not reach what is on another host under the same name", async () => {
            await lab();
            for (const on of ["a", "b"]) await namespaceOf(on, "ns1");
            await stack.up("VethPair", "inner", {
                ...end("left", "b/ns1", { addresses: "10.7.0.1/24" }),
                ...end("right", "b", {}),
            });
            const inputs = { fromHost: "local/a", fromNamespace: "ns1", to: "10.7.0.1", timeoutSeconds: 1 };
            await refuses(stack.up("Reachability", "check", inputs), /^expected reply, got Network is unreachable/);
        });
    });

    describe("is repaired", () => {
        const inside = async (): Promise<Resource[]> => [
            await namespaceOf("left", "ns1"),
            await stack.up("Bridge", "br0", { host: "local/left", namespace: "ns1", name: "br0" }),
            await cable("link", "left", "/"),
        ];

        it("after its lo was set down", async () => {
            const left = await host("left");
            const whole = await takeSnapshot();
            await at(net("left"), "link set dev lo down");
            assert.deepEqual(await left.refresh(), ["loopback: (absent) → down"]);
            assert.equal(await left.up({ name: "left" }), "update");
            assertSame(whole, await takeSnapshot());
            await assertSettled(left);
        });

        for (const [what, harm] of [
            ["was taken away", () => removeByHand("left")],
            ["lost its mounts", unmountAll],
            [
                "came through a boot",
                async () => {
                    await unmountAll();
                    const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
                    const text = `find /run/linuxnet -name '*.json' -exec sed -i 's/${boot}/an-earlier-one/' {} +`;
                    await command(["sh", "-c", text]);
                    await ip("link", "del", "dev", "right0").catch(() => undefined);
                },
            ],
        ] as const) {
            it(`after it ${what}: a refresh finds all of it gone, and it is made anew`, async () => {
                const before = await takeSnapshot();
                const left = await host("left");
                const [ns1, br0, link] = await inside();
                const whole = await takeSnapshot();
                await harm();
                await sleep(100);
                for (const one of [left, ns1, br0, link]) assert.deepEqual(await one?.refresh(), ["gone"]);
                await left.up({ name: "left" });
                const again = await inside();
                assertSame(whole, await takeSnapshot());
                await assertSettled(left, ...again);
                await left.delete();
                await assertRestored(before);
                await assertNoTrace();
            });

            it(`after it ${what}, by an update that nobody has refreshed for`, async () => {
                const left = await host("left");
                const whole = await takeSnapshot();
                await harm();
                await left.update();
                assertSame(whole, await takeSnapshot());
                await assertSettled(left);
                await left.delete();
                await assertNoTrace();
            });

            it(`after it ${what}, or deleted`, async () => {
                const before = await takeSnapshot();
                const left = await host("left");
                await inside();
                await harm();
                await left.delete();
                await assertRestored(before);
                await assertNoTrace();
            });
        }

        it("after a change of what was in it has found nothing", async () => {
            const left = await host("left");
            const [ns1, br0] = await inside();
            const whole = await takeSnapshot();
            await removeByHand("left");
            await sleep(100);
            await assert.rejects(Promise.resolve(br0?.update()));
            await assert.rejects(Promise.resolve(ns1?.update()));
            await assert.rejects(namespaceOf("left", "ns2").catch((error) => Promise.reject(error)));
            for (const one of [left, ns1, br0]) assert.deepEqual(await one?.refresh(), ["gone"]);
            await left.up({ name: "left" });
            await inside();
            assertSame(whole, await takeSnapshot());
            await assertSettled(left);
            await left.delete();
            await assertNoTrace();
        });
    });

    describe("leaves alone what is not its own", () => {
        const given = (what: string, cure: string) =>
            `name: given "left"\nexpected what nobody else has\nfound ${what}; ${cure}`;
        const late = () => stack.resource("SimulatedHost", "late").update({ name: "left" });

        it("another stack's host", async () => {
            await new Stack("other").up("SimulatedHost", "theirs", { name: "left" });
            await untouched(() =>
                refuses(
                    host("left"),
                    given(
                        "a simulated host named left: it belongs to lab/other/theirs",
                        "choose another stack or name, or destroy that one",
                    ),
                ),
            );
            await untouched(() =>
                refuses(late(), /^found a simulated host named left: it belongs to lab\/other\/theirs\.\n/),
            );
        });

        it("a host that somebody has pinned by hand", async () => {
            await pinByHand(net("left"));
            await untouched(() =>
                refuses(
                    host("left"),
                    given("a simulated host named left: linuxnet did not create it", "remove it, or choose another"),
                ),
            );
            await untouched(() =>
                refuses(late(), /^found a simulated host named left: linuxnet did not create it\.\n/),
            );
        });

        it("a folder that looks like a host", async () => {
            await mkdir(`${folder("left")}/netns`, { recursive: true });
            await writeFile(`${folder("left")}/notes`, "mine\n");
            const what = `a folder ${folder("left")} without a host (remove it if nobody needs it)`;
            await untouched(() =>
                refuses(host("left"), given(`${what}: linuxnet did not create it`, "remove it, or choose another")),
            );
            await untouched(() => refuses(late(), /without a host \(remove it if nobody needs it\)/));
        });

        for (const [what, make] of [
            ["a folder with a file", `mkdir -p $1 && echo mine > $1/notes`],
            ["a folder with a file somewhere below", `mkdir -p $1/deep/down && echo mine > $1/deep/down/notes`],
            ["a file", `mkdir -p \${1%/*} && echo mine > $1`],
            ["a link to elsewhere", `mkdir -p \${1%/*} && ln -s /etc $1`],
        ] as const) {
            it(`${what} in its place`, async () => {
                await command(["sh", "-c", make, "sh", folder("left")]);
                const before = await command([
                    "find",
                    "/run/linuxnet",
                    "/etc/sysctl.d",
                    "-printf",
                    "%p %y %s %i %l\\n",
                ]);
                await refuses(host("left"), /hosts\/left.* is in the way: linuxnet did not create it/);
                await refuses(late(), /hosts\/left.* is in the way: linuxnet did not create it/);
                const after = await command(["find", "/run/linuxnet", "/etc/sysctl.d", "-printf", "%p %y %s %i %l\\n"]);
                assert.equal(after, before);
                assert.deepEqual(await pinned(), []);
            });
        }

        it("a host of its name that somebody has made after ours was gone", async () => {
            const left = await host("left");
            await removeByHand("left");
            await pinByHand(net("left"));
            assert.deepEqual(await left.refresh(), ["gone"]);
            await untouched(() =>
                refuses(left.up({ name: "left" }), /found a simulated host named left: linuxnet did not/),
            );
        });

        const blocked = (what: string) => `found ${what}.\nleft was not deleted. Remove it, and run again.`;
        for (const [what, make, message, cure] of [
            [
                "a device in it",
                () => at(net("left"), "link add name theirs type bridge"),
                blocked("a bridge named theirs on left: linuxnet did not create it"),
                () => at(net("left"), "link del dev theirs"),
            ],
            [
                "a device in a namespace of it",
                () => at(netns("left", "ns1"), "link add name theirs type veth peer name others"),
                blocked("a veth named others in namespace ns1 of left: linuxnet did not create it"),
                () => at(netns("left", "ns1"), "link del dev theirs"),
            ],
            [
                "an end of a cable that somebody has plugged in",
                () => at(undefined, `link add name theirs type veth peer name plugged netns ${net("left")}`),
                blocked("a veth named plugged on left: linuxnet did not create it"),
                () => at(undefined, "link del dev theirs"),
            ],
            [
                "a namespace pinned by hand",
                () => pinByHand(netns("left", "theirs")),
                blocked("a namespace named theirs of left: linuxnet did not create it"),
                () => command(["sh", "-c", `umount ${netns("left", "theirs")}; rm ${netns("left", "theirs")}`]),
            ],
            [
                "a host within it, pinned by hand",
                () => pinByHand(net("left", "theirs")),
                blocked("a namespace named left/theirs: linuxnet did not create it"),
                () => command(["sh", "-c", `umount ${net("left", "theirs")}; rm -r ${folder("left", "theirs")}`]),
            ],
        ] as const) {
            it(`${what}, of a person`, async () => {
                const left = await host("left");
                await namespaceOf("left", "ns1");
                await cable("link", "left/ns1", "/");
                await make();
                await untouched(() => refuses(left.delete(), message));
                await cure();
                await left.delete();
                await assertNoTrace();
            });
        }

        it("another stack's namespace in it, and host within it", async () => {
            const left = await host("left");
            const other = new Stack("other");
            const theirs = await other.up("Namespace", "ns2", { name: "ns2", host: "local/left" });
            await untouched(() =>
                refuses(left.delete(), blocked("a namespace named ns2 of left: it belongs to lab/other/ns2")),
            );
            await theirs.delete();
            const inner = await other.up("SimulatedHost", "inner", { name: "inner", host: "local/left" });
            await untouched(() =>
                refuses(left.delete(), blocked("a namespace named left/inner: it belongs to lab/other/inner")),
            );
            await inner.delete();
            await left.delete();
            await assertNoTrace();
        });

        for (const [what, make, where] of [
            ["a file system", "mkdir -p $1/theirs && mount -t tmpfs tmpfs $1/theirs && : > $1/theirs/notes", "theirs"],
            [
                "another sort of namespace",
                ": > $1/netns/theirs && mount --bind /proc/self/ns/uts $1/netns/theirs",
                "netns/theirs",
            ],
        ] as const) {
            it(`${what} that somebody has mounted in it`, async () => {
                const left = await host("left");
                await namespaceOf("left", "ns1");
                await stack.up("Bridge", "br0", { host: "local/left", namespace: "ns1", name: "br0" });
                await command(["sh", "-c", make, "sh", folder("left")]);
                const message = `something else is mounted at ${folder("left")}/${where}; unmount it first`;
                try {
                    await untouched(() =>
                        refuses(
                            left.delete(),
                            `look into the simulated host left: ${message}\nRunning again continues from here.`,
                        ),
                    );
                } finally {
                    await command(["umount", `${folder("left")}/${where}`]);
                }
                await left.delete();
                await assertNoTrace();
            });
        }

        it("what lives on in it, of others, after its own namespace went", async () => {
            const left = await host("left");
            await namespaceOf("left", "ns1");
            await pinByHand(netns("left", "theirs"));
            await command(["umount", net("left")]);
            const message = blocked("a namespace named theirs of left: linuxnet did not create it");
            await untouched(() => refuses(left.delete(), message));
            await left.update();
            assert.equal((await linkIn(net("left"), "lo")).ifalias, "linuxnet:lab/test/left");
            await untouched(() => refuses(left.delete(), message));
            await command(["sh", "-c", `umount ${netns("left", "theirs")}; rm ${netns("left", "theirs")}`]);
            await left.delete();
            await assertNoTrace();
        });

        for (const [what, where] of [
            ["it", net("left")],
            ["a namespace of it", netns("left", "ns1")],
            ["a host within it", net("left", "inner")],
        ] as const) {
            it(`is not deleted with a process in ${what}, and says which`, async () => {
                const left = await host("left");
                await namespaceOf("left", "ns1");
                await stack.up("SimulatedHost", "inner", { name: "inner", host: "local/left" });
                await cable("link", "left/ns1", "/");
                const { pid, end } = await living(where);
                try {
                    await untouched(() =>
                        refuses(left.delete(), new RegExp(`processes live in it: ${pid} \\(sleep\\), end them first`)),
                    );
                } finally {
                    await end();
                }
                await left.delete();
                await assertNoTrace();
            });
        }

        it("a namespace of it is not deleted with a process inside, and says which", async () => {
            await host("left");
            const ns1 = await namespaceOf("left", "ns1");
            const { pid, end } = await living(netns("left", "ns1"));
            try {
                await refuses(ns1.delete(), new RegExp(`processes live in it: ${pid} \\(sleep\\), end them first`));
                assert.deepEqual(await namesIn(netns("left", "ns1")), ["lo"]);
            } finally {
                await end();
            }
            await ns1.delete();
            assert.equal(await isThere(netns("left", "ns1")), false);
        });
    });

    describe("within another", () => {
        const nested = async (): Promise<Resource[]> => {
            const outer = await host("outer");
            const inner = await stack.up("SimulatedHost", "inner", { name: "inner", host: "local/outer" });
            const innermost = await stack.up("SimulatedHost", "innermost", {
                name: "inner",
                host: "local/outer/inner",
            });
            const ns1 = await stack.up("Namespace", "ns1", { name: "ns1", host: "local/outer/inner" });
            const ns2 = await stack.up("Namespace", "ns2", { name: "ns1", host: "local/outer/inner/inner" });
            return [outer, inner, innermost, ns1, ns2];
        };

        it("has namespaces and cables, and what it sends arrives", async () => {
            const before = await takeSnapshot();
            const made = await nested();
            const file = `${folder("outer", "inner")}/netns/ns1`;
            const deep = `${folder("outer", "inner", "inner")}/netns/ns1`;
            assert.deepEqual(
                (await pinned()).map((line) => line.split(" ")[0]),
                [deep.replace("/netns/ns1", "/net"), deep, net("outer", "inner"), file, net("outer")].sort(),
            );
            made.push(
                await stack.up("VethPair", "down", {
                    leftName: "down0",
                    leftAddresses: "10.9.0.1/24",
                    rightHost: "local/outer/inner",
                    rightNamespace: "ns1",
                    rightName: "up0",
                    rightAddresses: "10.9.0.2/24",
                }),
                await stack.up("VethPair", "across", {
                    leftHost: "local/outer",
                    leftName: "across0",
                    leftAddresses: "10.8.0.1/24",
                    rightHost: "local/outer/inner/inner",
                    rightNamespace: "ns1",
                    rightName: "across0",
                    rightAddresses: "10.8.0.2/24",
                }),
            );
            assert.equal(made[2]?.id, "inner@outer/inner");
            await assertReply(undefined, "10.9.0.2", 64);
            await assertReply(file, "10.9.0.1", 64);
            await assertReply(deep, "10.8.0.1", 64);
            const reached = await stack.up("Reachability", "check", {
                fromHost: "local/outer/inner/inner",
                fromNamespace: "ns1",
                to: "10.8.0.1",
            });
            assert.equal(reached.outputs["result"], "reply, ttl 64");
            await assertSettled(...made);
            await stack.destroy();
            await assertRestored(before);
            await assertNoTrace();
        });

        it("goes with the outer one", async () => {
            const before = await takeSnapshot();
            const [outer, inner, innermost, ns1, ns2] = await nested();
            const pair = await stack.up("VethPair", "out", {
                leftName: "out0",
                rightHost: "local/outer/inner/inner",
                rightNamespace: "ns1",
                rightName: "in0",
            });
            await outer?.delete();
            assert.deepEqual(await namesIn(undefined), ["lo"]);
            await assertRestored(before);
            await assertNoTrace();
            for (const one of [inner, innermost, ns1, ns2, pair]) assert.deepEqual(await one?.refresh(), ["gone"]);
            await assertNoTrace();
        });

        it("goes by itself, and leaves the outer one as it was", async () => {
            await host("outer");
            const [before, kept] = [await takeSnapshot(), await pinned()];
            const inner = await stack.up("SimulatedHost", "inner", { name: "inner", host: "local/outer" });
            await stack.up("Namespace", "ns1", { name: "ns1", host: "local/outer/inner" });
            await inner.delete();
            await assertRestored(before);
            assert.deepEqual(await pinned(), kept);
            assert.equal(await isThere(folder("outer", "inner")), false);
            assert.equal(await isThere(`${folder("outer")}/hosts`), false);
        });

        it("has a person's namespace that the outer one does not take along", async () => {
            const [outer] = await nested();
            await pinByHand(`${folder("outer", "inner", "inner")}/netns/theirs`);
            await untouched(() =>
                refuses(
                    outer?.delete() ?? Promise.resolve(),
                    "found a namespace named theirs of outer/inner/inner: linuxnet did not create it.\n" +
                        "outer was not deleted. Remove it, and run again.",
                ),
            );
        });
    });

    for (const { title, isShared } of [
        { title: "without a failure", isShared: false },
        { title: "without a failure, where mounts are shared", isShared: true },
    ]) {
        describe(title, () => {
            /** A service that has a copy of our mounts, and is told of changes if they are shared. */
            let service: ChildProcess | undefined;
            const seenByService = async (): Promise<string[]> =>
                (await readFile(`/proc/${service?.pid}/mountinfo`, "utf8"))
                    .split("\n")
                    .map((line) => line.split(" ")[4] ?? "")
                    .filter((path) => path.startsWith("/run/linuxnet"));
            const start = async (propagation: string): Promise<void> => {
                service = spawn("unshare", ["-m", "--propagation", propagation, "sleep", "300"], { stdio: "ignore" });
                for (let tries = 0; ; tries++) {
                    const name = await readFile(`/proc/${service.pid}/comm`, "utf8").catch(() => "");
                    if (name.trim() === "sleep") return;
                    assert.ok(tries < 200, "the service did not start");
                    await sleep(10);
                }
            };

            beforeEach(async () => {
                if (isShared) await command(["mount", "--make-rshared", "/"]);
            });
            afterEach(async () => {
                const child = service;
                service = undefined;
                if (child && child.exitCode === null) {
                    const closed = new Promise((resolve) => child.on("close", resolve));
                    child.kill("SIGKILL");
                    await closed;
                }
                await command(["mount", "--make-rprivate", "/"]);
            });

            it("200 times in a row", async function () {
                this.timeout(240_000); // half a minute, on a machine that has nothing else to do
                const before = await takeSnapshot();
                const left = stack.resource("SimulatedHost", "left");
                for (let round = 0; round < 200; round++) {
                    await left.up({ name: "left" });
                    if (round % 50 === 0) assert.deepEqual(await namesIn(net("left")), ["lo"]);
                    await left.delete();
                }
                await assertRestored(before);
                await assertNoTrace();
            });

            it("40 at the same time, with a namespace and a cable each, called alike", async () => {
                const before = await takeSnapshot();
                const names = Array.from({ length: 20 }, (_, index) => [
                    `host${index}`,
                    `host${index}.host${index}`,
                ]).flat();
                for (let round = 0; round < 2; round++) {
                    const { result: hosts, mutating } = await withCommandLog(() =>
                        Promise.all(names.map((name) => host(name))),
                    );
                    // Not one of them had to be tried again.
                    assert.equal(listCommands(mutating.filter(({ code }) => code !== 0)), "");
                    await Promise.all(names.map((name) => namespaceOf(name, "ns1")));
                    await Promise.all(
                        names.map((name, index) => cable(name, name, `${names[(index + 1) % names.length]}/ns1`)),
                    );
                    assert.deepEqual((await readdir("/run/linuxnet/hosts")).sort(), [...names].sort());
                    assert.equal((await pinned()).length, 2 * names.length);
                    for (const name of names) {
                        assert.deepEqual(await namesIn(net(name)), ["left0", "lo"]);
                        assert.deepEqual(await namesIn(netns(name, "ns1")), ["lo", "right0"]);
                    }
                    await Promise.all(hosts.map((one) => one.delete()));
                    await assertRestored(before);
                    await assertNoTrace();
                }
            });

            it("some whose names begin alike, none of which takes another's for its own", async () => {
                const names = ["left.a", "left", "left.b", "left.a.c"];
                for (let round = 0; round < 20; round++) {
                    const { result: hosts, mutating } = await withCommandLog(() =>
                        Promise.all(names.map((name) => host(name))),
                    );
                    assert.equal(listCommands(mutating.filter(({ code }) => code !== 0)), "");
                    for (const name of names) {
                        const found = (await readdir(folder(name))).sort();
                        assert.deepEqual(found, ["net", "netns", "records", "sysctl.d"], name);
                    }
                    await Promise.all(hosts.map((one) => one.delete()));
                }
                await assertNoTrace();
            });

            it("nor one of what is in it, all of it coming and going at once", async () => {
                const left = await host("left");
                const whole = await takeSnapshot();
                for (let round = 0; round < 10; round++) {
                    const numbers = [0, 1, 2, 3];
                    const made = await Promise.all([
                        ...numbers.map((number) => namespaceOf("left", `ns${number}`)),
                        ...numbers.map((number) =>
                            stack.up("Bridge", `br${number}`, { host: "local/left", name: `br${number}` }),
                        ),
                    ]);
                    assert.deepEqual(await namesIn(net("left")), ["br0", "br1", "br2", "br3", "lo"]);
                    assert.deepEqual((await readdir(`${folder("left")}/netns`)).sort(), ["ns0", "ns1", "ns2", "ns3"]);
                    await Promise.all(made.map((one) => one.delete()));
                    await assertRestored(whole);
                }
                await left.delete();
                await assertNoTrace();
            });

            it("some coming while others go", async () => {
                const before = await takeSnapshot();
                const rounds = Array.from({ length: 12 }, async (_, index) => {
                    const one = stack.resource("SimulatedHost", `h${index}`);
                    for (let round = 0; round < 8; round++) {
                        await one.up({ name: `h${index}` });
                        await one.delete();
                    }
                });
                await Promise.all(rounds);
                await assertRestored(before);
                await assertNoTrace();
            });

            for (const propagation of ["private", "slave", "unchanged"]) {
                it(`nor kept by a service with ${propagation} mounts`, async () => {
                    const before = await takeSnapshot();
                    const left = await host("left");
                    await namespaceOf("left", "ns1");
                    await start(propagation);
                    assert.equal((await seenByService()).length, 2);
                    const right = await host("right");
                    assert.equal((await seenByService()).length, isShared && propagation !== "private" ? 3 : 2);
                    await left.delete();
                    await right.delete();
                    assert.deepEqual(await seenByService(), []);
                    await assertRestored(before);
                    await assertNoTrace();
                });
            }
        });
    }

    describe("killed after any of its commands, and run again", () => {
        const filled = async (): Promise<Resource> => {
            const left = await host("left");
            await namespaceOf("left", "ns1");
            await stack.up("SimulatedHost", "inner", { name: "inner", host: "local/left" });
            await stack.up("Bridge", "br0", { host: "local/left", name: "br0" });
            await cable("link", "left/ns1", "/");
            return left;
        };
        const scenarios: readonly {
            what: string;
            start: () => Promise<Resource>;
            to: Inputs | undefined;
            shortest: number;
        }[] = [
            {
                what: "create",
                start: async () => stack.resource("SimulatedHost", "left"),
                to: { name: "left" },
                shortest: 2,
            },
            { what: "delete", start: () => host("left"), to: undefined, shortest: 2 },
            { what: "delete what is full", start: filled, to: undefined, shortest: 4 },
            {
                what: "make anew what a boot has left",
                start: async () => {
                    const left = await filled();
                    await unmountAll();
                    await sleep(50);
                    return left;
                },
                to: { name: "left" },
                shortest: 1,
            },
        ];
        for (const { what, start, to, shortest } of scenarios) {
            it(what, async () => {
                const before = await takeSnapshot();
                const change = (resource: Resource) =>
                    to === undefined
                        ? resource.delete()
                        : resource.id === undefined
                          ? resource.up(to)
                          : resource.update(to);
                let commands = 0;
                for (; ; commands++) {
                    stack.reset();
                    const resource = await start();
                    const killed = await killedAfter(commands, () => change(resource));
                    await change(resource);
                    if (to !== undefined) {
                        assert.deepEqual(await namesIn(net("left")), ["lo"]);
                        // What a boot has left within it stays its own: it goes with the host.
                        const parts = (await readdir(folder("left"))).filter((name) => name !== "hosts");
                        assert.deepEqual(parts.sort(), ["net", "netns", "records", "sysctl.d"]);
                        await assertSettled(resource);
                        await resource.delete();
                    }
                    await assertRestored(before);
                    await assertNoTrace();
                    if (!killed) break;
                }
                assert.ok(commands >= shortest, `only ${commands} commands have been tried`);
            });
        }

        for (const [what, make] of [
            ["its folder was there", "mkdir -p $1"],
            ["its folders were there", "mkdir -p $1/netns"],
            ["all of its folders were there", "mkdir -p $1/netns $1/sysctl.d"],
            ["its file was there", "mkdir -p $1/netns $1/sysctl.d; : > $1/net"],
        ] as const) {
            it(`in the middle of its creation, when ${what}`, async () => {
                const left = stack.resource("SimulatedHost", "left");
                assert.equal(await killedAfter(1, () => left.create({ name: "left" })), true);
                await command(["sh", "-c", make, "sh", folder("left")]);
                await left.create({ name: "left" });
                assert.deepEqual(await namesIn(net("left")), ["lo"]);
                await assertSettled(left);
                await left.delete();
                await assertNoTrace();
            });
        }

        for (const [what, make] of [
            ["some namespaces were gone", "umount $1/netns/ns1"],
            ["its own was gone", "umount $1/net"],
            ["all were", "umount $1/net $1/netns/ns1 $1/hosts/inner/net"],
            ["its files went", "umount $1/net; rm $1/net"],
            [
                "most of its files were gone",
                "umount $1/net $1/netns/ns1 $1/hosts/inner/net; rm -r $1/net $1/records $1/hosts",
            ],
        ] as const) {
            it(`in the middle of its deletion, when ${what}`, async () => {
                const before = await takeSnapshot();
                const left = await filled();
                await command(["sh", "-c", make, "sh", folder("left")]);
                await left.delete();
                await assertRestored(before);
                await assertNoTrace();
            });
        }
    });

    describe("is entered by the line of the docs", () => {
        /** docs/hosts.md */
        const on = (host: string, ...words: readonly string[]): Promise<Outcome> => {
            const script =
                'mkdir -p /run/netns && mount --rbind "$0" /run/netns && mount -t sysfs sysfs /sys && exec "$@"';
            return run([
                "nsenter",
                `--net=${host}/net`,
                "unshare",
                "-m",
                "sh",
                "-c",
                script,
                `${host}/netns`,
                ...words,
            ]);
        };
        const said = async (host: string, ...words: readonly string[]): Promise<string> => {
            const { code, stdout, stderr } = await on(host, ...words);
            assert.equal(code, 0, stderr);
            return stdout;
        };
        const devices = ["sh", "-c", "ls /sys/class/net; cat /proc/net/dev | sed -n 's/: .*//p'"];
        const listed = (text: string): string[] => [...new Set(text.split(/\s+/).filter((word) => word !== ""))].sort();

        for (const isShared of [false, true]) {
            it(`and its namespaces are found by \`ip netns exec\`${isShared ? ", where mounts are shared" : ""}`, async () => {
                const made = await host("left");
                for (const name of ["ns1", "ns2"]) await namespaceOf("left", name);
                await stack.up("SimulatedHost", "inner", { name: "inner", host: "local/left" });
                await stack.up("Namespace", "deep", { name: "ns1", host: "local/left/inner" });
                await stack.up("Namespace", "ns1", { name: "ns1" });
                const bridge = (name: string, place: Inputs) => stack.up("Bridge", name, { name, ...place });
                await bridge("br-host", { host: "local/left" });
                await bridge("br-ns1", { host: "local/left", namespace: "ns1" });
                await bridge("br-deep", { host: "local/left/inner", namespace: "ns1" });
                await bridge("br-here", { namespace: "ns1" });
                if (isShared) await command(["mount", "--make-rshared", "/"]);
                try {
                    await untouched(async () => {
                        const inNs1 = await said(folder("left"), "ip", "netns", "exec", "ns1", ...devices);
                        assert.deepEqual(listed(inNs1), ["br-ns1", "lo"]);
                        const inner = await said(folder("left", "inner"), "ip", "netns", "exec", "ns1", ...devices);
                        assert.deepEqual(listed(inner), ["br-deep", "lo"]);
                        assert.deepEqual(listed(await said(folder("left"), ...devices)), ["br-host", "lo"]);
                        assert.deepEqual(listed(await said(folder("left"), "ip", "netns", "list")).slice(0, 2), [
                            "ns1",
                            "ns2",
                        ]);
                        assert.match(await said(folder("left"), "ip", "-n", "ns1", "link"), /br-ns1/);
                        const { code } = await on(folder("left"), "ip", "netns", "exec", "ns3", "true");
                        assert.notEqual(code, 0);
                        assert.match(await command(["ip", "netns", "list"]), /^ns1/m);
                    });
                } finally {
                    await command(["mount", "--make-rprivate", "/"]);
                }
                await made.delete();
                await stack.destroy();
                await assertNoTrace();
            });
        }

        it("with nothing done where there is no such host", async () => {
            const { code, stdout } = await on(folder("nobody"), "echo", "reached");
            assert.notEqual(code, 0);
            assert.equal(stdout, "");
        });
    });
});
