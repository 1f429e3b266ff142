import assert from "node:assert/strict";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listCommands, withCommandLog } from "../support/commands";
import { assertNoConnections, until } from "../support/connections";
import { listChanges } from "../support/engine-events";
import { command } from "../support/kernel";
import { type Lab, useLab } from "../support/lab";
import type { Machine } from "../support/machine";
import { useMachines } from "../support/machines";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";
import type { SshClient } from "../support/ssh-client";
import { assertSucceeded } from "./every-example";

/** A machine's network, what of ours is there, and who runs: a line each. */
async function look(machine: Machine): Promise<readonly string[]> {
    const questions = [
        "ip -d address",
        "ip route show table all",
        "ip rule",
        "ip netns",
        // What the kernel counts is nobody's setting.
        "sysctl -a -r '^net[.]' 2>/dev/null | grep -v nf_conntrack_count",
        "find /run/linuxnet /etc/sysctl.d 2>&1",
        "ps -e -o comm= | grep -v -x -e sh -e ps -e grep",
    ];
    return (await machine.command(["sh", "-c", questions.join("\n")])).split("\n");
}

/** What is not there any more, and what is there now. */
function differences(before: readonly string[], now: readonly string[]): readonly string[] {
    const gone = before.filter((line) => !now.includes(line)).map((line) => `- ${line}`);
    return [...gone, ...now.filter((line) => !before.includes(line)).map((line) => `+ ${line}`)];
}

async function lookAtRest(machine: Machine): Promise<readonly string[]> {
    return until(
        () => look(machine),
        (lines) => !lines.some((line) => line.includes("tentative")),
    );
}

async function assertAsBefore(before: ReadonlyMap<Machine, readonly string[]>): Promise<void> {
    for (const [machine, lines] of before) {
        const changes = async (): Promise<readonly string[]> => differences(lines, await look(machine));
        assert.deepEqual(await until(changes, (found) => found.length === 0), [], machine.name);
    }
}

/** As plain ping says it, over there. */
async function assertReply(machine: Machine, namespace: string, to: string, ttl: number): Promise<void> {
    const ping = ["ip", "netns", "exec", namespace, "ping", "-n", "-c", "1", "-W", "1", to];
    const { stdout, stderr } = await machine.run(ping);
    assert.match(stdout, new RegExp(` from ${to}: .*ttl=${ttl} `), `${machine.name}: ${stdout}${stderr}`);
}

const logins = ({ log }: Machine): number =>
    log.split("\n").filter((line) => line.includes("Accepted publickey")).length;

/** The line that it takes, and two for keys that ssh would not find by itself. */
async function configureMachine(lab: Lab, { name, address }: Machine, client: SshClient): Promise<void> {
    await lab.configure(`linuxnet:hosts.${name}.connection`, `ssh://root@${address}`);
    await lab.configure(`linuxnet:hosts.${name}.identityFile`, client.identityFile);
    await lab.configure(`linuxnet:hosts.${name}.knownHostsFile`, client.knownHostsFile);
}

const twoMachines = {
    left: { address: "10.0.2.15/24", uplink: "enp0s3" },
    right: { address: "10.0.2.16/24", uplink: "enp0s3" },
};

const unknownHost =
    /host: given "right"\nexpected a host of the stack's configuration: "local", "left"\npulumi config set --path linuxnet:hosts\.right\.connection ssh:\/\/root@ADDRESS$/m;

describe("two-hosts on two machines, by two lines of configuration", () => {
    const lab = useLab("two-hosts", { stack: "dev" });
    const machines = useMachines(twoMachines, "10.0.2.1/24");
    const before = new Map<Machine, readonly string[]>();

    const configureHost = (name: string): Promise<void> => configureMachine(lab, machines.get(name), machines.client);

    async function checks(): Promise<void> {
        const [left, right] = [machines.get("left"), machines.get("right")];
        for (const namespace of ["ns1", "ns2"]) {
            await assertReply(left, namespace, "192.168.2.2", 62);
            await assertReply(left, namespace, "192.168.2.3", 62);
            await assertReply(right, namespace, "192.168.1.2", 62);
            await assertReply(right, namespace, "192.168.1.3", 62);
        }
    }

    /** All is as the stack has it, to whoever looks at it in another way. */
    async function assertNothingToDo(): Promise<void> {
        const preview = await lab.preview("--expect-no-changes");
        assertSucceeded(preview);
        assert.deepEqual(listChanges(preview), []);
    }

    it("is previewed: what there is on the machines already, it leaves to them", async () => {
        for (const machine of machines.all) before.set(machine, await lookAtRest(machine));
        await configureHost("left");
        await configureHost("right");
        const here = await takeSnapshot();
        const preview = await lab.preview();
        assertSucceeded(preview);
        const found: Record<string, number> = {};
        for (const { type } of preview.steps) found[type] = (found[type] ?? 0) + 1;
        const kinds = { Namespace: 4, Bridge: 2, VethPair: 4, ForwardingSetting: 2, Route: 6, Reachability: 8 };
        assert.deepEqual(found, kinds);
        assert.match(preview.text, /^ \+ {2}pulumi:providers:pulumi-nodejs linuxnet create/m);
        await assertAsBefore(before);
        await assertRestored(here, 0);
        await assertNoConnections();
    });

    it("is deployed, over one connection to each, and works", async () => {
        const here = await takeSnapshot();
        const start = machines.all.map(logins);
        assertSucceeded(await lab.up());
        await checks();
        assert.deepEqual(
            machines.all.map((machine, index) => logins(machine) - (start[index] ?? 0)),
            [1, 1],
        );
        const replies = Array.from({ length: 4 }, () => "reply, ttl 62");
        assert.deepEqual(await lab.outputs(), { leftToRight: replies, rightToLeft: replies });
        await assertRestored(here, 0);
        await assertNoConnections();
    });

    it("has the names of the drawing over there", async () => {
        for (const machine of machines.all) {
            const names = (text: string): string[] => Array.from(text.matchAll(/^[^\s@]+/gm), String).toSorted();
            assert.deepEqual(names(await machine.command(["ip", "netns"])), ["ns1", "ns2"]);
            const links = ["br0", "enp0s3", "lo", "veth-ns1-br", "veth-ns2-br"];
            assert.deepEqual(names(await machine.command(["ip", "-br", "link"])), links);
        }
    });

    it("has nothing to do the second time, and runs no command that changes anything", async () => {
        const { result, commands, mutating } = await withCommandLog(() => lab.up());
        assertSucceeded(result);
        assert.deepEqual(listChanges(result), []);
        assert.equal(listCommands(mutating), "");
        assert.deepEqual([...new Set(commands.map(({ host }) => host))].toSorted(), ["left", "right"]);
    });

    it("finds and repairs what somebody changed over there", async () => {
        await machines.get("left").command(["ip", "-n", "ns1", "address", "del", "192.168.1.2/24", "dev", "veth-ns1"]);
        await machines.get("right").command(["sysctl", "-q", "-w", "net.ipv4.ip_forward=0"]);
        await machines.get("right").command(["ip", "netns", "del", "ns2"]);
        const refresh = await lab.refresh();
        assertSucceeded(refresh);
        const found = refresh.steps.filter(({ op, changed }) => op === "delete" || changed.length > 0);
        assert.deepEqual(found.map(({ op, name, changed }) => [op, name, ...changed].join(" ")).toSorted(), [
            "delete left-ns1-default",
            "delete right-ns2",
            "delete right-ns2-default",
            "delete right-veth-ns2",
            "update left-veth-ns1 leftAddresses",
            "update right-forwarding ipv4",
        ]);
        assertSucceeded(await lab.up());
        await checks();
        await assertNothingToDo();
    });

    it("keeps nothing in its state of how the machines are reached", async () => {
        const folder = join(lab.folder, ".state", ".pulumi");
        // Its history is the engine's own: there it keeps the settings that an update was called with.
        const entries = await readdir(folder, { recursive: true, withFileTypes: true });
        const files = entries.filter((entry) => entry.isFile()).map((file) => join(file.parentPath, file.name));
        const paths = files.filter((path) => !path.startsWith(join(folder, "history")));
        assert.ok(paths.includes(join(folder, "stacks", "two-hosts", "dev.json")), paths.join("\n"));
        const texts = new Map([["stack export", await lab.command("stack", "export", "--stack", "dev")]]);
        for (const path of paths) texts.set(path, await readFile(path, "utf8"));
        const details = ["ssh://", "root@", machines.client.identityFile, machines.client.knownHostsFile];
        for (const [name, text] of texts) {
            const found = details.filter((detail) => text.includes(detail));
            assert.deepEqual(found, [], name);
        }
    });

    /** The same machines, reached by other settings of the left one for a while. */
    async function assertSame(settings: Readonly<Record<string, string>>): Promise<void> {
        for (const [name, value] of Object.entries(settings)) await lab.configure(`linuxnet:hosts.left.${name}`, value);
        try {
            await assertNothingToDo();
        } finally {
            await configureHost("left");
        }
    }

    it("is the same with the port spelled out", () => assertSame({ connection: "ssh://root@10.0.2.15:22" }));

    it("is the same with the user that ssh finds by itself", () => assertSame({ connection: "ssh://10.0.2.15" }));

    it("is the same with the keys in another place", async () => {
        const files = {
            identityFile: join(lab.folder, "a key, copied"),
            knownHostsFile: join(lab.folder, "50% hosts"),
        };
        await copyFile(machines.client.identityFile, files.identityFile);
        await copyFile(machines.client.knownHostsFile, files.knownHostsFile);
        await assertSame(files);
        await Promise.all(Object.values(files).map((path) => rm(path)));
    });

    it("says so when a host is no more in the configuration, and changes nothing", async () => {
        const here = await takeSnapshot();
        await lab.command("config", "rm", "--stack", "dev", "--path", "linuxnet:hosts.right");
        try {
            for (const operation of [() => lab.preview(), () => lab.up(), () => lab.destroy()]) {
                const { succeeded, diagnostics, text } = await operation();
                assert.equal(succeeded, false, text);
                const messages = diagnostics.map(({ message }) => message).join("\n");
                assert.match(messages, unknownHost, text);
            }
        } finally {
            await configureHost("right");
        }
        await assertRestored(here, 0);
        await checks();
        await assertNothingToDo();
    });

    it("is destroyed, and leaves both machines as they were", async () => {
        assertSucceeded(await lab.destroy());
        await assertAsBefore(before);
        await assertNoConnections();
    });

    it("ends its connections also where ssh takes longer for that than the operation for its end", async () => {
        const folder = await mkdtemp(join(tmpdir(), "slow-ssh-"));
        const path = process.env["PATH"] ?? "";
        const ssh = (await command(["sh", "-c", "command -v ssh"])).trim();
        const script = `#!/bin/sh\ncase " $* " in *" -O exit "*) sleep 1 ;; esac\nexec ${ssh} "$@"\n`;
        await writeFile(join(folder, "ssh"), script, { mode: 0o755 });
        process.env["PATH"] = `${folder}:${path}`;
        try {
            assertSucceeded(await lab.preview());
            await assertNoConnections();
        } finally {
            process.env["PATH"] = path;
            await rm(folder, { recursive: true });
        }
    });
});

describe("overlay on two machines", () => {
    const lab = useLab("overlay", { stack: "dev" });
    const machines = useMachines(twoMachines, "10.0.2.1/24");
    const before = new Map<Machine, readonly string[]>();

    it("is deployed over the way that there is, and works", async () => {
        for (const machine of machines.all) {
            before.set(machine, await lookAtRest(machine));
            await configureMachine(lab, machine, machines.client);
            await lab.configure(`${machine.name}Uplink`, machine.address);
        }
        const up = await lab.up();
        assertSucceeded(up);
        const found = [...new Set(up.steps.map(({ type }) => type))].toSorted();
        assert.deepEqual(found, ["Bridge", "Namespace", "Reachability", "VethPair", "Vxlan"]);
        for (const namespace of ["ns1", "ns2"]) {
            await assertReply(machines.get("left"), namespace, "192.168.1.4", 64);
            await assertReply(machines.get("left"), namespace, "192.168.1.5", 64);
            await assertReply(machines.get("right"), namespace, "192.168.1.2", 64);
            await assertReply(machines.get("right"), namespace, "192.168.1.3", 64);
        }
        await assertNoConnections();
    });

    it("has nothing to do the second time", async () => {
        const { result, mutating } = await withCommandLog(() => lab.up());
        assertSucceeded(result);
        assert.deepEqual(listChanges(result), []);
        assert.equal(listCommands(mutating), "");
    });

    it("is refused where the uplink leaves the containers less", async () => {
        const right = machines.get("right");
        await right.command(["ip", "link", "set", "dev", "enp0s3", "mtu", "1400"]);
        const preview = await lab.preview();
        await right.command(["ip", "link", "set", "dev", "enp0s3", "mtu", "1500"]);
        assert.equal(preview.succeeded, false, preview.text);
        assert.match(preview.text, /right-(vx0|veth-ns[12])' has a problem: .*\n.* at most 1350/);
    });

    it("is destroyed, and leaves both machines as they were", async () => {
        assertSucceeded(await lab.destroy());
        await assertAsBefore(before);
        await assertNoConnections();
    });
});

describe("one program on twenty machines", () => {
    const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
    const lab = useLab("two-hosts", { stack: "many" });
    const machines = useMachines(
        Object.fromEntries(numbers.map((number) => [`m${number}`, { address: `10.9.0.${100 + number}/24` }])),
    );
    const before = new Map<Machine, readonly string[]>();

    const program = `import * as linuxnet from "pulumi-linuxnet";
for (let number = 1; number <= 20; number++) {
    const host = \`m\${number}\`;
    const namespace = new linuxnet.Namespace(\`ns-\${number}\`, { host, name: "ns1" });
    new linuxnet.VethPair(\`link-\${number}\`, {
        left: { namespace, name: "inside", addresses: ["192.168.1.2/24"] },
        right: { host, name: "outside", addresses: ["192.168.1.1/24"] },
    });
    new linuxnet.Address(\`address-\${number}\`, { host, device: "uplink", address: \`10.9.1.\${number}/24\` });
}
`;

    it("is deployed: each has its own", async () => {
        for (const machine of machines.all) before.set(machine, await lookAtRest(machine));
        const { identityFile, knownHostsFile } = machines.client;
        const hosts = machines.all.map((machine) => [
            machine.name,
            { connection: `ssh://root@${machine.address}`, identityFile, knownHostsFile },
        ]);
        const settings = { config: { "linuxnet:hosts": Object.fromEntries(hosts) } };
        await lab.write(JSON.stringify(settings), ".state/Pulumi.many.yaml");
        await lab.write(program);
        const up = await lab.up();
        assertSucceeded(up);
        assert.equal(listChanges(up).length, 60);
        for (const number of numbers) {
            const machine = machines.get(`m${number}`);
            await assertReply(machine, "ns1", "192.168.1.1", 64);
            const addresses = await machine.command(["ip", "-br", "-4", "address", "show", "dev", "uplink"]);
            assert.match(addresses, new RegExp(` 10\\.9\\.0\\.${number + 100}/24 10\\.9\\.1\\.${number}/24 $`, "m"));
            assert.equal(logins(machine), 1);
        }
        await assertNoConnections();
    });

    it("has nothing to do the second time", async () => {
        const { result, commands, mutating } = await withCommandLog(() => lab.up());
        assertSucceeded(result);
        assert.deepEqual(listChanges(result), []);
        assert.equal(listCommands(mutating), "");
        assert.equal(new Set(commands.map(({ host }) => host)).size, 20);
    });

    it("is destroyed, and leaves all of them as they were", async () => {
        assertSucceeded(await lab.destroy());
        await assertAsBefore(before);
        await assertNoConnections();
    });
});
