import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Machine } from "../support/machine";
import { useMachines } from "../support/machines";
import { assertSettled, type Inputs, type KindName, type Resource, useStack } from "../support/provider";
import { type HostSettings, operate, reachNobody, settingsFor } from "../support/reach";
import { Deployer } from "./deployer";

type Program = Readonly<Record<string, readonly [KindName, Inputs]>>;

const host = "left";
const WATCHED = { rollbackSeconds: "5" };
const PROGRAM: Program = {
    ns1: ["Namespace", { host, name: "ns1" }],
    br0: ["Bridge", { host, name: "br0", addresses: "10.1.0.1/24, 10.1.0.7/24, fd01::1/64" }],
    spare: ["Bridge", { host, name: "spare", addresses: "10.5.0.1/24" }],
    link: [
        "VethPair",
        {
            leftHost: host,
            leftNamespace: "ns1",
            leftName: "eth0",
            leftAddresses: "10.1.0.2/24",
            rightHost: host,
            rightName: "port",
            rightBridge: "br0",
        },
    ],
    direct: [
        "VethPair",
        {
            leftHost: host,
            leftNamespace: "ns1",
            leftName: "eth1",
            leftAddresses: "10.2.0.2/24",
            rightHost: host,
            rightName: "direct",
            rightAddresses: "10.2.0.1/24",
            rightMtu: 1400,
        },
    ],
    tunnel: ["Vxlan", { host, name: "vx0", vni: 7, local: "10.9.0.15", remotes: "10.9.0.1, 10.9.0.3" }],
    loopback: ["Address", { host, device: "lo", address: "10.8.0.1/32" }],
    far: ["Route", { host, destination: "10.20.0.0/16", gateway: "10.1.0.2", device: "br0" }],
    farther: ["Route", { host, destination: "10.21.0.0/16", gateway: "10.2.0.2", device: "direct", metric: 7 }],
    forwarding: ["ForwardingSetting", { host, ipv4: true }],
};

/** What cuts the machine off from us. */
const CUT: Program[string] = ["Route", { host, destination: "10.9.0.1/32", type: "blackhole" }];

/** The own network of a machine, but for the numbers of links. */
async function look(machine: Machine): Promise<string> {
    const script =
        "ip -o -d link | sed 's/^[0-9]*: //; s/@[^:]*:/:/; s/link-netns.*//; s/ *numtxqueues.*//; s/.x[0-9a-f]* hello_timer.*//' | " +
        "sed -E 's/(hello|tcn|topology_change|gc)_timer +[0-9.]+//g; s/(port_no|port_id) [^ ]*//g' | sort; " +
        "ip -br addr | sed 's/@[^ ]*//' | sort; ip route show table all | sort; bridge fdb show dev vx0 | sort; " +
        "sysctl -a 2>/dev/null | grep -E '^net.ipv[46].*(forward|accept_ra|redirects)' | sort; exit 0";
    const text = await machine.command(["sh", "-c", script]);
    return text.replace(/^.*fe80::.*\n/gm, (line) => (line.includes("/64 ") ? line.replace(/ fe80::\S+/g, "") : ""));
}

describe("a machine that a change cuts off", () => {
    const machines = useMachines({ left: { address: "10.9.0.15/24" } });
    const stack = useStack();
    const resources = new Map<string, Resource>();
    let left: Machine;
    let before: string;

    beforeEach(async () => {
        left = machines.get("left");
        await left.command(["ip", "addr", "add", "10.77.0.1/24", "dev", "lo"]);
        await left.command(["ip", "route", "add", "10.78.0.0/16", "dev", "lo", "proto", "static"]);
        before = await look(left);
        resources.clear();
    });
    afterEach(async () => {
        await left.command(["ip", "addr", "del", "10.77.0.1/24", "dev", "lo"]);
        await left.run(["ip", "route", "del", "10.78.0.0/16"]);
        reachNobody();
        await sleep(100);
    });

    /** As one operation of the engine has it: a process of its own, and a connection. */
    function begin(more: HostSettings = WATCHED): void {
        operate({ left: settingsFor(left, machines.client, more) }, { project: "lab", stack: "test", name: "" });
    }

    async function up(program: Program): Promise<void> {
        for (const [name, [kind, inputs]] of Object.entries(program)) {
            const resource = resources.get(name) ?? stack.resource(kind, name);
            resources.set(name, resource);
            await resource.up(inputs);
        }
    }

    /** What was down has its carrier back after a moment. */
    async function assertLook(whole: string): Promise<void> {
        for (let wait = 0; wait < 30 && (await look(left)) !== whole; wait++) await sleep(100);
        assert.equal(await look(left), whole);
    }

    async function destroyed(): Promise<void> {
        begin();
        await stack.destroy();
        reachNobody();
        for (let wait = 0; wait < 50 && (await left.command(["ls", "/run"])).includes("linuxnet"); wait++)
            await sleep(100);
        assert.equal(await look(left), before);
        assert.doesNotMatch(await left.command(["ls", "/run"]), /linuxnet/);
        // Who watches looks twice a second, and more seldom where there is much else to do.
        const watching = async (): Promise<string> => (await left.run(["pgrep", "-a", "setsid|sh"])).stdout;
        for (let wait = 0; wait < 50 && (await watching()).includes("rollback"); wait++) await sleep(100);
        assert.doesNotMatch(await watching(), /rollback/);
    }

    const TOLD =
        /host left was not reached within 5 s of this change\. It has put its own network back as it was before this operation\.\n/;

    it("puts everything back by itself: what was made, changed and removed", async () => {
        begin();
        await up(PROGRAM);
        const whole = await look(left);
        begin();
        await resources.get("far")?.delete();
        await resources.get("spare")?.delete();
        await resources.get("direct")?.delete();
        await up({
            br0: ["Bridge", { host, name: "br0", addresses: "10.1.0.7/24, 10.1.0.9/24", mtu: 1300, stp: true }],
            link: ["VethPair", { ...PROGRAM["link"]?.[1], rightBridge: undefined, rightUp: false }],
            tunnel: ["Vxlan", { ...PROGRAM["tunnel"]?.[1], remotes: "10.9.0.3, 10.9.0.4" }],
            loopback: ["Address", { host, device: "lo", address: "10.8.0.2/32" }],
            forwarding: ["ForwardingSetting", { host, ipv4: true, ipv6: true }],
            more: ["Bridge", { host, name: "more", addresses: "10.6.0.1/24" }],
        });
        await assert.rejects(up({ cut: CUT }), (error: Error) => TOLD.test(error.message));
        await assertLook(whole);
        begin();
        resources.delete("cut");
        for (const resource of resources.values()) if (resource.id !== undefined) await resource.refresh();
        resources.delete("more");
        await up(PROGRAM);
        await assertSettled(...resources.values());
        await destroyed();
    });

    it("leaves what others have made and removed since", async () => {
        begin();
        await up({ br0: ["Bridge", { host, name: "br0", addresses: "10.1.0.1/24" }] });
        const by = (...words: string[]) => left.command(words);
        const record = (key: string, kind: string, claims: readonly object[]): Promise<string> => {
            const text = JSON.stringify({ boot: "any", kind, claims, before: {} });
            return by(
                "sh",
                "-c",
                'mkdir -p /run/linuxnet/host; echo "$2" >"/run/linuxnet/host/$1.json"',
                "sh",
                key,
                text,
            );
        };
        const theirs = (spec: object) => ({ owner: "lab/other/one", spec });
        for (const number of [1, 2]) {
            await by("ip", "route", "add", `10.3${number}.0.0/16`, "dev", "br0", "proto", "157");
            await record(`Route.10.3${number}.0.0%2F16%20254%200`, "Route", [
                theirs({ destination: `10.3${number}.0.0/16` }),
            ]);
        }
        await by("ip", "link", "add", "name", "one", "type", "veth", "peer", "name", "two");
        for (const end of ["one", "two"]) await by("ip", "link", "set", "dev", end, "up");
        await by("ip", "route", "add", "10.80.0.0/16", "dev", "one");
        begin();
        await up({
            more: ["Bridge", { host, name: "more" }],
            loopback: ["Address", { host, device: "lo", address: "10.8.0.1/32" }],
            way: ["Route", { host, destination: "10.40.0.0/16", device: "br0" }],
            forwarding: ["ForwardingSetting", { host, ipv4: true, ipv6: true }],
        });
        const whole = await look(left);
        // Another stack makes a route, an address and a claim on forwarding, and removes a route; a person does the same.
        await by("ip", "route", "add", "10.33.0.0/16", "dev", "lo", "proto", "157");
        await record("Route.10.33.0.0%2F16%20254%200", "Route", [theirs({ destination: "10.33.0.0/16" })]);
        await by("ip", "route", "del", "10.32.0.0/16");
        await by("rm", "/run/linuxnet/host/Route.10.32.0.0%2F16%20254%200.json");
        const file = "/run/linuxnet/host/ForwardingSetting.forwarding.json";
        const { claims } = JSON.parse(await by("cat", file));
        await record("ForwardingSetting.forwarding", "ForwardingSetting", [...claims, theirs({ ipv4: true })]);
        await by("ip", "addr", "add", "10.66.0.1/32", "dev", "lo");
        await by("ip", "addr", "del", "10.77.0.1/24", "dev", "lo");
        await by("ip", "route", "del", "10.80.0.0/16");
        await by("ip", "route", "add", "10.79.0.0/16", "dev", "lo");
        await assert.rejects(up({ cut: CUT }), TOLD);
        const has = async (text: string) => (await look(left)).includes(text);
        for (let wait = 0; wait < 50 && (await has("more")); wait++) await sleep(100);
        await sleep(300);
        const found = await look(left);
        for (const ours of ["more", "10.8.0.1", "10.40.0.0", "blackhole"]) assert.ok(!found.includes(ours), ours);
        for (const there of ["10.31.0.0/16", "10.33.0.0/16", "10.66.0.1", "10.79.0.0/16"])
            assert.ok(found.includes(there), there);
        for (const gone of ["10.32.0.0", "10.77.0.1", "10.80.0.0"]) assert.ok(!found.includes(gone), gone);
        assert.match(found, /net\.ipv4\.ip_forward = 1/);
        assert.match(whole, /net\.ipv6\.conf\.all\.forwarding = 1/);
        assert.match(found, /net\.ipv6\.conf\.all\.forwarding = 0/);
        await by(
            "sh",
            "-c",
            `rm -f /run/linuxnet/host/Route.10.3* ${file}; ip route flush proto 157; ip route del 10.79.0.0/16`,
        );
        await by("ip", "addr", "del", "10.66.0.1/32", "dev", "lo");
        await by("ip", "addr", "add", "10.77.0.1/24", "dev", "lo");
        await by("ip", "link", "del", "dev", "one");
        await by("sysctl", "-q", "-w", "net.ipv4.ip_forward=0", "net.ipv4.conf.all.accept_redirects=1");
        await destroyed();
    });

    it("says so at once to what comes behind", async () => {
        begin();
        await up({ br0: ["Bridge", { host, name: "br0" }] });
        await assert.rejects(up({ cut: CUT }), TOLD);
        await assert.rejects(up({ more: ["Bridge", { host, name: "more" }] }), TOLD);
        await assertLook(before);
        await destroyed();
    });

    it("is left as it is where it is reached", async () => {
        begin();
        await up(PROGRAM);
        const whole = await look(left);
        await sleep(6_000);
        assert.equal(await look(left), whole);
        await destroyed();
    });

    it("does so for a caller that is dead", async () => {
        const hosts = { left: settingsFor(left, machines.client, WATCHED) };
        const [kind, inputs] = CUT;
        const deployer = new Deployer({ operation: true, hosts, resources: [[kind, "cut", inputs]] });
        for (let wait = 0; wait < 100 && !(await left.command(["ip", "route"])).includes("blackhole"); wait++)
            await sleep(50);
        assert.match(await left.command(["ip", "route"]), /blackhole/, await deployer.says(/./, 0));
        await deployer.end("SIGKILL");
        for (let wait = 0; wait < 100 && (await left.command(["ip", "route"])).includes("blackhole"); wait++)
            await sleep(100);
        await destroyed();
    });

    it("has to reach whatever else it is told to", async () => {
        begin({ ...WATCHED, rollbackReaches: "10.9.0.1" });
        await up({ br0: ["Bridge", { host, name: "br0" }] });
        begin({ ...WATCHED, rollbackReaches: "10.99.0.1" });
        const more: Program = { more: ["Bridge", { host, name: "more" }] };
        await assert.rejects(up(more), /was not reached, or did not reach 10\.99\.0\.1, within 5 s of this change/);
        assert.doesNotMatch(await look(left), /^more/m);
        assert.match(await look(left), /^br0/m);
        await destroyed();
    });
});
