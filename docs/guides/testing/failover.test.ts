import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A stack of the tests' own, beside one that somebody is at work with: its namespaces are ns1-test and so on. */
const stack = "test";

async function linuxnet(...args: string[]): Promise<void> {
    await run("npx", ["linuxnet", ...args]);
}

/** A program in one of the lab's namespaces. */
function within(namespace: string, ...argv: string[]): [string, string[]] {
    return ["ip", ["netns", "exec", `${namespace}-${stack}`, ...argv]];
}

async function startServer(namespace: string): Promise<ChildProcess> {
    const server = spawn(...within(namespace, "node", "server.mjs", namespace), {
        stdio: ["ignore", "pipe", "inherit"],
    });
    await once(server.stdout as NodeJS.ReadableStream, "data");
    return server;
}

/** The servers in the order in which the client asks them. */
async function ask(): Promise<string> {
    const { stdout } = await run(...within("ns1", "node", "client.mjs", "192.168.1.2", "192.168.1.3"));
    return stdout.trim();
}

describe("a client that knows two servers", () => {
    let servers: ChildProcess[] = [];

    before("deploy the lab, and start what is tested", async () => {
        await linuxnet("stack", "select", "--create", stack);
        await linuxnet("up", "--yes", "--skip-preview");
        servers = await Promise.all([startServer("ns2"), startServer("ns3")]);
    });

    after("stop it, and take the lab away", async () => {
        for (const server of servers) server.kill();
        await linuxnet("destroy", "--yes", "--skip-preview");
        await linuxnet("stack", "rm", stack, "--yes");
    });

    it("takes the first", async () => {
        assert.equal(await ask(), "ns2");
    });

    it("takes the second when the first has stopped", async () => {
        servers[0]?.kill();
        assert.equal(await ask(), "ns3");
        servers[0] = await startServer("ns2");
    });

    it("takes the second when the cable of the first is cut", async () => {
        await run("ip", ["-n", `ns2-${stack}`, "link", "set", "veth-ns2", "down"]);
        assert.equal(await ask(), "ns3");
    });

    it("takes the first again when the lab is repaired", async () => {
        await linuxnet("up", "--yes", "--skip-preview");
        assert.equal(await ask(), "ns2");
    });

    it("says so when there is none", async () => {
        for (const server of servers) server.kill();
        await assert.rejects(ask(), /no server answers/);
    });
});
