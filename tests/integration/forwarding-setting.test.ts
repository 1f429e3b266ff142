import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { command, ip, readSetting, type Where, writeSetting } from "../support/kernel";
import { assertNoReply, assertReply } from "../support/ping";
import { usePlace } from "../support/place";
import { assertSettled, type Inputs, Stack, useStack } from "../support/provider";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored, assertSame } from "../support/snapshot-difference";

const files = async (): Promise<string[]> =>
    (await readdir("/etc/sysctl.d")).filter((name) => name.startsWith("90-")).sort();

for (const onHost of [false, true]) {
    describe(`ForwardingSetting ${onHost ? "on the host" : "in a namespace"}`, () => {
        const stack = useStack();
        const other = new Stack("other");
        afterEach(() => other.reset());
        const place = usePlace("router");
        const here = (): Where => (onHost ? undefined : place.name);
        const where = () => (onHost ? "on the host" : `in namespace ${place.name}`);
        const inputs = (more: Inputs): Inputs => ({ namespace: here(), ...more });
        const up = (more: Inputs) => stack.up("ForwardingSetting", "forwarding", inputs(more));
        const ipv4 = () => readSetting("net.ipv4.ip_forward", here());
        const ipv6 = () => readSetting("net.ipv6.conf.all.forwarding", here());

        beforeEach("devices", async () => {
            const at = onHost ? [] : ["-n", place.name];
            await ip(...at, "link", "add", "name", "one", "type", "veth", "peer", "name", "two");
            for (const name of ["one", "two"]) {
                await writeSetting(`net.ipv6.conf.${name}.accept_dad`, "0", here());
                await ip(...at, "link", "set", "dev", name, "up");
            }
            // They are up a moment after they are told to, and have their addresses then.
            for (const name of ["one", "two"]) {
                const own = () => ip("-6", ...at, "route", "show", "table", "local", "dev", name);
                while (!/^local fe80:/m.test(await own())) await sleep(20);
            }
            // A device that differs from the others, as Docker's bridge does.
            await writeSetting("net.ipv4.conf.two.forwarding", "1", here());
            await writeSetting("net.ipv4.conf.one.accept_redirects", "0", here());
        });

        it("writes over a record that nobody can read", async () => {
            const folder = `/run/linuxnet/${onHost ? "host" : `netns.${place.name}`}`;
            await command(["mkdir", "-p", folder]);
            await writeFile(`${folder}/ForwardingSetting.forwarding.json`, '{"boot":');
            const before = await takeSnapshot();
            const setting = await up({ ipv4: true });
            assert.equal(await ipv4(), "1");
            await assertSettled(setting);
            await setting.delete();
            await assertRestored(before);
            assert.deepEqual(await readdir("/run/linuxnet").catch(() => []), []);
        });

        for (const [title, wanted] of [
            ["IPv4", { ipv4: true }],
            ["IPv6", { ipv6: true }],
            ["both", { ipv4: true, ipv6: true }],
            ["IPv4 off, where it is off already,", { ipv4: false }],
        ] as const) {
            it(`${title} is on, and all of it put back`, async () => {
                const before = await takeSnapshot();
                const setting = await up(wanted);
                if ("ipv4" in wanted) assert.equal(await ipv4(), wanted.ipv4 ? "1" : "0");
                if ("ipv6" in wanted) assert.equal(await ipv6(), "1");
                await assertSettled(setting);
                await setting.delete();
                await assertRestored(before);
                assert.deepEqual(await readdir("/run/linuxnet").catch(() => []), []);
            });
        }

        it("is turned off, and back on where it was on", async () => {
            await writeSetting("net.ipv4.ip_forward", "1", here());
            await writeSetting("net.ipv6.conf.all.forwarding", "1", here());
            const before = await takeSnapshot();
            const setting = await up({ ipv4: false, ipv6: false });
            assert.deepEqual([await ipv4(), await ipv6()], ["0", "0"]);
            await assertSettled(setting);
            await setting.delete();
            await assertRestored(before);
        });

        it("is left as it was found where it was on already", async () => {
            await writeSetting("net.ipv4.ip_forward", "1", here());
            const before = await takeSnapshot();
            const setting = await up({ ipv4: true });
            assertSame(before, await takeSnapshot());
            await setting.delete();
            await assertRestored(before);
        });

        for (const [from, to] of [
            [{ ipv4: true }, { ipv4: false }],
            [{ ipv4: true }, { ipv4: true, ipv6: true }],
            [
                { ipv4: false, ipv6: true },
                { ipv4: true, ipv6: false },
            ],
        ] as const) {
            it(`changes in place: ${JSON.stringify(from)} → ${JSON.stringify(to)}, and is put back`, async () => {
                const before = await takeSnapshot();
                const setting = await up(from);
                assert.deepEqual(await setting.diff(inputs(to)), { changes: true, replaces: [] });
                assert.equal(await setting.up(inputs(to)), "update");
                assert.equal(await ipv4(), to.ipv4 ? "1" : "0");
                if ("ipv6" in to) assert.equal(await ipv6(), to.ipv6 ? "1" : "0");
                await assertSettled(setting);
                await setting.delete();
                await assertRestored(before);
            });
        }

        it("gives a family up that is dropped", async () => {
            const setting = await up({ ipv6: true });
            const before = await takeSnapshot();
            await setting.up(inputs({ ipv4: true, ipv6: true }));
            await setting.up(inputs({ ipv6: true }));
            assertSame(before, await takeSnapshot());
            await assertSettled(setting);
        });

        for (const [key, path] of [
            ["ipv4", "net.ipv4.ip_forward"],
            ["ipv6", "net.ipv6.conf.all.forwarding"],
        ] as const) {
            it(`${key} is repaired after somebody turned it off`, async () => {
                const setting = await up({ ipv4: true, ipv6: true });
                const whole = await takeSnapshot();
                await writeSetting(path, "0", here());
                assert.deepEqual(await setting.refresh(), [`${key}: true → false`]);
                await setting.up(inputs({ ipv4: true, ipv6: true }));
                assert.equal(await readSetting(path, here()), "1");
                if (key === "ipv6") assertSame(whole, await takeSnapshot());
                await assertSettled(setting);
            });
        }

        it("puts back only what still has our value", async () => {
            const setting = await up({ ipv4: true });
            await writeSetting("net.ipv4.ip_forward", "0", here());
            await writeSetting("net.ipv4.conf.one.forwarding", "1", here());
            const before = await takeSnapshot();
            await setting.delete();
            assertSame(before, await takeSnapshot());
        });

        describe("shared by two stacks", () => {
            it("is on until the last one goes, who puts all back", async () => {
                const before = await takeSnapshot();
                const ours = await up({ ipv4: true, ipv6: true });
                const theirs = await other.up("ForwardingSetting", "theirs", inputs({ ipv4: true }));
                await ours.delete();
                assert.deepEqual([await ipv4(), await ipv6()], ["1", "0"]);
                await assertSettled(theirs);
                await theirs.delete();
                await assertRestored(before);
            });

            it("is put back by the first when the other goes first", async () => {
                const before = await takeSnapshot();
                const ours = await up({ ipv6: true });
                const theirs = await other.up("ForwardingSetting", "theirs", inputs({ ipv4: true, ipv6: true }));
                await theirs.delete();
                assert.deepEqual([await ipv4(), await ipv6()], ["0", "1"]);
                await ours.delete();
                await assertRestored(before);
            });

            it("contradicts another stack in no way", async () => {
                await other.up("ForwardingSetting", "theirs", inputs({ ipv4: true }));
                const before = await takeSnapshot();
                await assert.rejects(up({ ipv4: false }), {
                    message:
                        "ipv4: given false\nexpected what nobody else has\n" +
                        `found net.ipv4.ip_forward=1 ${where()}, which is kept so: it belongs to lab/other/theirs; ` +
                        "choose another stack or name, or destroy that one",
                });
                assertSame(before, await takeSnapshot());
            });

            it("does not turn around what another one keeps, by a change either", async () => {
                const ours = await up({ ipv4: true });
                await other.up("ForwardingSetting", "theirs", inputs({ ipv4: true }));
                const before = await takeSnapshot();
                await assert.rejects(ours.up(inputs({ ipv4: false })), (error: Error) => {
                    assert.match(error.message, /which is kept so: it belongs to lab\/other\/theirs/);
                    return true;
                });
                assertSame(before, await takeSnapshot());
            });

            it("comes and goes at the same time", async () => {
                const before = await takeSnapshot();
                const stacks = Array.from({ length: 6 }, (_, index) => new Stack(`stack${index}`));
                const settings = await Promise.all(
                    stacks.map((one) => one.up("ForwardingSetting", "forwarding", inputs({ ipv4: true, ipv6: true }))),
                );
                assert.deepEqual([await ipv4(), await ipv6()], ["1", "1"]);
                await Promise.all(settings.map((one) => one.delete()));
                await assertRestored(before);
                assert.deepEqual(await readdir("/run/linuxnet").catch(() => []), []);
            });
        });

        describe("where the default route is advertised", () => {
            beforeEach("an advertised default route", async () => {
                const at = onHost ? [] : ["-n", place.name];
                await ip(...at, "address", "add", "fd08::1/64", "dev", "one", "nodad");
                await ip(...at, "-6", "route", "add", "default", "via", "fd08::ff", "dev", "one", "proto", "ra");
            });

            it("keeps it: accept_ra is 2 meanwhile, and what it was afterwards", async () => {
                const before = await takeSnapshot();
                const setting = await up({ ipv6: true });
                assert.equal(await readSetting("net.ipv6.conf.one.accept_ra", here()), "2");
                assert.equal(await readSetting("net.ipv6.conf.two.accept_ra", here()), "1");
                await assertSettled(setting);
                await setting.delete();
                await assertRestored(before);
            });
        });

        if (onHost) {
            it("persists, and removes only its own file", async () => {
                await writeFile("/etc/sysctl.d/90-theirs.conf", "net.ipv4.ip_forward = 1\n");
                const before = await takeSnapshot();
                const setting = await up({ ipv4: true, ipv6: false, persist: true });
                const [own = ""] = await files();
                assert.match(own, /^90-lab-[0-9a-f]{8}\.conf$/);
                assert.deepEqual((await readFile(`/etc/sysctl.d/${own}`, "utf8")).trim().split("\n").slice(1), [
                    "net.ipv4.ip_forward = 1",
                    "net.ipv6.conf.all.forwarding = 0",
                    "net.ipv6.conf.default.forwarding = 0",
                ]);
                assert.equal((await command(["stat", "-c", "%a %U", `/etc/sysctl.d/${own}`])).trim(), "644 root");
                await assertSettled(setting);
                await setting.up(inputs({ ipv4: true, persist: true }));
                assert.match(await readFile(`/etc/sysctl.d/${own}`, "utf8"), /^net\.ipv4\.ip_forward = 1$/m);
                await assertSettled(setting);
                await setting.delete();
                assert.deepEqual(await files(), ["90-theirs.conf"]);
                await assertRestored(before);
            });

            it("persists no longer when that is dropped", async () => {
                const setting = await up({ ipv4: true, persist: true });
                assert.equal((await files()).length, 1);
                await setting.up(inputs({ ipv4: true }));
                assert.deepEqual(await files(), []);
                assert.equal(await ipv4(), "1");
                await assertSettled(setting);
            });

            it("writes its file again when it was removed, or changed", async () => {
                const setting = await up({ ipv4: true, persist: true });
                const path = `/etc/sysctl.d/${(await files())[0]}`;
                const text = await readFile(path, "utf8");
                for (const harm of ["rm", "echo 'net.ipv4.ip_forward = 0' >"]) {
                    await command(["sh", "-c", `${harm} ${path}`]);
                    assert.deepEqual(await setting.refresh(), ["persist: true → false"]);
                    await setting.up(inputs({ ipv4: true, persist: true }));
                    assert.equal(await readFile(path, "utf8"), text);
                    await assertSettled(setting);
                }
            });

            it("leaves a file that a person has changed meanwhile", async () => {
                const setting = await up({ ipv4: true, persist: true });
                const [name = ""] = await files();
                await writeFile(`/etc/sysctl.d/${name}`, "# mine now\n");
                await setting.delete();
                assert.equal(await readFile(`/etc/sysctl.d/${name}`, "utf8"), "# mine now\n");
            });

            it("refuses a file of its name with other content", async () => {
                const probe = await up({ ipv4: true, persist: true });
                const [name = ""] = await files();
                await probe.delete();
                await writeFile(`/etc/sysctl.d/${name}`, "# theirs\n");
                const before = await takeSnapshot();
                await assert.rejects(probe.up(inputs({ ipv4: true, persist: true })), (error: Error) => {
                    assert.match(error.message, /found a file \/etc\/sysctl\.d\/90-lab-.* with other content/);
                    return true;
                });
                assertSame(before, await takeSnapshot());
                assert.equal(await readFile(`/etc/sysctl.d/${name}`, "utf8"), "# theirs\n");
            });
        } else {
            it("does not persist in a namespace", async () => {
                await assert.rejects(up({ ipv4: true, persist: true }), {
                    message:
                        "persist: given true\nexpected false: /etc/sysctl.d is read for the host's own namespace only",
                });
            });
        }
    });
}

describe("ForwardingSetting and the forwarding of one device", () => {
    const stack = useStack();
    const place = usePlace("theirs");
    const onDevice = (family: string) => `net.${family}.conf.one.forwarding`;
    const devices = async (where: Where) => {
        const at = where === undefined ? [] : ["-n", where];
        await ip(...at, "link", "add", "name", "one", "type", "veth", "peer", "name", "two");
    };

    for (const [how, ofHost] of [
        ["a namespace", false],
        ["a simulated host", true],
    ] as const) {
        for (const wanted of [true, false]) {
            it(`is drift in ${how} of ours, and repaired where it is ${wanted ? "on" : "off"}`, async () => {
                await stack.up(ofHost ? "SimulatedHost" : "Namespace", "ours", { name: "ours" });
                const there = ofHost ? "/run/linuxnet/hosts/ours/net" : "ours";
                const enter = (...argv: string[]) =>
                    command(["nsenter", `--net=${ofHost ? there : `/run/netns/${there}`}`, ...argv]);
                await enter("ip", "link", "add", "name", "one", "type", "veth", "peer", "name", "two");
                const inputs = {
                    ...(ofHost ? { host: "local/ours" } : { namespace: "ours" }),
                    ipv4: wanted,
                    ipv6: wanted,
                };
                const setting = await stack.up("ForwardingSetting", "forwarding", inputs);
                await assertSettled(setting);
                const whole = await takeSnapshot();
                const other = wanted ? "0" : "1";
                for (const family of ["ipv4", "ipv6"])
                    await enter("sysctl", "-q", "-w", `${onDevice(family)}=${other}`);
                assert.deepEqual(await setting.refresh(), ["exceptions: (absent) → one (IPv4), one (IPv6)"]);
                assert.deepEqual(await setting.refresh(), []);
                assert.deepEqual(await setting.diff(inputs), { changes: true, replaces: [] });
                assert.equal(await setting.up(inputs), "update");
                assertSame(whole, await takeSnapshot());
                await assertSettled(setting);
                await setting.delete();
            });
        }
    }

    for (const onHost of [true, false]) {
        it(`is the owner's ${onHost ? "on the host" : "in a namespace that is not ours"}`, async () => {
            const here = onHost ? undefined : place.name;
            await devices(here);
            const setting = await stack.up("ForwardingSetting", "forwarding", {
                namespace: here,
                ipv4: true,
                ipv6: true,
            });
            for (const family of ["ipv4", "ipv6"]) await writeSetting(onDevice(family), "0", here);
            const before = await takeSnapshot();
            await assertSettled(setting);
            assertSame(before, await takeSnapshot());
        });
    }
});

describe("ForwardingSetting between two namespaces", () => {
    const stack = useStack();

    it("lets packets of both families through at once, and no longer when deleted", async () => {
        for (const name of ["a", "router", "b"]) await stack.up("Namespace", name, { name });
        for (const [index, name] of ["a", "b"].entries()) {
            await stack.up("VethPair", `link-${name}`, {
                leftNamespace: name,
                leftName: "eth0",
                leftAddresses: `10.${index}.0.2/24, fd0${index}::2/64`,
                rightNamespace: "router",
                rightName: name,
                rightAddresses: `10.${index}.0.1/24, fd0${index}::1/64`,
            });
        }
        const setting = await stack.up("ForwardingSetting", "forwarding", {
            namespace: "router",
            ipv4: true,
            ipv6: true,
        });
        for (const [index, name] of ["a", "b"].entries()) {
            for (const gateway of [`10.${index}.0.1`, `fd0${index}::1`]) {
                await stack.up("Route", `${name} ${gateway}`, {
                    namespace: name,
                    destination: "default",
                    gateway,
                    device: "eth0",
                });
            }
        }
        await assertReply("a", "fd01::2", 63);
        await assertReply("b", "fd00::2", 63);
        await assertReply("a", "10.1.0.2", 63);
        await setting.delete();
        await assertNoReply("a", "10.1.0.2");
        await assertNoReply("a", "fd01::2");
    });
});
