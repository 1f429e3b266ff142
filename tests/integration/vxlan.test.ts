import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { assertUninterrupted, backgroundPing } from "../support/background-ping";
import { listCommands, withCommandLog } from "../support/commands";
import { requireFeature } from "../support/features";
import { command, inNamespace, ip, ipJson, run, writeSetting } from "../support/kernel";
import { assertAllReply, assertNoReply, assertReply, assertUnreachable, ping } from "../support/ping";
import { type Place, usePlace } from "../support/place";
import { assertSettled, type Inputs, Refused, type Resource, Stack, useStack } from "../support/provider";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored, assertSame } from "../support/snapshot-difference";
import { killedAfter } from "./interruption";
import { findLink, linkOf } from "./link";

const ANYBODY = "00:00:00:00:00:00";

/** A host by its number: its addresses on the underlay, and in the network that the tunnels make. */
const outer = (host: number, family: 4 | 6 = 4): string => (family === 4 ? `10.0.${host}.1` : `fd00:${host}::1`);
const inner = (host: number, family: 4 | 6 = 4): string => (family === 4 ? `10.9.0.${host}` : `fd09::${host}`);

const link = (where: string, ...words: string[]): Promise<string> => ip("-n", where, "link", ...words);
const fdb = (where: string, ...words: string[]): Promise<string> => command(["bridge", "-n", where, "fdb", ...words]);

/** Where a tunnel sends what has no known place. */
async function remotesOf(where: string, name = "vx0"): Promise<readonly string[]> {
    const lines = (await fdb(where, "show", "dev", name)).split("\n");
    return lines.filter((line) => line.startsWith(ANYBODY)).map((line) => / dst (\S+)/.exec(line)?.[1] ?? line);
}

/** Behind which remotes a tunnel has learned MAC addresses. */
async function learnedBehind(where: string, name = "vx0"): Promise<readonly string[]> {
    const lines = (await fdb(where, "show", "dev", name)).split("\n");
    const learned = lines.filter((line) => line.includes(" dst ") && !line.includes("permanent"));
    return learned.map((line) => / dst (\S+)/.exec(line)?.[1] ?? line).sort();
}

/** What `ip -d link` says of the tunnel. */
async function tunnelOf(where: string, name = "vx0"): Promise<Readonly<Record<string, unknown>>> {
    const [found] = await ipJson("-n", where, "-d", "link", "show", "dev", name);
    const { id, local, local6, port, link: device, learning } = Object(Object(found?.["linkinfo"])["info_data"]);
    return { id, local: local ?? local6, port, device, learning };
}

async function received(where: string, name = "vx0"): Promise<number> {
    return Number(await command(["cat", `/sys/class/net/${name}/statistics/rx_packets`], { where }));
}

/** The kernel tells of a carrier a while after the other end is up, and only then gives the device its IPv6 address. */
async function hasCarrier(where: string, name: string): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
        if ((await command(["cat", `/sys/class/net/${name}/operstate`], { where })).trim() === "up") return;
        await sleep(10);
    }
    throw new Error(`${name} in ${where} has no carrier`);
}

describe("Vxlan", () => {
    const stack = useStack();
    const router = usePlace("router");
    const hosts: Readonly<Record<1 | 2 | 3, Place>> = { 1: usePlace("one"), 2: usePlace("two"), 3: usePlace("three") };
    const at = (host: number): string => hosts[host as 1 | 2 | 3].name;
    const here = (): string => at(1);

    before("needs the kernel's vxlan", async function () {
        await requireFeature(this, "vxlan");
    });

    /** A host, with one wire to the router and a way over it to everywhere, by both families. */
    async function plugIn(host: number, mtu = 1500): Promise<void> {
        const port = `to${host}`;
        // With the same index at both ends, the kernel tells of the carrier up to a second late.
        const cable = ["add", "name", "eth0", "index", "101", "netns", at(host), "mtu", `${mtu}`];
        await ip("link", ...cable, "type", "veth", "peer", "name", port, "netns", router.name, "mtu", `${mtu}`);
        for (const [where, name, end] of [
            [at(host), "eth0", "1"],
            [router.name, port, "254"],
        ] as const) {
            await ip("-n", where, "address", "add", `10.0.${host}.${end}/24`, "dev", name);
            await ip("-n", where, "address", "add", `fd00:${host}::${end}/64`, "dev", name, "nodad");
            await link(where, "set", "dev", name, "up");
        }
        await ip("-n", at(host), "route", "add", "default", "via", `10.0.${host}.254`);
        await ip("-n", at(host), "route", "add", "default", "via", `fd00:${host}::254`);
    }

    beforeEach("an underlay", async () => {
        for (const where of [router.name, at(1), at(2), at(3)]) {
            await writeSetting("net.ipv6.conf.default.accept_dad", "0", where);
        }
        await writeSetting("net.ipv4.ip_forward", "1", router.name);
        await writeSetting("net.ipv6.conf.all.forwarding", "1", router.name);
        for (const host of [1, 2, 3]) await plugIn(host);
        for (const host of [1, 2, 3]) {
            await hasCarrier(router.name, `to${host}`);
            await hasCarrier(at(host), "eth0");
        }
    });

    const inputs = (host: number, remotes: readonly number[], more: Inputs = {}, family: 4 | 6 = 4): Inputs => ({
        namespace: at(host),
        name: "vx0",
        vni: 42,
        local: outer(host, family),
        remotes: remotes.map((remote) => outer(remote, family)).join(", "),
        addresses: `${inner(host)}/24, ${inner(host, 6)}/64`,
        ...more,
    });
    const up = (more: Inputs = {}): Promise<Resource> => stack.up("Vxlan", "one", inputs(1, [2], more));

    async function assertAllInner(...members: readonly number[]): Promise<void> {
        for (const family of [4, 6] as const) {
            await assertAllReply(Object.fromEntries(members.map((host) => [at(host), inner(host, family)])), 64);
        }
    }

    for (const [family, room] of [
        [4, 1450],
        [6, 1430],
    ] as const) {
        describe(`over IPv${family}`, () => {
            const both = async (more: Inputs = {}): Promise<readonly Resource[]> => [
                await stack.up("Vxlan", "one", inputs(1, [2], more, family)),
                await stack.up("Vxlan", "two", inputs(2, [1], more, family)),
            ];

            it("joins two hosts across a router that knows nothing of their network", async () => {
                const resources = await both();
                const { index: _, mac, ...found } = await linkOf(here(), "vx0");
                assert.deepEqual(found, {
                    mtu: room,
                    master: undefined,
                    up: true,
                    alias: "linuxnet:lab/test/one",
                    group: found.group,
                    addresses: ["10.9.0.1/24", "fd09::1/64"],
                });
                assert.match(mac, /^02:/);
                const local = outer(1, family);
                assert.deepEqual(await tunnelOf(here()), {
                    id: 42,
                    local,
                    port: 4789,
                    device: undefined,
                    learning: true,
                });
                assert.deepEqual(await remotesOf(here()), [outer(2, family)]);
                await assertAllInner(1, 2);
                for (const one of [inner(1), inner(1, 6)]) {
                    const { code } = await run(["ip", "-n", router.name, "route", "get", one]);
                    assert.notEqual(code, 0, `the router has a way to ${one}`);
                }
                assert.equal(await findLink(router.name, "vx0"), undefined);
                await assertSettled(...resources);
            });

            it("takes packets of the MTU that it says, and refuses one byte more by itself", async () => {
                await both();
                for (const to of [inner(2), inner(2, 6)]) {
                    await assertReply(here(), to, 64, { packetBytes: room, dontFragment: true });
                    const more = { packetBytes: room + 1, dontFragment: true };
                    await assertUnreachable(here(), to, new RegExp(`too long, mtu[=:] ?${room}`), more);
                }
            });

            it("is gone without a trace when deleted, and twice", async () => {
                const before = await takeSnapshot();
                const [one, two] = (await both()) as [Resource, Resource];
                await assertAllInner(1, 2);
                await one.delete();
                await link(at(2), "del", "dev", "vx0");
                await two.delete();
                await assertRestored(before);
            });
        });
    }

    it("is there with all that was asked for", async () => {
        const all: Inputs = {
            device: "eth0",
            learning: false,
            port: 8472,
            mtu: 1400,
            macAddress: "02:00:00:00:00:07",
            up: false,
            addresses: "10.9.0.1/24",
            remotes: `${outer(3)}, ${outer(2)}`,
        };
        const tunnel = await up(all);
        const { mtu, mac, up: isUp, addresses } = await linkOf(here(), "vx0");
        assert.deepEqual(
            { mtu, mac, isUp, addresses },
            {
                mtu: 1400,
                mac: "02:00:00:00:00:07",
                isUp: false,
                addresses: ["10.9.0.1/24"],
            },
        );
        const made = { id: 42, local: outer(1), port: 8472, device: "eth0", learning: false };
        assert.deepEqual(await tunnelOf(here()), made);
        assert.deepEqual(await remotesOf(here()), [outer(3), outer(2)]);
        await assertSettled(tunnel);
    });

    for (const vni of [0, 16777215]) {
        it(`takes the network identifier ${vni}`, async () => {
            const resources = [await up({ vni }), await stack.up("Vxlan", "two", inputs(2, [1], { vni }))];
            assert.equal((await tunnelOf(here())).id, vni);
            await assertAllInner(1, 2);
            await assertSettled(...resources);
        });
    }

    it("needs no remote: it learns of who knows it", async () => {
        const alone = await up({ remotes: "" });
        await stack.up("Vxlan", "two", inputs(2, [1]));
        assert.deepEqual(await remotesOf(here()), []);
        await assertReply(at(2), inner(1), 64);
        await assertReply(here(), inner(2), 64);
        await assertSettled(alone);
    });

    it("works on the host itself, and is gone without a trace", async () => {
        await ip(
            "link",
            "add",
            "name",
            "eth9",
            "mtu",
            "1400",
            "type",
            "veth",
            "peer",
            "name",
            "to9",
            "netns",
            router.name,
        );
        await writeSetting("net.ipv6.conf.eth9.disable_ipv6", "1");
        await ip("address", "add", "10.0.9.1/24", "dev", "eth9");
        await ip("link", "set", "dev", "eth9", "up");
        await ip("route", "add", "10.0.0.0/16", "via", "10.0.9.254");
        await ip("-n", router.name, "address", "add", "10.0.9.254/24", "dev", "to9");
        await link(router.name, "set", "dev", "to9", "up");
        const before = await takeSnapshot();
        const own = await stack.up("Vxlan", "own", inputs(1, [1], { namespace: undefined, local: "10.0.9.1" }));
        const far = await up({ remotes: "10.0.9.1", addresses: "10.9.0.2/24, fd09::2/64" });
        assert.equal((await linkOf(undefined, "vx0")).mtu, 1350);
        await assertReply(undefined, "10.9.0.2", 64);
        await assertReply(undefined, "fd09::2", 64);
        await assertSettled(own, far);
        await own.delete();
        await far.delete();
        await assertRestored(before);
    });

    it("works on a simulated host", async () => {
        await stack.up("SimulatedHost", "sim", { name: "sim" });
        const cable = {
            leftHost: "local/sim",
            leftName: "eth0",
            leftAddresses: "10.0.7.1/24",
            rightNamespace: here(),
            rightName: "eth7",
            rightAddresses: "10.0.7.2/24",
            leftMtu: 1400,
        };
        await stack.up("VethPair", "cable", cable);
        const placed = { namespace: undefined, host: "local/sim", local: "10.0.7.1", remotes: "10.0.7.2" };
        const there = await stack.up("Vxlan", "there", inputs(2, [], placed));
        await up({ local: "10.0.7.2", remotes: "10.0.7.1" });
        await assertReply(here(), inner(2), 64);
        await assertReply(here(), inner(2, 6), 64);
        assert.deepEqual(there.outputs["link"], {
            macAddress: Object(there.outputs["link"]).macAddress,
            mtu: 1350,
            addresses: [`${inner(2)}/24`, `${inner(2, 6)}/64`],
        });
        await there.up(inputs(2, [], { ...placed, remotes: "10.0.7.2, 10.0.7.3", learning: false }));
        await assertSettled(there);
    });

    describe("changes in place", () => {
        const all = async () => ({
            ...(await linkOf(here(), "vx0")),
            ...(await tunnelOf(here())),
            remotes: [...(await remotesOf(here()))].sort().join(", "),
        });
        const changes: readonly {
            property: string;
            from: Inputs[string];
            to: Inputs[string];
            field: keyof Awaited<ReturnType<typeof all>> | "learning";
            is: unknown;
        }[] = [
            { property: "remotes", from: "10.0.2.1", to: "10.0.3.1", field: "remotes", is: "10.0.3.1" },
            {
                property: "remotes",
                from: "10.0.2.1",
                to: "10.0.2.1, 10.0.3.1",
                field: "remotes",
                is: "10.0.2.1, 10.0.3.1",
            },
            { property: "remotes", from: "10.0.2.1, 10.0.3.1", to: "10.0.3.1", field: "remotes", is: "10.0.3.1" },
            { property: "remotes", from: "10.0.2.1", to: "", field: "remotes", is: "" },
            { property: "learning", from: undefined, to: false, field: "learning", is: false },
            { property: "learning", from: false, to: true, field: "learning", is: true },
            { property: "mtu", from: undefined, to: 1400, field: "mtu", is: 1400 },
            { property: "mtu", from: 1400, to: undefined, field: "mtu", is: 1450 },
            {
                property: "macAddress",
                from: undefined,
                to: "02:00:00:00:00:07",
                field: "mac",
                is: "02:00:00:00:00:07",
            },
            { property: "up", from: undefined, to: false, field: "up", is: false },
            { property: "up", from: false, to: true, field: "up", is: true },
            {
                property: "addresses",
                from: "10.9.0.1/24, 10.9.0.8/24",
                to: "10.9.0.8/24, fd09::8/64",
                field: "addresses",
                is: ["10.9.0.8/24", "fd09::8/64"],
            },
        ];
        for (const device of [undefined, "eth0"]) {
            const some = changes.filter(
                ({ property, from }) => ["learning", "mtu"].includes(property) || from === "10.0.2.1",
            );
            for (const { property, from, to, field, is } of device === undefined ? changes : some) {
                const over = device === undefined ? "" : `, over ${device}`;
                it(`${property}: ${String(from)} → ${String(to)}${over}`, async () => {
                    const more = property === "up" ? { device, addresses: "10.9.0.1/24" } : { device };
                    const tunnel = await up({ ...more, [property]: from });
                    const before = await all();
                    const news = inputs(1, [2], { ...more, [property]: to });
                    assert.deepEqual((await tunnel.diff(news)).replaces, []);
                    assert.equal(await tunnel.up(news), "update");
                    const after: Record<string, unknown> = await all();
                    assert.deepEqual(after[field], is);
                    assert.deepEqual({ ...after, [field]: 0 }, { ...before, [field]: 0 });
                    await assertSettled(tunnel);
                });
            }
        }

        for (const [property, value] of [
            ["learning", false],
            ["mtu", 1400],
            ["macAddress", "02:00:00:00:00:07"],
            ["up", false],
            ["addresses", "10.9.0.1/24, 10.9.0.3/24, 10.7.0.1/24"],
            ["bridge", "br9"],
        ] as const) {
            it(`${property} is dropped again`, async () => {
                const plain = inputs(1, [2], { addresses: undefined });
                await link(
                    here(),
                    "add",
                    "name",
                    "br9",
                    "address",
                    "02:00:00:00:00:09",
                    "mtu",
                    "1450",
                    "type",
                    "bridge",
                );
                // A bridge takes over its ports' MTU, and the limits of what they can.
                await link(
                    here(),
                    "add",
                    "name",
                    "eth8",
                    "mtu",
                    "1450",
                    "master",
                    "br9",
                    "type",
                    "veth",
                    "peer",
                    "name",
                    "p8",
                );
                const tunnel = await stack.up("Vxlan", "one", plain);
                await tunnel.up({ ...plain, bridge: "br9" });
                await tunnel.up(plain);
                const before = await takeSnapshot();
                await tunnel.up({ ...plain, [property]: value });
                await tunnel.up(plain);
                assertSame(before, await takeSnapshot());
                await assertSettled(tunnel);
            });
        }

        it("runs for a remote the one command that it takes", async () => {
            const tunnel = await up();
            const run = async (remotes: string): Promise<string> => {
                const { mutating } = await withCommandLog(() => tunnel.up(inputs(1, [], { remotes })));
                const text = listCommands(mutating.filter(({ argv }) => argv.join(" ").includes("-batch")));
                return text.split("\n").slice(1).join("\n").trim();
            };
            const entry = `${ANYBODY} dev vx0 dst`;
            assert.equal(await run(`${outer(2)}, ${outer(3)}`), `fdb append ${entry} ${outer(3)}`);
            assert.equal(await run(outer(3)), `fdb del ${entry} ${outer(2)}`);
        });

        it("sets and keeps the forwarding table while it is down, and what has been learned goes", async () => {
            const tunnel = await up();
            await stack.up("Vxlan", "two", inputs(2, [1]));
            await assertReply(here(), inner(2), 64);
            assert.deepEqual(await learnedBehind(here()), [outer(2)]);
            await tunnel.up(inputs(1, [2, 3], { up: false, addresses: "10.9.0.1/24" }));
            assert.deepEqual(await learnedBehind(here()), []);
            assert.deepEqual(await remotesOf(here()), [outer(2), outer(3)]);
            await tunnel.up(inputs(1, [2, 3]));
            assert.deepEqual(await remotesOf(here()), [outer(2), outer(3)]);
            await assertAllInner(1, 2);
            await assertSettled(tunnel);
        });

        it("keeps the routes over it when it was down", async () => {
            const tunnel = await up();
            await ip("-n", here(), "route", "add", "10.50.0.0/16", "via", inner(2));
            const whole = await takeSnapshot();
            await tunnel.up(inputs(1, [2], { macAddress: "02:00:00:00:00:07", addresses: "10.9.0.7/24, 10.9.0.1/24" }));
            await tunnel.up(inputs(1, [2]));
            assertSame(whole, await takeSnapshot());
        });
    });

    describe("is replaced when", () => {
        const identity: readonly [string, Inputs][] = [
            ["vni", { vni: 43 }],
            ["local", { local: "10.0.1.9" }],
            ["port", { port: 8472 }],
            ["device", { device: "eth0" }],
            ["name", { name: "vx9" }],
        ];
        for (const [property, more] of identity) {
            it(`its ${property} changes`, async () => {
                await ip("-n", here(), "address", "add", "10.0.1.9/24", "dev", "eth0");
                const tunnel = await up();
                const { index } = await linkOf(here(), "vx0");
                const news = inputs(1, [2], more);
                assert.deepEqual(await tunnel.diff(news), { changes: true, replaces: [property] });
                assert.equal(await tunnel.up(news), "replace");
                const name = property === "name" ? "vx9" : "vx0";
                if (property === "name") assert.equal(await findLink(here(), "vx0"), undefined);
                assert.notEqual((await linkOf(here(), name)).index, index);
                assert.deepEqual(await tunnelOf(here(), name), {
                    id: more["vni"] ?? 42,
                    local: more["local"] ?? outer(1),
                    port: more["port"] ?? 4789,
                    device: more["device"],
                    learning: true,
                });
                await assertSettled(tunnel);
            });
        }

        it("its place changes", async () => {
            const before = await takeSnapshot();
            const tunnel = await up();
            const news = inputs(3, [2]);
            assert.deepEqual((await tunnel.diff(news)).replaces.toSorted(), ["local", "namespace"]);
            assert.equal(await tunnel.up(news), "replace");
            assert.equal(await findLink(here(), "vx0"), undefined);
            assert.equal((await tunnelOf(at(3))).local, outer(3));
            await assertSettled(tunnel);
            await tunnel.delete();
            await assertRestored(before);
        });
    });

    describe("when something has changed", () => {
        const repairs: readonly { what: string; harm: () => Promise<unknown>; shows: readonly string[] }[] = [
            {
                what: "a remote was removed",
                harm: () => fdb(here(), "del", ANYBODY, "dev", "vx0", "dst", outer(2)),
                shows: ["remotes: 10.0.2.1, 10.0.3.1 → 10.0.3.1"],
            },
            {
                what: "a remote was added",
                harm: () => fdb(here(), "append", ANYBODY, "dev", "vx0", "dst", "10.0.7.1"),
                shows: ["remotes: 10.0.2.1, 10.0.3.1 → 10.0.2.1, 10.0.3.1, 10.0.7.1"],
            },
            {
                what: "a remote was added, in two ways of its own",
                harm: async () => {
                    await fdb(here(), "append", ANYBODY, "dev", "vx0", "dst", "10.0.7.1", "port", "8472", "vni", "8");
                    await fdb(here(), "append", ANYBODY, "dev", "vx0", "dst", "10.0.7.1", "via", "eth0");
                },
                shows: ["remotes: 10.0.2.1, 10.0.3.1 → 10.0.2.1, 10.0.3.1, 10.0.7.1"],
            },
            {
                what: "a remote was given another port",
                harm: async () => {
                    await fdb(here(), "append", ANYBODY, "dev", "vx0", "dst", outer(2), "port", "8472");
                    await fdb(here(), "del", ANYBODY, "dev", "vx0", "dst", outer(2));
                },
                shows: ["remotes: 10.0.2.1, 10.0.3.1 → 10.0.3.1"],
            },
            {
                what: "all remotes were removed",
                harm: () => fdb(here(), "del", ANYBODY, "dev", "vx0"),
                shows: ["remotes: 10.0.2.1, 10.0.3.1 → "],
            },
            {
                what: "learning was turned off",
                harm: () => link(here(), "set", "dev", "vx0", "type", "vxlan", "nolearning"),
                shows: ["learning: (absent) → false"],
            },
            {
                what: "its MTU was changed",
                harm: () => link(here(), "set", "dev", "vx0", "mtu", "1300"),
                shows: ["mtu: (absent) → 1300"],
            },
            {
                what: "it was set down",
                harm: () => link(here(), "set", "dev", "vx0", "down"),
                shows: ["up: (absent) → false"],
            },
            {
                what: "it was taken from its bridge",
                harm: () => link(here(), "set", "dev", "vx0", "nomaster"),
                shows: ["bridge: br9 → (absent)"],
            },
            {
                what: "it was moved to another bridge",
                harm: () => link(here(), "set", "dev", "vx0", "master", "br8"),
                shows: ["bridge: br9 → br8"],
            },
            {
                what: "its MAC address was changed",
                harm: () => link(here(), "set", "dev", "vx0", "address", "02:00:00:00:00:99"),
                shows: ["macAddress: 02:00:00:00:00:07 → 02:00:00:00:00:99"],
            },
            {
                what: "its own address was changed in place",
                harm: () => link(here(), "set", "dev", "vx0", "type", "vxlan", "local", "10.0.1.254"),
                shows: ["local: 10.0.1.1 → 10.0.1.254"],
            },
            { what: "it was deleted", harm: () => link(here(), "del", "dev", "vx0"), shows: ["gone"] },
        ];
        const wanted = () =>
            inputs(1, [2, 3], { bridge: "br9", macAddress: "02:00:00:00:00:07", addresses: "10.9.0.1/24" });

        beforeEach("bridges", async () => {
            for (const name of ["br8", "br9"]) {
                const mac = `02:00:00:00:01:0${name.slice(2)}`;
                await link(here(), "add", "name", name, "address", mac, "mtu", "1450", "type", "bridge");
                // A bridge takes limits over from its ports, and keeps them: so it has one from the beginning.
                const port = ["add", "name", `p${name}`, "mtu", "1300", "master", name, "type", "veth"];
                await link(here(), ...port, "peer", "name", `q${name}`);
                await writeSetting(`net.ipv6.conf.${name}.disable_ipv6`, "1", here());
            }
        });

        for (const { what, harm, shows } of repairs) {
            it(`is repaired after ${what}, seen or not`, async () => {
                const tunnel = await stack.up("Vxlan", "one", wanted());
                await link(here(), "set", "dev", "vx0", "nomaster");
                await link(here(), "set", "dev", "vx0", "master", "br8");
                await tunnel.update();
                const whole = await takeSnapshot();
                await harm();
                if (shows[0] !== "gone") {
                    await tunnel.update();
                    assertSame(whole, await takeSnapshot());
                    await harm();
                }
                assert.deepEqual(await tunnel.refresh(), shows);
                await tunnel.up(wanted());
                assertSame(whole, await takeSnapshot());
                await assertSettled(tunnel);
            });
        }

        it("is repaired where learning was turned on", async () => {
            const tunnel = await up({ learning: false });
            await link(here(), "set", "dev", "vx0", "type", "vxlan", "learning");
            assert.deepEqual(await tunnel.refresh(), ["learning: false → true"]);
            await tunnel.up(inputs(1, [2], { learning: false }));
            assert.equal((await tunnelOf(here())).learning, false);
            await assertSettled(tunnel);
        });

        it("goes after it was renamed, where no refresh has seen it", async () => {
            const before = await takeSnapshot();
            const tunnel = await up();
            await link(here(), "set", "dev", "vx0", "down");
            await link(here(), "set", "dev", "vx0", "name", "other");
            await tunnel.delete();
            await assertRestored(before);
        });

        it("is found after it was renamed, and replaced", async () => {
            const before = await takeSnapshot();
            const tunnel = await up({ addresses: "10.9.0.1/24" });
            const whole = await takeSnapshot();
            await link(here(), "set", "dev", "vx0", "down");
            await link(here(), "set", "dev", "vx0", "name", "other");
            await link(here(), "set", "dev", "other", "up");
            assert.deepEqual(await tunnel.refresh(), ["name: vx0 → other"]);
            assert.equal(await tunnel.up(inputs(1, [2], { addresses: "10.9.0.1/24" })), "replace");
            assertSame(whole, await takeSnapshot());
            await tunnel.delete();
            await assertRestored(before);
        });

        it("is made anew where a person has made another tunnel of it", async () => {
            const tunnel = await up();
            const whole = await takeSnapshot();
            const { mac, alias = "", group } = await linkOf(here(), "vx0");
            await link(here(), "del", "dev", "vx0");
            const made = ["type", "vxlan", "id", "43", "local", outer(1), "dstport", "4789"];
            await link(here(), "add", "name", "vx0", "address", mac, "group", group, ...made);
            await link(here(), "set", "dev", "vx0", "alias", alias);
            await tunnel.update();
            assertSame(whole, await takeSnapshot());
            await assertSettled(tunnel);
        });

        for (const family of [4, 6] as const) {
            it(`keeps its MTU while its own address is gone, over IPv${family}`, async () => {
                const tunnel = await stack.up("Vxlan", "one", inputs(1, [2], {}, family));
                await ip("-n", here(), "address", "flush", "dev", "eth0", "scope", "global");
                await link(here(), "set", "dev", "eth0", "mtu", "9000");
                assert.deepEqual(await tunnel.refresh(), []);
                await assertSettled(tunnel);
                assert.equal((await linkOf(here(), "vx0")).mtu, family === 4 ? 1450 : 1430);
            });
        }
    });

    describe("with a third host", () => {
        /** Everybody's tunnel, with all others as its remotes. */
        async function mesh(members: readonly number[], resources: Map<number, Resource>, more: Inputs = {}) {
            for (const host of members) {
                const remotes = members.filter((other) => other !== host);
                const resource = resources.get(host) ?? stack.resource("Vxlan", `host ${host}`);
                resources.set(host, resource);
                await resource.up(inputs(host, remotes, more));
            }
        }

        for (const learning of [true, false]) {
            it(`takes it in and lets it go without a loss between the others, ${learning ? "" : "not "}learning`, async () => {
                const resources = new Map<number, Resource>();
                await mesh([1, 2], resources, { learning });
                const before = [await linkOf(at(1), "vx0"), await linkOf(at(2), "vx0")];
                await assertAllInner(1, 2);
                const losses = await backgroundPing(at(1), inner(2), async () => {
                    await mesh([1, 2, 3], resources, { learning });
                    await assertAllInner(1, 2, 3);
                    assert.deepEqual(await remotesOf(at(1)), [outer(2), outer(3)]);
                    await resources.get(3)?.delete();
                    await mesh([1, 2], resources, { learning });
                });
                assertUninterrupted(losses);
                assert.deepEqual([await linkOf(at(1), "vx0"), await linkOf(at(2), "vx0")], before);
                assert.deepEqual(await remotesOf(at(1)), [outer(2)]);
                assert.deepEqual(await remotesOf(at(2)), [outer(1)]);
                await assertAllInner(1, 2);
                await assertSettled(...[1, 2].flatMap((host) => resources.get(host) ?? []));
            });
        }

        it("is not passed on from tunnel to tunnel: each end names all others", async () => {
            await stack.up("Vxlan", "middle", inputs(2, [1, 3]));
            await stack.up("Vxlan", "one", inputs(1, [2]));
            await stack.up("Vxlan", "three", inputs(3, [2]));
            await assertAllInner(1, 2);
            await assertAllInner(2, 3);
            await assertUnreachable(at(1), inner(3), /Unreachable/, { timeoutSeconds: 5 });
        });

        it("learns where a neighbour is: the third hears nothing of it", async () => {
            await mesh([1, 2, 3], new Map());
            await assertAllInner(1, 2, 3);
            assert.deepEqual(await learnedBehind(at(1)), [outer(2), outer(3)]);
            const heard = await received(at(3));
            await inNamespace(at(1), "ping", "-n", "-i", "0.01", "-c", "50", "-q", inner(2));
            assert.ok(
                (await received(at(3))) - heard < 25,
                "what is known to be behind the second goes to the third too",
            );
        });

        it("does not learn when it is told not to: everything goes to everybody", async () => {
            await mesh([1, 2, 3], new Map(), { learning: false });
            await assertAllInner(1, 2, 3);
            assert.deepEqual(await learnedBehind(at(1)), []);
            const heard = await received(at(3));
            await inNamespace(at(1), "ping", "-n", "-i", "0.01", "-c", "50", "-q", inner(2));
            assert.ok((await received(at(3))) - heard >= 100, "the third does not hear questions and answers");
        });

        it("leaves what it has learned, and what a person has set, when its remotes change", async () => {
            const resources = new Map<number, Resource>();
            await mesh([1, 2], resources);
            await assertAllInner(1, 2);
            await fdb(at(1), "append", "02:00:00:00:00:77", "dev", "vx0", "dst", outer(3));
            await mesh([1, 2, 3], resources);
            await mesh([1, 2], resources);
            assert.ok((await learnedBehind(at(1))).includes(outer(2)));
            const table = await fdb(at(1), "show", "dev", "vx0");
            assert.match(table, new RegExp(`^02:00:00:00:00:77 dst ${outer(3)} self permanent`, "m"));
            const one = resources.get(1);
            assert.ok(one);
            await assertSettled(one);
        });
    });

    describe("over an underlay of another MTU", () => {
        const resize = async (host: number, mtu: number): Promise<void> => {
            await link(at(host), "set", "dev", "eth0", "mtu", `${mtu}`);
            await link(router.name, "set", "dev", `to${host}`, "mtu", `${mtu}`);
        };

        for (const device of [undefined, "eth0"]) {
            for (const family of [4, 6] as const) {
                const overhead = family === 4 ? 50 : 70;
                const over = device === undefined ? "" : `, with its device`;
                it(`follows it on an update, over IPv${family}${over}`, async () => {
                    await resize(1, 9000);
                    const tunnel = await stack.up("Vxlan", "one", inputs(1, [2], { device }, family));
                    const { index } = await linkOf(here(), "vx0");
                    let last = 9000;
                    for (const mtu of [9000, 1400, 9000, 1550]) {
                        await resize(1, mtu);
                        const shown = mtu === last ? [] : [`mtu: (absent) → ${last - overhead}`];
                        assert.deepEqual(await tunnel.refresh(), shown);
                        assert.equal(
                            await tunnel.up(inputs(1, [2], { device }, family)),
                            mtu === last ? "same" : "update",
                        );
                        assert.equal((await linkOf(here(), "vx0")).mtu, mtu - overhead);
                        await assertSettled(tunnel);
                        last = mtu;
                    }
                    await resize(1, 1500);
                    await tunnel.update();
                    assert.equal((await linkOf(here(), "vx0")).mtu, 1500 - overhead, "without a refresh before it");
                    assert.equal((await linkOf(here(), "vx0")).index, index);
                });
            }
        }

        it("is created with what it leaves, be it smaller or larger than the usual", async () => {
            for (const [mtu, device] of [
                [1400, undefined],
                [1400, "eth0"],
                [9000, undefined],
                [9000, "eth0"],
            ] as const) {
                await resize(1, mtu);
                const tunnel = await up({ device });
                assert.equal((await linkOf(here(), "vx0")).mtu, mtu - 50);
                await assertSettled(tunnel);
                await tunnel.delete();
            }
        });

        it("counts the device that it is given, and not the one with its own address", async () => {
            await resize(1, 9000);
            await ip("-n", here(), "address", "add", "10.0.7.7/32", "dev", "lo");
            const tunnel = await up({ local: "10.0.7.7" });
            assert.equal((await linkOf(here(), "vx0")).mtu, 1450, "an address on lo says nothing of the way out");
            await assertSettled(tunnel);
            assert.equal(await tunnel.up(inputs(1, [2], { local: "10.0.7.7", device: "eth0" })), "replace");
            assert.equal((await linkOf(here(), "vx0")).mtu, 8950);
            await assertSettled(tunnel);
        });

        it("keeps an MTU that is given", async () => {
            const tunnel = await up({ mtu: 1400 });
            await resize(1, 9000);
            assert.deepEqual(await tunnel.refresh(), []);
            await assertSettled(tunnel);
        });

        it("is refused an MTU that it does not leave", async () => {
            const tunnel = stack.resource("Vxlan", "one");
            await assert.rejects(tunnel.up(inputs(1, [2], { mtu: 1451 })), {
                message:
                    "mtu: given 1451\nexpected at most 1450\n" +
                    "its underlay has 1500, of which the encapsulation takes 50",
            });
            await tunnel.up(inputs(1, [2], { mtu: 1450 }));
            assert.equal((await linkOf(here(), "vx0")).mtu, 1450);
        });

        it("has its packets travel in fragments where the way is narrower, over IPv4", async () => {
            await up();
            await stack.up("Vxlan", "two", inputs(2, [1]));
            await resize(2, 1400);
            await assertReply(here(), inner(2), 64, { packetBytes: 1450, dontFragment: true });
            const counted = await inNamespace(at(2), "cat", "/proc/net/snmp");
            const [names = [], values = []] = counted.split("\n").map((line) => line.split(" "));
            assert.ok(Number(values[names.indexOf("ReasmOKs")]) > 0, "nothing was put together from fragments");
        });

        it("loses its packets where the way is narrower, over IPv6, until it has heard of it", async () => {
            await stack.up("Vxlan", "one", inputs(1, [2], {}, 6));
            await stack.up("Vxlan", "two", inputs(2, [1], {}, 6));
            await assertReply(here(), inner(2), 64);
            await resize(2, 1400);
            const full = { packetBytes: 1430, dontFragment: true };
            await assertNoReply(here(), inner(2), full);
            for (let tries = 0; tries < 5 && (await ping(here(), inner(2), full)).kind === "no-reply"; tries++);
            await assertUnreachable(here(), inner(2), /too long, mtu=1330/, full);
            await assertReply(here(), inner(2), 64, { packetBytes: 1330, dontFragment: true });
        });
    });

    describe("with a device", () => {
        it("goes with it, and comes back", async () => {
            const tunnel = await up({ device: "eth0" });
            await stack.up("Vxlan", "two", inputs(2, [1], { device: "eth0" }));
            await assertAllInner(1, 2);
            await link(here(), "del", "dev", "eth0");
            assert.equal(await findLink(here(), "vx0"), undefined);
            assert.deepEqual(await tunnel.refresh(), ["gone"]);
            await plugIn(1);
            assert.equal(await tunnel.up(inputs(1, [2], { device: "eth0" })), "create");
            await assertAllInner(1, 2);
            await assertSettled(tunnel);
        });

        it("reaches link-local addresses over it, and has one of its network over each device", async () => {
            const pair = ["type", "veth", "peer", "name", "direct", "netns", at(2)];
            await link(here(), "add", "name", "direct", "index", "102", ...pair);
            for (const host of [1, 2]) {
                await ip("-n", at(host), "address", "add", `fe80::${host}/64`, "dev", "direct", "nodad");
                await link(at(host), "set", "dev", "direct", "up");
            }
            await hasCarrier(here(), "direct");
            await hasCarrier(at(2), "direct");
            const resources = [
                await up({ local: "fe80::1", remotes: "fe80::2", device: "direct" }),
                await stack.up(
                    "Vxlan",
                    "two",
                    inputs(2, [], { local: "fe80::2", remotes: "fe80::1", device: "direct" }),
                ),
            ];
            await assertAllInner(1, 2);
            assert.equal((await linkOf(here(), "vx0")).mtu, 1430);
            const over = { name: "vx1", local: "fe80::1", remotes: "fe80::2", device: "eth0", addresses: undefined };
            resources.push(await stack.up("Vxlan", "second", inputs(1, [], over)));
            await assertSettled(...resources);
            await assert.rejects(
                stack.resource("Vxlan", "three").up(inputs(3, [], { local: "fe80::1", remotes: "" })),
                {
                    message:
                        "device: given nothing\nexpected the device over which the link-local address fe80::1 is reached",
                },
            );
        });

        it("is told if there is none of that name", async () => {
            const before = await takeSnapshot();
            const tunnel = stack.resource("Vxlan", "one");
            const wanted = inputs(1, [2], { device: "eth7" });
            await assert.rejects(tunnel.up(wanted), {
                message: `device: given "eth7"\nexpected a device in ${here()}\nthere is eth0`,
            });
            // Gone after the check.
            await assert.rejects(tunnel.create(wanted), /Cannot find device "eth7"/);
            assertSame(before, await takeSnapshot());
        });
    });

    describe("what is not its own", () => {
        const refused = (found: string) => ({
            message:
                'name: given "vx0"\nexpected what nobody else has\n' +
                `found ${found} named vx0 in namespace ${here()}: linuxnet did not create it; remove it, or choose another`,
        });
        const foreign = ["type", "vxlan", "id", "42", "local", "10.0.1.1", "dstport", "4789"];

        it("is left alone: a vxlan of its name", async () => {
            await link(here(), "add", "name", "vx0", ...foreign.toSpliced(3, 1, "7"));
            await fdb(here(), "append", ANYBODY, "dev", "vx0", "dst", outer(3));
            const before = await takeSnapshot();
            await assert.rejects(up(), refused("a vxlan"));
            const late = stack.resource("Vxlan", "late");
            await assert.rejects(late.create(inputs(1, [2])), /did not create it\.\nNothing was changed\./);
            assertSame(before, await takeSnapshot());
        });

        it("is left alone: a vxlan that is the same in everything but whose it is", async () => {
            await link(here(), "add", "name", "vx0", ...foreign);
            const before = await takeSnapshot();
            await assert.rejects(stack.resource("Vxlan", "late").create(inputs(1, [2])), /Nothing was changed\./);
            assertSame(before, await takeSnapshot());
        });

        for (const kind of ["bridge", "veth", "dummy"]) {
            it(`is left alone: a ${kind} of its name`, async function () {
                if (kind === "dummy") await requireFeature(this, "dummy");
                await link(here(), "add", "name", "vx0", "type", kind);
                const before = await takeSnapshot();
                await assert.rejects(up(), refused(`a ${kind}`));
                assertSame(before, await takeSnapshot());
            });
        }

        it("is left alone: a vxlan of its network, which the kernel takes once", async () => {
            await link(here(), "add", "name", "flannel.1", ...foreign);
            const before = await takeSnapshot();
            await assert.rejects(up(), {
                message:
                    `vni: given 42\nexpected a network identifier of its own in ${here()}\n` +
                    "flannel.1 has it already",
            });
            const late = stack.resource("Vxlan", "late");
            await assert.rejects(late.create(inputs(1, [2])), /VXLAN device with the specified VNI already exists/);
            assertSame(before, await takeSnapshot());
            const elsewhere = [
                await up({ vni: 43 }),
                await stack.up(
                    "Vxlan",
                    "other port",
                    inputs(1, [2], { name: "vx1", port: 8472, addresses: undefined }),
                ),
                await stack.up("Vxlan", "other family", inputs(1, [2], { name: "vx2", addresses: undefined }, 6)),
            ];
            await assertSettled(...elsewhere);
            for (const tunnel of elsewhere) await tunnel.delete();
            await assertRestored(before);
        });

        it("is left alone: another stack's", async () => {
            await new Stack("other").up("Vxlan", "theirs", inputs(1, [2], { addresses: undefined }));
            const before = await takeSnapshot();
            await assert.rejects(up(), {
                message:
                    'name: given "vx0"\nexpected what nobody else has\n' +
                    `found a vxlan named vx0 in namespace ${here()}: it belongs to lab/other/theirs; choose another stack or name, or destroy that one`,
            });
            assertSame(before, await takeSnapshot());
        });

        it("is left alone: what stands in its place when it goes", async () => {
            const tunnel = await up();
            await link(here(), "del", "dev", "vx0");
            await link(here(), "add", "name", "vx0", ...foreign);
            const before = await takeSnapshot();
            await tunnel.delete();
            assertSame(before, await takeSnapshot());
        });

        it("is told by an address that the place has not", async () => {
            const tunnel = stack.resource("Vxlan", "one");
            await assert.rejects(tunnel.up(inputs(1, [3], { local: outer(2) })), {
                message:
                    `local: given "10.0.2.1"\nexpected an address in ${here()}\n` +
                    "there is 10.0.1.1/24 on eth0, fd00:1::1/64 on eth0",
            });
            assert.equal(await findLink(here(), "vx0"), undefined);
        });
    });

    describe("as a bridge's port", () => {
        /** A container on a bridge of the host: what is on its wire is the tunnel's to carry. */
        const container = usePlace("container");
        const contain = async (mtu: number): Promise<void> => {
            await link(here(), "add", "name", "br0", "address", "02:00:00:00:00:b0", "type", "bridge");
            const cable = ["add", "name", "port", "master", "br0", "mtu", `${mtu}`, "type", "veth"];
            await link(here(), ...cable, "peer", "name", "eth0", "mtu", `${mtu}`, "netns", container.name);
            await writeSetting("net.ipv6.conf.eth0.accept_dad", "0", container.name);
            await ip("-n", container.name, "address", "add", "10.9.0.1/24", "dev", "eth0");
            await ip("-n", container.name, "address", "add", "fd09::1/64", "dev", "eth0", "nodad");
            await link(container.name, "set", "dev", "eth0", "up");
            for (const name of ["br0", "port"]) await link(here(), "set", "dev", name, "up");
        };
        const port = (more: Inputs = {}): Inputs => inputs(1, [2], { bridge: "br0", addresses: undefined, ...more });

        it("joins the containers of two hosts, with packets of full size", async () => {
            await contain(1450);
            const tunnel = await stack.up("Vxlan", "one", port());
            await stack.up("Vxlan", "two", inputs(2, [1]));
            assert.equal((await linkOf(here(), "vx0")).master, "br0");
            for (const to of [inner(2), inner(2, 6)]) {
                await assertReply(container.name, to, 64);
                await assertReply(container.name, to, 64, { packetBytes: 1450, dontFragment: true });
                const more = { packetBytes: 1451, dontFragment: true };
                await assertUnreachable(container.name, to, /too long, mtu[=:] ?1450/, more);
            }
            await assertSettled(tunnel);
        });

        it("drops what is too large without a word: so it is found before", async () => {
            await contain(1500);
            await stack.up("Vxlan", "one", port());
            await stack.up("Vxlan", "two", inputs(2, [1]));
            await assertReply(container.name, inner(2), 64, { packetBytes: 1450, dontFragment: true });
            await assertNoReply(container.name, inner(2), { packetBytes: 1451, dontFragment: true });
            const member: Inputs = {
                leftNamespace: here(),
                leftName: "second",
                leftBridge: "br0",
                rightNamespace: container.name,
                rightName: "eth1",
            };
            const pair = stack.resource("VethPair", "pair");
            const whose = 'what it sends goes through the Vxlan "one"';
            await assert.rejects(pair.up(member), {
                message:
                    `right.mtu: given nothing, which is 1500\nexpected at most 1450: ${whose}\n` +
                    "its underlay has 1500, of which the encapsulation takes 50",
            });
            await pair.up({ ...member, rightMtu: 1450 });
            assert.equal((await linkOf(container.name, "eth1")).mtu, 1450);
        });

        it("is put into a bridge and taken out in place", async () => {
            await contain(1450);
            const tunnel = await stack.up("Vxlan", "one", port({ bridge: undefined }));
            await stack.up("Vxlan", "two", inputs(2, [1]));
            const apart = await linkOf(here(), "vx0");
            await assertUnreachable(container.name, inner(2), /Unreachable/, { timeoutSeconds: 5 });
            assert.deepEqual(await tunnel.diff(port()), { changes: true, replaces: [] });
            assert.equal(await tunnel.up(port()), "update");
            assert.deepEqual(await linkOf(here(), "vx0"), { ...apart, master: "br0" });
            await assertReply(container.name, inner(2), 64);
            await assertReply(container.name, inner(2, 6), 64);
            await assertSettled(tunnel);
            await link(here(), "add", "name", "br1", "type", "bridge");
            assert.equal(await tunnel.up(port({ bridge: "br1" })), "update");
            assert.deepEqual(await linkOf(here(), "vx0"), { ...apart, master: "br1" });
            assert.equal(await tunnel.up(port({ bridge: undefined })), "update");
            assert.deepEqual(await linkOf(here(), "vx0"), apart);
            await assertSettled(tunnel);
        });

        it("changes its remotes in place as such too", async () => {
            await contain(1450);
            const tunnel = await stack.up("Vxlan", "one", port());
            await stack.up("Vxlan", "two", inputs(2, [1]));
            await assertReply(container.name, inner(2), 64);
            const losses = await backgroundPing(container.name, inner(2), async () => {
                await tunnel.up(port({ remotes: `${outer(2)}, ${outer(3)}` }));
                await tunnel.up(port());
            });
            assertUninterrupted(losses);
            assert.deepEqual(await remotesOf(here()), [outer(2)]);
        });

        it("goes from a stack's own bridge and leaves it as it was", async () => {
            const bridge = await stack.up("Bridge", "switch", {
                namespace: here(),
                name: "br0",
                addresses: "10.9.0.1/24",
            });
            const { mac } = await linkOf(here(), "br0");
            const tunnel = await stack.up("Vxlan", "one", port());
            await stack.up("Vxlan", "two", inputs(2, [1]));
            await assertReply(here(), inner(2), 64);
            assert.deepEqual({ mac: (await linkOf(here(), "br0")).mac }, { mac });
            await assertSettled(bridge, tunnel);
            await tunnel.delete();
            assert.equal(await findLink(here(), "vx0"), undefined);
            await assertSettled(bridge);
        });

        it("refuses what is no bridge", async () => {
            const tunnel = stack.resource("Vxlan", "one");
            await assert.rejects(tunnel.up(port({ bridge: "eth0" })), {
                message: `bridge: given "eth0"\nexpected a bridge in ${here()}\neth0 is a veth there`,
            });
            await assert.rejects(tunnel.up(port()), Refused);
            assert.equal(await findLink(here(), "vx0"), undefined);
        });

        it("has an address refused that is taken at the other end of the overlay", async () => {
            await stack.up("Vxlan", "one", inputs(1, [2]));
            await assert.rejects(stack.up("Vxlan", "two", inputs(2, [1], { addresses: "10.9.0.1/24" })), {
                message:
                    'addresses: given "10.9.0.1/24"\nexpected an address that is free on its layer-2 network\n' +
                    `vx0 in ${here()} has it ("one")`,
            });
            assert.equal(await findLink(at(2), "vx0"), undefined);
        });
    });

    describe("killed after any of its commands, and run again", () => {
        const whole: Inputs = {
            remotes: "10.0.2.1, 10.0.3.1",
            bridge: "br9",
            addresses: "10.9.0.1/24",
            learning: false,
        };
        const scenarios: readonly { what: string; from?: Inputs; to: Inputs | undefined; shortest: number }[] = [
            { what: "create", to: whole, shortest: 12 },
            { what: "create over an underlay of another MTU", to: { local: "10.0.7.1", device: "eth7" }, shortest: 10 },
            {
                what: "update",
                from: whole,
                to: { remotes: "10.0.3.1, 10.0.4.1", mtu: 1400, macAddress: "02:00:00:00:00:07" },
                shortest: 9,
            },
            { what: "delete", from: whole, to: undefined, shortest: 2 },
        ];

        beforeEach("a bridge, and a second way out", async () => {
            await link(here(), "add", "name", "br9", "address", "02:00:00:00:00:09", "mtu", "1450", "type", "bridge");
            // A bridge takes limits over from its ports, and keeps them: so it has one from the beginning.
            await link(
                here(),
                "add",
                "name",
                "eth8",
                "mtu",
                "1450",
                "master",
                "br9",
                "type",
                "veth",
                "peer",
                "name",
                "p8",
            );
            await link(here(), "add", "name", "eth7", "mtu", "9000", "type", "veth", "peer", "name", "p7");
            for (const name of ["br9", "eth8", "p8", "eth7", "p7"]) {
                await writeSetting(`net.ipv6.conf.${name}.disable_ipv6`, "1", here());
                await link(here(), "set", "dev", name, "up");
            }
            await ip("-n", here(), "address", "add", "10.0.7.1/24", "dev", "eth7");
        });

        for (const { what, from, to, shortest } of scenarios) {
            it(what, async () => {
                const start = async (): Promise<Resource> => {
                    const resource = stack.resource("Vxlan", "it");
                    if (from !== undefined) await resource.up(inputs(1, [2], from));
                    return resource;
                };
                const change = (resource: Resource) =>
                    to === undefined ? resource.delete() : resource.up(inputs(1, [2], to));

                const first = await start();
                await change(first);
                await first.delete();
                const before = await takeSnapshot();

                const undisturbed = await start();
                await change(undisturbed);
                const done = await takeSnapshot();
                await undisturbed.delete();
                await assertRestored(before);

                let commands = 0;
                for (; ; commands++) {
                    const resource = await start();
                    const killed = await killedAfter(commands, () => change(resource));
                    await change(resource);
                    assertSame(done, await takeSnapshot());
                    if (to !== undefined) await assertSettled(resource);
                    await resource.delete();
                    assertSame(before, await takeSnapshot());
                    if (!killed) break;
                }
                assert.ok(commands >= shortest, `only ${commands} commands have been tried`);
            });
        }
    });
});
