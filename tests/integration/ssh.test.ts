import assert from "node:assert/strict";
import { readdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Runner } from "../../provider/host/runner";
import { withCommandLog } from "../support/commands";
import { run } from "../support/kernel";
import type { Machine } from "../support/machine";
import { useMachines } from "../support/machines";
import { assertSettled, type Resource, type Stack, useStack } from "../support/provider";
import { type HostSettings, reach, reachNobody, settingsFor } from "../support/reach";
import { type Relay, startRelay } from "../support/relay";

const folders = async (): Promise<string[]> =>
    (await readdir(tmpdir())).filter((name) => name.startsWith("linuxnet-ssh-"));

/** Two ends, an address, a route, forwarding: some of each. */
async function deploy(stack: Stack, host: string): Promise<Resource[]> {
    return [
        await stack.up("Namespace", "ns1", { name: "ns1", host }),
        await stack.up("VethPair", "link", {
            leftHost: host,
            leftNamespace: "ns1",
            leftName: "a",
            leftAddresses: "192.168.1.2/24",
            rightHost: host,
            rightName: "b",
            rightAddresses: "192.168.1.1/24",
        }),
        await stack.up("Bridge", "br0", { host, name: "br0", addresses: "192.168.7.1/24" }),
        await stack.up("Route", "out", { host, namespace: "ns1", destination: "default", gateway: "192.168.1.1" }),
        await stack.up("ForwardingSetting", "forwarding", { host, ipv4: true }),
    ];
}

/** What a machine's network looks like, and what of ours is on it. */
async function look(machine: Machine): Promise<string> {
    const script =
        "ip -br link | sort; ip -br addr | sort; ip route show table all | sort; ip netns; sysctl net.ipv4.ip_forward; " +
        "find /run/linuxnet 2>/dev/null; exit 0";
    const text = await machine.command(["sh", "-c", script]);
    // The kernel's own link-local address takes its time at the beginning.
    return text.replace(/^([a-z]+ )?fe80::.*\n/gm, "").replace(/ fe80::\S+/g, "");
}

describe("a host that is reached by ssh", () => {
    const machines = useMachines({
        left: {
            address: "10.9.0.15/24",
            users: [
                { name: "alice" },
                { name: "bob", sudo: "bob ALL=(root) NOPASSWD: /usr/sbin/ip" },
                { name: "carol", sudo: "@includedir /etc/sudoers.d" },
            ],
        },
        right: { address: "10.9.0.16/24", without: ["ip"] },
    });
    const stack = useStack();
    let left: Machine;
    let before: string;
    beforeEach(async () => {
        left = machines.get("left");
        before = await look(left);
    });
    afterEach(async () => {
        reachNobody();
        await sleep(50);
    });

    const reachLeft = (more: HostSettings = {}, machine = left): void =>
        reach({ left: settingsFor(machine, machines.client, more) });

    /** What the user is told when nothing can be done there. */
    async function told(more: HostSettings, machine = left): Promise<string> {
        reachLeft(more, machine);
        const problem = await stack.up("Namespace", "ns1", { name: "ns1", host: "left" }).catch((error) => error);
        assert.ok(problem instanceof Error, "it has worked");
        assert.equal(problem.message.includes("at Object."), false);
        return problem.message;
    }

    it("has a lab as this machine has it, and nothing of it afterwards", async () => {
        reachLeft();
        const resources = await deploy(stack, "left");
        assert.match(await left.command(["ip", "-n", "ns1", "route"]), /^default via 192\.168\.1\.1 dev a/m);
        assert.equal((await run(["ip", "netns"])).stdout.trim(), "", "something is on this machine instead");
        await assertSettled(...resources);
        await left.command(["ip", "-n", "ns1", "addr", "del", "192.168.1.2/24", "dev", "a"]);
        assert.deepEqual(await resources[1]?.refresh(), ["leftAddresses: 192.168.1.2/24 → "]);
        await stack.destroy();
        assert.equal(await look(left), before);
    });

    it("is logged in to once, however much there is to do", async () => {
        const logins = () => left.log.split("\n").filter((line) => line.includes("Accepted publickey")).length;
        const start = logins();
        reachLeft();
        await Promise.all(
            Array.from({ length: 20 }, (_, index) =>
                stack.up("Namespace", `n${index}`, { name: `n${index}`, host: "left" }),
            ),
        );
        assert.equal(logins(), start + 1);
        await stack.destroy();
        assert.equal(await look(left), before);
    });

    it("keeps its socket to itself, and removes it", async () => {
        reachLeft();
        await stack.up("Namespace", "ns1", { name: "ns1", host: "left" });
        const [folder = "", ...more] = await folders();
        assert.deepEqual(more, []);
        assert.equal((await stat(join(tmpdir(), folder))).mode & 0o777, 0o700);
        await stack.destroy();
        reachNobody();
        for (let wait = 0; wait < 50 && (await folders()).length > 0; wait++) await sleep(50);
        assert.deepEqual(await folders(), []);
    });

    describe("tells clearly why it cannot be reached", () => {
        it("when nothing listens there", async () => {
            const message = await told({ connection: `ssh://root@${left.address}:23` });
            assert.equal(
                message,
                `host left ([${left.address}]:23) cannot be reached: nothing listens there: is sshd running, and is it the right port?\n` +
                    `ssh said: ssh: connect to host ${left.address} port 23: Connection refused`,
            );
        });

        it("when the key is not accepted", async () => {
            const { wrongIdentityFile, knownHostsFile } = machines.client;
            const message = await told({ identityFile: wrongIdentityFile });
            assert.equal(
                message,
                `host left (${left.address}) cannot be reached: it does not accept our key\n` +
                    `try it by hand: ssh -i ${wrongIdentityFile} -o UserKnownHostsFile=${knownHostsFile} root@${left.address}\n` +
                    `ssh said: root@${left.address}: Permission denied (publickey).`,
            );
        });

        it("when its host key is not known, and takes it where that is wished", async () => {
            const knownHostsFile = join(machines.client.folder, "unknown");
            const message = await told({ knownHostsFile });
            assert.match(message, /cannot be reached: its host key is not known\nconnect once by hand/);
            const [, line = ""] = /^or accept new keys: pulumi config set --path (\S+ true)$/m.exec(message) ?? [];
            assert.equal(line, "linuxnet:hosts.left.acceptNewHostKey true");
            reachLeft({ knownHostsFile, acceptNewHostKey: true });
            await stack.up("Namespace", "ns1", { name: "ns1", host: "left" });
            await stack.destroy();
            reachLeft({ knownHostsFile });
            await stack.up("Namespace", "ns1", { name: "ns1", host: "left" });
            await stack.destroy();
        });

        it("when its host key has changed, also where new ones are accepted", async () => {
            const knownHostsFile = join(machines.client.folder, "changed");
            const key = machines.get("right").hostKey.split(" ").slice(0, 2).join(" ");
            await run(["sh", "-c", 'printf "%s\\n" "$1" > "$2"', "sh", `${left.address} ${key}`, knownHostsFile]);
            const message = await told({ knownHostsFile, acceptNewHostKey: true });
            assert.match(
                message,
                /: its host key is not the one that is known: it is another machine, or was installed anew$/m,
            );
            assert.ok(message.includes(`ssh-keygen -f ${knownHostsFile} -R "${left.address}"`), message);
            assert.match(message, /^ssh said: SHA256:\S+; Offending .*; Host key verification failed\.$/m);
        });

        it("when its name is not known", async () => {
            const message = await told({ connection: "ssh://root@no-such-host.invalid" });
            assert.match(message, /cannot be reached: its name is not known: check it, or the Host in your ssh config/);
        });

        it("when it does not answer", async () => {
            await run(["ip", "link", "set", "dev", left.plug, "down"]);
            try {
                assert.match(
                    await told({}),
                    /cannot be reached: it does not answer: is the address right\?\nssh said: /,
                );
            } finally {
                await run(["ip", "link", "set", "dev", left.plug, "up"]);
            }
        });

        it("when there is no ip over there", async () => {
            const message = await told({}, machines.get("right"));
            assert.equal(message, "host left has no ip: install Debian's iproute2 there and run again");
        });

        it("when it is not in the configuration", async () => {
            reach({ right: settingsFor(left, machines.client) });
            await assert.rejects(stack.up("Namespace", "ns1", { name: "ns1", host: "left" }), {
                message:
                    'host: given "left"\nexpected a host of the stack\'s configuration: "local", "right"\n' +
                    "pulumi config set --path linuxnet:hosts.left.connection ssh://root@ADDRESS",
            });
        });

        it("when ssh itself is missing", async () => {
            const path = process.env["PATH"];
            process.env["PATH"] = join(machines.client.folder, "nothing");
            try {
                assert.match(await told({}), /there is no ssh on this machine: install Debian's openssh-client/);
            } finally {
                process.env["PATH"] = path;
            }
        });
    });

    describe("as a user who is not root", () => {
        const as = (user: string, more: HostSettings = {}): HostSettings => ({
            connection: `ssh://${user}@${left.address}`,
            ...more,
        });

        it("is refused, with the setting that would help", async () => {
            assert.equal(
                await told(as("alice")),
                "no permission: host left is reached as alice; connect as root, or let it use sudo: " +
                    "pulumi config set --path linuxnet:hosts.left.sudo true",
            );
        });

        it("is told the line of sudoers that would allow it, which does so", async () => {
            const message = await told(as("carol", { sudo: true }));
            assert.match(
                message,
                /^carol may not use sudo on left as linuxnet needs it\. Allow just that, by this line/,
            );
            const [line = ""] = /^carol ALL=.*$/m.exec(message) ?? [];
            await left.command(["sh", "-c", "umask 227 && cat > /etc/sudoers.d/linuxnet && visudo -c -q"], {
                input: `${line}\n`,
            });
            reachLeft(as("carol", { sudo: true }));
            const resources = await deploy(stack, "left");
            await assertSettled(...resources);
            await stack.destroy();
            assert.equal(await look(left), before);
            // Just that: nothing else that carol might think of.
            const other = await left.command(["su", "carol", "-c", "sudo -n /bin/sh -c id || echo refused"]);
            assert.equal(other.trim(), "refused");
        });

        it("is refused where sudo allows something else", async () => {
            assert.match(
                await told(as("bob", { sudo: true })),
                /^bob ALL=\(root\) NOPASSWD: \/bin\/sh -c read -r program/m,
            );
        });
    });

    describe("whose connection is lost", () => {
        let relay: Relay;
        beforeEach(async () => {
            relay = await startRelay({ to: { host: left.address, port: left.port } });
            await machines.client.trust(left, relay.host, relay.port);
        });
        afterEach(() => relay.close());
        const through = (): void => reachLeft({ connection: `ssh://root@${relay.host}:${relay.port}` });

        /** Loses it as the k-th exchange is sent: done or not done, nobody is told. */
        async function lostAt(exchange: number, work: () => Promise<unknown>): Promise<Error | undefined> {
            const { run: original } = Runner.prototype;
            let count = 0;
            Runner.prototype.run = function (steps, opening) {
                const answer = original.call(this, steps, opening);
                if (++count === exchange) relay.cut();
                return answer;
            };
            try {
                await work();
                return undefined;
            } catch (error) {
                assert.ok(error instanceof Error);
                return error;
            } finally {
                Runner.prototype.run = original;
            }
        }

        it("says so, does nothing more there, and goes on from there when it is run again", async () => {
            let lost = 0;
            for (let exchange = 1; ; exchange += 2) {
                through();
                const error = await lostAt(exchange, () => deploy(stack, "left"));
                if (error !== undefined) {
                    lost++;
                    assert.match(
                        error.message,
                        /^the connection to host left was lost\. What it had begun may be done\.\nRunning again continues from here\./,
                    );
                    const again = await stack
                        .up("Bridge", "br9", { host: "left", name: "br9" })
                        .catch((other) => other);
                    assert.match(String(again.message), /the connection to host left was lost/);
                }
                // What ran over there when the line went ends by itself.
                await sleep(150);
                stack.reset();
                through();
                const resources = await deploy(stack, "left");
                await assertSettled(...resources);
                await stack.destroy();
                reachNobody();
                assert.equal(await look(left), before, `after the loss at exchange ${exchange}`);
                if (error === undefined) break;
            }
            assert.ok(lost > 5, `it was lost only ${lost} times`);
        }).timeout(120_000);

        it("is noticed where nothing comes back any more", async () => {
            through();
            await stack.up("Namespace", "ns1", { name: "ns1", host: "left" });
            relay.freeze();
            const hanging = stack.up("Bridge", "br0", { host: "left", name: "br0" });
            await assert.rejects(hanging, /the connection to host left was lost/);
            relay.cut();
            relay.thaw();
            through();
            await stack.destroy();
            assert.equal(await look(left), before);
        });
    });

    it("asks for a resource in as many round trips whatever it holds", async () => {
        const counts: number[] = [];
        for (const size of [1, 60]) {
            reachLeft();
            await stack.up("Namespace", "ns1", { name: "ns1", host: "left" });
            const addresses = (subnet: number) =>
                Array.from({ length: size }, (_, index) => `10.${subnet}.${index}.1/24`).join(", ");
            const pair = stack.resource("VethPair", "link");
            const inputs = (subnet: number) => ({
                leftHost: "left",
                leftNamespace: "ns1",
                leftName: "a",
                leftAddresses: addresses(subnet),
                rightHost: "left",
                rightName: "b",
            });
            const { commands } = await withCommandLog(async () => {
                await pair.up(inputs(1));
                for (let index = 0; index < size; index++) {
                    const route = ["route", "add", `172.16.${index}.0/24`, "via", "10.1.0.9"];
                    await left.command(["ip", "-n", "ns1", ...route]);
                }
                // Another set of addresses takes those routes along, and the change of the link puts back what it can.
                await pair.up(inputs(2));
            });
            counts.push(new Set(commands.filter(({ host }) => host === "left").map(({ exchange }) => exchange)).size);
            await stack.destroy();
            reachNobody();
        }
        assert.equal(counts[0], counts[1], `${counts.join(" and ")} round trips`);
    });
});
