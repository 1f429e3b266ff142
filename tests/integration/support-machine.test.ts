import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ip, type Outcome, readSetting, run } from "../support/kernel";
import { type Machine, startMachine } from "../support/machine";
import { Machines, useMachines } from "../support/machines";
import { assertReply } from "../support/ping";
import { processesBelow } from "../support/processes";
import { type Relay, type RelayOptions, startRelay } from "../support/relay";
import { type SshClient, sshOptions } from "../support/ssh-client";

/** What tests of other machines rely on. */
describe("machines for tests", () => {
    const machines = useMachines({
        left: {
            address: "10.9.0.15/24",
            users: [{ name: "alice", sudo: "alice ALL=(root) NOPASSWD: /usr/bin/id -u" }, { name: "bob" }],
        },
        right: { address: "10.9.0.16/24", uplink: "eth7", without: ["ip", "nft"] },
    });
    const ssh = (argv: readonly string[], user = "root", files: Partial<SshClient> = {}): Promise<Outcome> => {
        const { client } = machines;
        const target = `${user}@${machines.get("left").address}`;
        return run(["ssh", ...sshOptions({ ...client, ...files }), target, ...argv]);
    };

    describe("a login", () => {
        it("works by the right key, and is not on this machine", async () => {
            const { code, stdout, stderr } = await ssh(["hostname; id -un; pwd; readlink /proc/self/ns/net"]);
            const [name, user, folder, network] = stdout.split("\n");
            assert.deepEqual(
                { code, name, user, folder },
                { code: 0, name: "left", user: "root", folder: "/root" },
                stderr,
            );
            assert.notEqual(network, process.env.LINUXNET_TEST_NETNS);
            assert.match(machines.get("left").log, /Accepted publickey for root from 10\.9\.0\.1 /);
        });

        it("is refused to another key", async () => {
            const { code, stderr } = await ssh(["true"], "root", {
                identityFile: machines.client.wrongIdentityFile,
            });
            assert.equal(code, 255);
            assert.match(stderr, /Permission denied \(publickey\)/);
        });

        it("is not tried where the machine is unknown, or is another one", async () => {
            const knownHostsFile = join(machines.client.folder, "none");
            const unknown = await ssh(["true"], "root", { knownHostsFile });
            assert.equal(unknown.code, 255);
            assert.match(unknown.stderr, /No ED25519 host key is known for 10\.9\.0\.15/);
            const { address } = machines.get("left");
            await writeFile(knownHostsFile, `${address} ${machines.get("right").hostKey}\n`);
            const other = await ssh(["true"], "root", { knownHostsFile });
            assert.equal(other.code, 255);
            assert.match(other.stderr, /REMOTE HOST IDENTIFICATION HAS CHANGED/);
        });

        it("of a user has the user's rights, and by sudo those that the machine's sudoers file gives", async () => {
            const own = await ssh(["id -un; pwd; echo written > there && cat there"], "alice");
            assert.equal(own.stdout, "alice\n/home/alice\nwritten\n", own.stderr);
            const allowed = await ssh(["sudo -n /usr/bin/id -u"], "alice");
            assert.deepEqual({ ...allowed }, { code: 0, stdout: "0\n", stderr: "" });
            for (const [user, words] of [
                ["alice", "id -g"],
                ["alice", "true"],
                ["bob", "id -u"],
            ] as const) {
                const refused = await ssh([`sudo -n ${words}`], user);
                assert.equal(refused.code, 1, `${user} may sudo ${words}`);
                assert.match(refused.stderr, /sudo: a password is required/);
            }
        });

        it("ends when its sshd is killed, and another one works", async () => {
            const left = machines.get("left");
            const lasting = ["one", "two", "three"].map((name) => ssh([`touch /run/there-${name}; sleep 1000`]));
            await until(
                async () => (await readdir(left.file("/run"))).filter((name) => /^there/.test(name)).length === 3,
            );
            assert.equal(await left.killSessions(), 3);
            for (const { code, stderr } of await Promise.all(lasting))
                assert.deepEqual([code, stderr !== ""], [255, true]);
            assert.equal((await ssh(["echo again"])).stdout, "again\n");
        });
    });

    describe("a machine", () => {
        it("reaches the other one and the host by its uplink", async () => {
            const [left, right] = [machines.get("left"), machines.get("right")];
            await assertReply(left.where, right.address, 64);
            await assertReply(right.where, left.address, 64);
            await assertReply(left.where, machines.wire.address, 64);
            assert.deepEqual(await readdir(right.file("/sys/class/net")), ["eth7", "lo"]);
            assert.match(await left.command(["ip", "-o", "-4", "address"]), /: uplink\s+inet 10\.9\.0\.15\/24/);
        });

        it("shares neither network, nor files, nor processes with the host", async () => {
            const left = machines.get("left");
            await left.command([
                "sh",
                "-c",
                "ip netns add inside; echo x > /etc/sysctl.d/90-inside.conf; touch /tmp/inside",
            ]);
            await left.command(["sysctl", "-q", "-w", "net.ipv4.ip_default_ttl=63"]);
            const found = await run(["ls", "/run/netns", "/etc/sysctl.d", "/tmp"]);
            assert.doesNotMatch(found.stdout, /inside/);
            assert.equal(await readSetting("net.ipv4.ip_default_ttl"), "64");
            assert.match(await left.command(["ip", "netns", "list"]), /^inside/);
            assert.equal(await left.command(["ps", "-o", "comm=", "-p", "1"]), "sh\n");
        });

        it("lacks the programs that it is made without, and has the others", async () => {
            const right = machines.get("right");
            const { client } = machines;
            const words =
                "ip link; /usr/sbin/ip link; ls /usr/sbin/ip /sbin/ip /bin/ip; command -v nft; sysctl -n net.ipv4.ip_forward";
            const { stdout, stderr } = await run(["ssh", ...sshOptions(client), `root@${right.address}`, words]);
            assert.equal(stdout, "0\n");
            assert.match(stderr, /ip: command not found\n.*\/usr\/sbin\/ip: No such file or directory\n/);
            assert.ok((await run(["ip", "-V"])).code === 0, "the host has lost its ip");
        });

        it("keeps nothing alive that the host removes", async () => {
            await ip("netns", "add", "removed");
            await ip("link", "add", "name", "removed0", "type", "veth", "peer", "name", "peer", "netns", "removed");
            const { wire } = machines;
            const machine = await startMachine("later", { wire, address: "10.9.0.17/24" });
            try {
                await ip("netns", "del", "removed");
                await until(async () => (await run(["ip", "link", "show", "dev", "removed0"])).code === 1);
                assert.equal((await machine.run(["ip", "netns", "list"])).stdout, "");
            } finally {
                await machine.stop();
            }
        });

        it("that cannot be started says why", async () => {
            const { wire } = machines;
            await assert.rejects(
                startMachine("odd", { wire, address: "10.9.0.300/24" }),
                /odd could not be started.*\n.*10\.9\.0\.300/,
            );
            const users = [{ name: "carol", sudo: "carol may everything" }];
            await assert.rejects(startMachine("odd", { wire, address: "10.9.0.30/24", users }), /syntax error/);
        });

        it("takes its processes along when it is stopped", async () => {
            const { wire } = machines;
            const machine = await startMachine("short", { wire, address: "10.9.0.17/24" });
            await machine.command(["sh", "-c", "setsid sleep 1000 >/dev/null 2>&1 </dev/null &"]);
            // A busy machine takes a moment until the process is what it is to become.
            let there = await processesBelow(machine.pid);
            for (let wait = 0; wait < 100 && !there.some(({ program }) => program === "sleep"); wait++) {
                await sleep(20);
                there = await processesBelow(machine.pid);
            }
            assert.deepEqual(there.map(({ program }) => program).sort(), ["sleep", "sshd"]);
            await machine.stop();
            for (const { pid } of there) assert.throws(() => process.kill(pid, 0), /ESRCH/);
            assert.equal((await run(["ip", "link", "show", "dev", machine.plug])).code, 1);
        });
    });

    it("start by the dozen", async () => {
        const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
        const many = new Machines(
            Object.fromEntries(numbers.map((number) => [`m${number}`, { address: `10.10.0.${number + 1}/24` }])),
            "10.10.0.1/24",
        );
        const started = performance.now();
        try {
            await many.start();
            const startedIn = performance.now() - started;
            const login = ({ address }: Machine): Promise<Outcome> =>
                run(["ssh", ...sshOptions(many.client), `root@${address}`, "hostname"]);
            const names = await Promise.all(many.all.map(login));
            assert.deepEqual(
                names.map(({ stdout }) => stdout.trim()),
                many.all.map(({ name }) => name),
            );
            assert.equal(new Set(many.all.map(({ hostKey }) => hostKey)).size, 20);
            const answeredIn = performance.now() - started - startedIn;
            console.log(
                `        started in ${startedIn.toFixed(0)} ms, all answered in ${answeredIn.toFixed(0)} ms more`,
            );
        } finally {
            const stopping = performance.now();
            await many.stop();
            console.log(`        stopped in ${(performance.now() - stopping).toFixed(0)} ms`);
        }
    });
});

describe("a relay for tests", () => {
    const machines = useMachines({ left: { address: "10.9.0.15/24" } });
    const megabytes = 8;
    const server = createServer({ noDelay: true }, (socket) => socket.on("error", () => undefined).pipe(socket));
    const relays: Relay[] = [];

    before("a server that echoes", async () => {
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
    });

    afterEach("close the relays", async () => {
        await Promise.all(relays.splice(0).map((relay) => relay.close()));
    });

    after("stop the server", async () => {
        server.close();
        await once(server, "close");
    });

    const relayTo = async (to: RelayOptions["to"], delayMs?: number): Promise<Relay> => {
        const relay = await startRelay(delayMs === undefined ? { to } : { to, delayMs });
        relays.push(relay);
        return relay;
    };
    const toServer = (delayMs?: number): Promise<Relay> => {
        const address = server.address();
        assert.ok(address !== null && typeof address === "object");
        return relayTo({ host: "127.0.0.1", port: address.port }, delayMs);
    };
    const client = async ({ host, port }: Relay): Promise<Socket> => {
        const socket = connect({ host, port, noDelay: true });
        await once(socket, "connect");
        return socket;
    };

    it("takes its time, for each way half of it, however much is under way", async () => {
        const relay = await toServer(200);
        const socket = await client(relay);
        const started = performance.now();
        socket.write("there");
        assert.equal(String((await once(socket, "data"))[0]), "there");
        assert.ok(performance.now() - started >= 200, `${performance.now() - started} ms`);

        const sent = randomBytes(megabytes * 2 ** 20);
        const chunks: Buffer[] = [];
        socket.on("data", (chunk: Buffer) => chunks.push(chunk));
        const sending = performance.now();
        socket.end(sent);
        await once(socket, "close");
        const took = performance.now() - sending;
        console.log(`      ${megabytes} MB there and back in ${took.toFixed(0)} ms`);
        assert.ok(Buffer.concat(chunks).equals(sent), "what came back is not what was sent");
        assert.ok(took >= 200, `${took} ms`);
        assert.equal(relay.connections, 1);
        await until(() => relay.openConnections === 0);
    });

    it("cuts all connections, and takes new ones", async () => {
        const relay = await toServer();
        const sockets = await Promise.all([client(relay), client(relay)]);
        await until(() => relay.openConnections === 2);
        const errors = sockets.map((socket) => once(socket, "error"));
        await relay.cut();
        for (const [error] of await Promise.all(errors)) assert.equal(error.code, "ECONNRESET");
        const socket = await client(relay);
        socket.end("again");
        assert.equal(String((await once(socket, "data"))[0]), "again");
        assert.equal(relay.connections, 3);
    });

    it("cuts all connections, and refuses new ones until it is told otherwise", async () => {
        const relay = await toServer();
        const broken = once(await client(relay), "error");
        await relay.cut({ refuse: true });
        await broken;
        await assert.rejects(client(relay), /ECONNREFUSED/);
        await relay.accept();
        const socket = await client(relay);
        socket.end("again");
        assert.equal(String((await once(socket, "data"))[0]), "again");
    });

    it("freezes, and holds back what is sent meanwhile, and the end", async () => {
        const relay = await toServer(20);
        const socket = await client(relay);
        let heard = "";
        socket.on("data", (bytes: Buffer) => {
            heard += bytes;
        });
        relay.freeze();
        socket.end("held");
        await sleep(200);
        assert.deepEqual([heard, socket.readableEnded, relay.openConnections], ["", false, 1]);
        relay.thaw();
        await once(socket, "close");
        assert.equal(heard, "held");
    });

    it("breaks off where there is nobody at the other end", async () => {
        const relay = await relayTo({ host: "127.0.0.1", port: 1 });
        const [error] = await once(await client(relay), "error");
        assert.equal(error.code, "ECONNRESET");
        await until(() => relay.openConnections === 0);
    });

    it("passes ssh on, and takes it along when it is cut", async () => {
        const { client } = machines;
        const left = machines.get("left");
        const { address, port } = left;
        const relay = await relayTo({ host: address, port }, 50);
        await client.trust(left, relay.host, relay.port);
        const ssh = (words: string): Promise<Outcome> =>
            run(["ssh", ...sshOptions(client), "-p", String(relay.port), `root@${relay.host}`, words]);
        const started = performance.now();
        assert.equal((await ssh("hostname")).stdout, "left\n");
        const took = performance.now() - started;
        console.log(`      a login with 50 ms of delay took ${took.toFixed(0)} ms`);
        assert.ok(took >= 200, `${took} ms`);
        const lasting = ssh("echo > /run/there; sleep 1000");
        await until(async () => (await readdir(left.file("/run"))).includes("there"));
        await relay.cut();
        assert.equal((await lasting).code, 255);
    });
});

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    const end = performance.now() + 5_000;
    while (!(await isSo())) {
        assert.ok(performance.now() < end, `not within 5 s: ${isSo}`);
        await sleep(10);
    }
}
