import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { listCommands, withCommandLog } from "../support/commands";
import { command, ip, ipJson } from "../support/kernel";
import { assertSettled, type Inputs, type KindName, type Resource, useStack } from "../support/provider";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";
import { killedAfter } from "./interruption";

const PROGRAM: readonly (readonly [KindName, string, Inputs])[] = [
    ["SimulatedHost", "far", { name: "far" }],
    ["Namespace", "ns1", { name: "ns1" }],
    ["Bridge", "br0", { name: "br0", addresses: "10.1.0.1/24" }],
    [
        "VethPair",
        "link",
        { leftNamespace: "ns1", leftName: "eth0", leftAddresses: "10.1.0.2/24", rightName: "port", rightBridge: "br0" },
    ],
    ["Vxlan", "tunnel", { name: "vx0", vni: 7, local: "10.1.0.1", remotes: "10.1.0.2" }],
    ["Address", "loopback", { device: "lo", address: "10.9.0.1/32" }],
    ["Route", "out", { namespace: "ns1", destination: "default", gateway: "10.1.0.1", device: "eth0" }],
    ["ForwardingSetting", "forwarding", { ipv4: true, persist: true }],
];

const MARK = /^ {4}link set dev \S+ (group \d+|alias linuxnet:lab\/renamed\/\S+)$/;

/** The group of what a stack has made. */
const groupOf = async (device: string): Promise<unknown> =>
    (await ipJson("-N", "link", "show", "dev", device))[0]?.group;

describe("A stack that has been renamed", () => {
    const stack = useStack();
    let resources: readonly Resource[];

    async function deployed(): Promise<void> {
        stack.rename("test");
        resources = PROGRAM.map(([kind, name]) => stack.resource(kind, name));
        await up();
    }

    async function up(): Promise<void> {
        for (const [index, resource] of resources.entries()) await resource.up(PROGRAM[index]?.[2] ?? {});
    }

    it("keeps all that is its own, which bears its new name then, and nothing else changes", async () => {
        const start = await takeSnapshot();
        await deployed();
        const group = await groupOf("br0");
        stack.rename("renamed");
        const { mutating } = await withCommandLog(up);
        const lines = listCommands(mutating).split("\n");
        const others = lines.filter((line) => /^ {4}[a-z]/.test(line)).filter((line) => !MARK.test(line));
        assert.deepEqual(others, ["    net.ipv4.ip_forward = 1"], "nothing but its name changes, in a file too");
        assert.notEqual(await groupOf("br0"), group);
        const links = `${await ip("link")}${await ip("-n", "ns1", "link")}`;
        assert.doesNotMatch(links, /lab\/test\//);
        for (const owner of ["br0", "link", "tunnel", "ns1"])
            assert.match(links, new RegExp(`lab/renamed/${owner}$`, "m"));
        await assertSettled(...resources);
        await stack.destroy();
        await assertRestored(start);
        assert.equal(existsSync("/run/linuxnet"), false);
    });

    it("leaves its former name to another", async () => {
        await deployed();
        stack.rename("renamed");
        await up();
        stack.rename("test");
        const other = stack.resource("Bridge", "br0");
        await assert.rejects(other.up({ name: "br0" }), /it belongs to lab\/renamed\/br0/);
        stack.rename("renamed");
        await stack.destroy();
    });

    it("may be killed after any command of it", async function () {
        this.timeout(240_000);
        const start = await takeSnapshot();
        await deployed();
        let commands = 0;
        for (let isDone = false; !isDone; commands++) {
            const name = commands % 2 === 0 ? "renamed" : "test";
            stack.rename(name);
            isDone = !(await killedAfter(commands, up));
            await up();
            await assertSettled(...resources);
            const claims = await command(["sh", "-c", "cat $(find /run/linuxnet -name '*.json')"]);
            const owners = claims.match(/(?<="owner":"lab\/)[^/]+/g);
            assert.deepEqual([...new Set(owners)], [name]);
        }
        assert.ok(commands > 15, `${commands} commands`);
        await stack.destroy();
        await assertRestored(start);
    });
});
