import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { command, ip, ipJson, run, writeSetting } from "../support/kernel";
import { type Lab, useLab } from "../support/lab";
import type { Machine } from "../support/machine";
import { useMachines } from "../support/machines";
import { readNamespaces } from "../support/namespaces";
import { readNetwork } from "../support/network";
import { type Snapshot, takeSnapshot } from "../support/snapshot";
import { assertRestored, assertSame, diffSnapshots, settle, takeSettledSnapshot } from "../support/snapshot-difference";
import { assertSucceeded, STACK } from "./every-example";

/** What it prints, and nothing else. */
const printed = (lab: Lab): Promise<string> => lab.command("commands", "--stack", STACK);

const lines = (script: string): string[] => script.trimEnd().split("\n");

/** As a person would run it who has saved it. */
async function bash(lab: Lab, script: string): Promise<void> {
    const file = join(lab.folder, "lab.sh");
    await writeFile(file, script);
    assert.equal(await command(["bash", file]), "", "a script says nothing when all is well");
    await rm(file);
}

/** By hand, without a word of ours: what was made on this machine goes again. */
async function undo(): Promise<void> {
    const namespaces = await readNamespaces();
    for (const { path } of namespaces) {
        const links = await ipJsonAt(path);
        for (const name of links.filter((one) => one !== "lo")) {
            await run(["ip", "link", "del", "dev", name], { where: path });
        }
    }
    for (const { ifname, group } of await ipJson("-d", "link", "show")) {
        if (group !== "default") await run(["ip", "link", "del", "dev", String(ifname)]);
    }
    for (const { name, path } of namespaces.toReversed()) {
        if (path === name) await command(["umount", path]);
        else await ip("netns", "del", name);
    }
    await command(["sh", "-c", "rm -f /etc/sysctl.d/90-router-*.conf"]);
    await rm("/run/linuxnet", { recursive: true, force: true });
    await writeSetting("net.ipv4.ip_forward", "0");
}

async function ipJsonAt(path: string): Promise<string[]> {
    const links: { ifname: string }[] = JSON.parse(await command(["ip", "-j", "link", "show"], { where: path }));
    return links.map(({ ifname }) => ifname);
}

/** The numbers of a bridge's ports go by who came first, and up makes pairs side by side. */
const PORT_NUMBER = /^linkinfo\.info_slave_data\.(id|no|designated_port)$/;

const withoutPortNumbers = (snapshot: Snapshot): Snapshot =>
    new Map(
        Array.from(snapshot, ([name, properties]) => [
            name,
            Object.fromEntries(Object.entries(properties).filter(([key]) => !PORT_NUMBER.test(key))),
        ]),
    );

/** The network at rest. */
const lookAtRest = async (): Promise<Snapshot> => withoutPortNumbers(await takeSettledSnapshot());

/** What no example has. */
const MORE = `
import * as linuxnet from "pulumi-linuxnet";
const a = new linuxnet.Namespace("a");
const b = new linuxnet.Namespace("b");
const cable = new linuxnet.VethPair("cable", {
    left: { namespace: a, name: "eth.0", addresses: ["10.0.0.1/24", "10.0.0.9/24", "fd00::1/64"], mtu: 1400 },
    right: { namespace: b, name: "eth0", addresses: ["10.0.0.2/24"], mtu: 1400 },
});
new linuxnet.Address("more", { device: cable.left, address: "10.0.7.1/24" });
const hub = new linuxnet.Bridge("hub", { namespace: a, name: "br0", stp: true, mtu: 1300 });
new linuxnet.Vxlan("tunnel", { bridge: hub, name: "vx0", vni: 7, local: "10.0.0.1", remotes: ["10.0.0.2", "10.0.0.3"] });
new linuxnet.ForwardingSetting("forwarding", { namespace: a, ipv4: true, ipv6: true });
new linuxnet.ForwardingSetting("here", { ipv4: true, persist: true });
new linuxnet.Route("hole", { namespace: b, destination: "10.9.0.0/16", type: "blackhole", metric: 7 });
new linuxnet.Route("out", { namespace: b, destination: "default", nexthops: [{ gateway: "10.0.0.1" }, { gateway: "10.0.0.9", weight: 2 }] });
`;

/** The files that outlive a boot, with what is in them. */
const persisted = (): Promise<string> => command(["sh", "-c", "tail -n +1 /etc/sysctl.d/90-* 2>&1 || true"]);

/**
 * Names, addresses, routes, settings, and by what they are ours: alias, group and protocol. Before and behind it the machine is as it
 * was; then the lab is deployed.
 */
async function assertSameAsUp(lab: Lab): Promise<void> {
    const [start, files] = [await takeSnapshot(), await persisted()];
    const script = await printed(lab);
    assert.match(script, /^#!\/bin\/bash\n/);
    await assertRestored(start, 0);
    await bash(lab, script);
    const [made, written] = [await lookAtRest(), await persisted()];
    await undo();
    await assertRestored(start);
    assert.equal(await persisted(), files);
    assertSucceeded(await lab.up());
    assertSame(made, await lookAtRest());
    assert.equal(await persisted(), written);
}

const examples = readdirSync(join(__dirname, "..", "..", "examples"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => (name === "with-components" ? join(name, "gateway") : name));

describe("linuxnet commands", () => {
    it("is tried with every example", () => assert.ok(examples.length >= 7, examples.join(", ")));

    for (const example of examples) {
        describe(`of ${example}`, () => {
            const lab = useLab(example, { stack: STACK });

            it("makes the lab that up makes", () => assertSameAsUp(lab));

            it("has nothing to say when it is there", async () => {
                assert.deepEqual(lines(await printed(lab)), [
                    "#!/bin/bash",
                    "# Nothing would change: the lab is as its program says.",
                ]);
            });
        });
    }

    describe("of what no example has", () => {
        const lab = useLab("router", { stack: STACK });

        it("makes the lab that up makes", async () => {
            await lab.write(MORE);
            await assertSameAsUp(lab);
        });
    });

    describe("of a change", () => {
        const lab = useLab("router", { stack: STACK });
        const name = "veth-ns1-router";

        before("deploy", async () => assertSucceeded(await lab.up()));

        /** What the script does is all that there was to do. */
        async function assertDone(script: string): Promise<void> {
            await bash(lab, script);
            const made = await lookAtRest();
            assertSucceeded(await lab.up());
            assertSame(made, await lookAtRest());
        }

        const header = [
            "#!/bin/bash",
            '# What "linuxnet up" would run now, in its order. To be run as root.',
            "set -e",
        ];

        it("of an address is that one", async () => {
            await lab.edit('"192.168.1.1/24"', '"192.168.1.1/24", "192.168.7.1/24"');
            const [device] = await ipJson("-n", "ns-router-dev", "link", "show", "dev", name);
            const script = await printed(lab);
            assert.deepEqual(lines(script), [
                ...header,
                "",
                "# VethPair link1: changed",
                `ip -n ns-router-dev addr add 192.168.7.1/24 dev ${name}`,
                // Its neighbours are told so.
                `ip -n ns-router-dev link set dev ${name} address ${device?.["address"]}`,
            ]);
            await assertDone(script);
        });

        it("by hand is put right", async () => {
            await ip("-n", "ns-router-dev", "link", "set", "dev", name, "mtu", "1400");
            await ip("-n", "ns1-dev", "route", "del", "192.168.2.0/24");
            await lab.edit('"192.168.7.1/24"]', '"192.168.7.1/24"], mtu: 1500');
            const script = await printed(lab);
            assert.deepEqual(lines(script), [
                ...header,
                "",
                "# VethPair link1: changed",
                `ip -n ns-router-dev link set dev ${name} mtu 1500`,
                "",
                "# Route to-ns2",
                "ip -n ns1-dev route add 192.168.2.0/24 via 192.168.1.1 dev veth-ns1 proto 157",
            ]);
            await assertDone(script);
        });

        it("of a name is a removal and a creation", async () => {
            await lab.edit('new linuxnet.Namespace("ns2")', 'new linuxnet.Namespace("ns2", { name: "other" })');
            const script = await printed(lab);
            assert.ok(script.includes("ip netns del ns2-dev\n"), script);
            assert.ok(script.includes("ip netns add other\n"), script);
            await assertDone(script);
        });

        it("of nothing but what is left out is a removal", async () => {
            const program = await lab.read();
            await lab.write(program.replace(/^.*(ForwardingSetting|Route|Reachability|ns[12]ToNs).*$/gm, ""));
            const script = await printed(lab);
            assert.ok(script.includes("ip netns exec ns-router-dev sysctl -q -w net.ipv4.ip_forward=0"), script);
            assert.match(script, /^# Route to-ns1: removed\nip -n other route del 192\.168\.1\.0\/24 /m);
            await assertDone(script);
        });

        it("with a mistake in it is no script, but what the preview says", async () => {
            await lab.edit('"192.168.2.1/24"', '"192.168.2.1/33"');
            await assert.rejects(printed(lab), (error: Error) => {
                assert.match(error.message, /\(1\): error: link2: right\.addresses: given "192\.168\.2\.1\/33"\n/);
                assert.ok(!error.message.includes("#!/bin/bash"), error.message);
                return true;
            });
        });
    });

    it("takes no form of the engine's own, and says so", async () => {
        const cli = join(__dirname, "..", "..", "dist", "cli", "main.js");
        const { code, stdout, stderr } = await run([process.execPath, cli, "commands", "--json"]);
        assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
        assert.match(stderr, /^linuxnet: unknown option '--json'\n"linuxnet commands --help" tells what it takes\.$/m);
    });
});

describe("linuxnet commands for two machines", () => {
    const lab = useLab("two-hosts", { stack: STACK });
    const machines = useMachines(
        {
            left: { address: "10.0.2.15/24", uplink: "enp0s3" },
            right: { address: "10.0.2.16/24", uplink: "enp0s3" },
        },
        "10.0.2.1/24",
    );

    const namespaces = ["ns1", "ns2"];
    const take = async (machine: Machine): Promise<Snapshot> => {
        const root = machine.file("/run/netns");
        const there = (await machine.command(["ip", "netns"])).split("\n").map((line) => line.split(" ")[0] ?? "");
        const inside = namespaces.filter((name) => there.includes(name));
        const networks = await Promise.all([
            readNetwork("host", machine.where),
            ...inside.map((name) => readNetwork(name, join(root, name))),
        ]);
        return withoutPortNumbers(new Map(networks.flatMap((network) => [...network])));
    };
    const takeAll = async (): Promise<Snapshot> => {
        const found = await Promise.all(machines.all.map(async ({ name }) => [name, await take(machines.get(name))]));
        const entries = found as [string, Snapshot][];
        return new Map(
            entries.flatMap(([name, all]) => Array.from(all, ([key, value]) => [`${name} ${key}`, value] as const)),
        );
    };

    /** The kernel takes its time for IPv6 addresses and their routes. */
    async function atRest(): Promise<Snapshot> {
        for (;;) {
            const before = await takeAll();
            await sleep(2000);
            const after = await takeAll();
            if (diffSnapshots(before, after).length === 0) return after;
        }
    }

    it("makes on each what up makes there", async () => {
        for (const { name, address } of machines.all) {
            await lab.configure(`linuxnet:hosts.${name}.connection`, `ssh://root@${address}`);
            await lab.configure(`linuxnet:hosts.${name}.identityFile`, machines.client.identityFile);
            await lab.configure(`linuxnet:hosts.${name}.knownHostsFile`, machines.client.knownHostsFile);
        }
        const start = await atRest();
        const here = await takeSnapshot();
        const script = await printed(lab);
        await bash(lab, script);
        await assertRestored(here);
        const made = await atRest();
        assert.notEqual(made.size, start.size);
        // All of it bears the marks of what up makes, so up and destroy take it for that; but for a setting, which bears none.
        assertSucceeded(await lab.up());
        assertSucceeded(await lab.destroy());
        for (const machine of machines.all) await machine.command(["sysctl", "-q", "-w", "net.ipv4.ip_forward=0"]);
        assertSame(start, await settle(start, takeAll, 10));
        assertSucceeded(await lab.up());
        assertSame(made, await settle(made, takeAll, 10));
    });
});
