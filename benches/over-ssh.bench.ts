import { type LoggedCommand, listCommands, withCommandLog } from "../tests/support/commands";
import { command, run } from "../tests/support/kernel";
import { type Machine, startMachine } from "../tests/support/machine";
import { type Inputs, type KindName, Stack } from "../tests/support/provider";
import { reach, reachNobody, settingsFor } from "../tests/support/reach";
import { type Relay, startRelay } from "../tests/support/relay";
import { makeSshClient, type SshClient, sshOptions } from "../tests/support/ssh-client";
import { makeWire } from "../tests/support/wire";
import { type Contender, finish, median, report, seconds } from "./report";

/*
 * One host's side of the two-hosts lab over a line of 50 ms, against what a user would run instead: a script that calls ssh for each
 * command. The relay that delays is the bench's own, because few kernels have netem.
 */

const DELAY_MS = 50;
const RUNS = 5;

/** In waves, as the engine would ask for them: what depends on nothing unfinished goes at the same time. */
const WAVES: readonly (readonly (readonly [KindName, string, Inputs])[])[] = [
    [
        ["Namespace", "ns1", { name: "ns1", host: "left" }],
        ["Namespace", "ns2", { name: "ns2", host: "left" }],
        ["Bridge", "br0", { name: "br0", host: "left", addresses: "192.168.1.1/24" }],
        ["ForwardingSetting", "forwarding", { host: "left", ipv4: true }],
        ["Route", "right", { host: "left", destination: "192.168.2.0/24", gateway: "10.9.0.16" }],
    ],
    [1, 2].map((n) => [
        "VethPair",
        `link${n}`,
        {
            leftHost: "left",
            leftNamespace: `ns${n}`,
            leftName: `veth-ns${n}`,
            leftAddresses: `192.168.1.${n + 1}/24`,
            rightHost: "left",
            rightName: `veth-ns${n}-br`,
            rightBridge: "br0",
        },
    ]),
    [1, 2].map((n) => [
        "Route",
        `default${n}`,
        { host: "left", namespace: `ns${n}`, destination: "default", gateway: "192.168.1.1", device: `veth-ns${n}` },
    ]),
];

/** The same by hand, a command each. */
const COMMANDS = [
    ...[1, 2].flatMap((n) => [`ip netns add ns${n}`, `ip -n ns${n} link set lo up`]),
    "ip link add name br0 type bridge",
    "ip addr add 192.168.1.1/24 dev br0",
    "ip link set br0 up",
    "sysctl -q -w net.ipv4.ip_forward=1",
    "ip route add 192.168.2.0/24 via 10.9.0.16",
    ...[1, 2].flatMap((n) => [
        `ip link add veth-ns${n} type veth peer name veth-ns${n}-br`,
        `ip link set veth-ns${n} netns ns${n}`,
        `ip link set veth-ns${n}-br master br0`,
        `ip link set veth-ns${n}-br up`,
        `ip -n ns${n} addr add 192.168.1.${n + 1}/24 dev veth-ns${n}`,
        `ip -n ns${n} link set veth-ns${n} up`,
        `ip -n ns${n} route add default via 192.168.1.1`,
    ]),
];
const CLEAN =
    "ip link del br0; for n in 1 2; do ip link del veth-ns$n-br; ip netns del ns$n; done; ip route del 192.168.2.0/24; sysctl -q -w net.ipv4.ip_forward=0";

/** How often somebody waited for the line: exchanges that were under way together count once. */
function waits(commands: readonly LoggedCommand[]): number {
    const exchanges = new Map<number, { sent: string; at: string }>();
    for (const { exchange, sent, at } of commands) {
        const known = exchanges.get(exchange);
        exchanges.set(exchange, { sent, at: known && known.at < at ? known.at : at });
    }
    let count = 0;
    let until = "";
    for (const { sent, at } of [...exchanges.values()].toSorted((a, b) => (a.sent < b.sent ? -1 : 1))) {
        if (sent < until) continue;
        count++;
        until = at;
    }
    return count;
}

async function byProvider(machine: Machine, client: SshClient, relay: Relay): Promise<Contender> {
    const times: number[] = [];
    let logged: readonly LoggedCommand[] = [];
    for (let index = 0; index < RUNS; index++) {
        const stack = new Stack();
        reach({ left: settingsFor(machine, client, { connection: `ssh://root@${relay.host}:${relay.port}` }) });
        const { commands } = await withCommandLog(async () => {
            times.push(
                await seconds(async () => {
                    for (const wave of WAVES) await Promise.all(wave.map((one) => stack.up(...one)));
                }),
            );
        });
        logged = commands;
        await stack.destroy();
        reachNobody();
    }
    if (logged.length === 0) throw new Error(`nothing was run: ${listCommands(logged)}`);
    const exchanges = new Set(logged.map(({ exchange }) => exchange)).size;
    return {
        name: "linuxnet, looked at before and after",
        seconds: times,
        counts: { exchanges, waits: waits(logged) },
    };
}

async function byScript(
    name: string,
    machine: Machine,
    script: string,
    counts: Contender["counts"],
): Promise<Contender> {
    const times: number[] = [];
    for (let index = 0; index < RUNS; index++) {
        times.push(await seconds(() => command(["bash", "-e", "-c", script], { timeoutSeconds: 120 })));
        await machine.run(["sh", "-c", CLEAN]);
    }
    return { name, seconds: times, ...(counts === undefined ? {} : { counts }) };
}

async function main(): Promise<void> {
    const wire = await makeWire("10.9.0.1/24");
    const machine = await startMachine("left", { wire, address: "10.9.0.15/24" });
    const client = await makeSshClient([machine]);
    const relay = await startRelay({ to: { host: machine.address, port: machine.port }, delayMs: DELAY_MS });
    await client.trust(machine, relay.host, relay.port);
    const ssh = ["ssh", ...sshOptions(client), "-p", String(relay.port)].join(" ");
    const target = `root@${relay.host}`;
    const socket = `${client.folder}/control`;
    const shared = `${ssh} -o ControlPath=${socket}`;
    try {
        const login = [];
        for (let index = 0; index < RUNS; index++)
            login.push(await seconds(() => command([...ssh.split(" "), target, "true"])));
        const ours = await byProvider(machine, client, relay);
        const each = COMMANDS.map((line) => `${ssh} ${target} "${line}"`).join("\n");
        const master = [
            `${shared} -o ControlMaster=yes -f -N ${target}`,
            ...COMMANDS.map((line) => `${shared} ${target} "${line}"`),
            `${shared} -O exit ${target} 2>/dev/null`,
        ].join("\n");
        const one = `${ssh} ${target} sh -e <<'EOF'\n${COMMANDS.join("\n")}\nEOF`;
        const contenders = [
            ours,
            await byScript("bash, ssh for each command", machine, each, { logins: COMMANDS.length }),
            await byScript("bash, ssh for each, one connection", machine, master, { sessions: COMMANDS.length }),
            await byScript("bash, all in one ssh, blind", machine, one, { logins: 1 }),
        ];
        const rtt = DELAY_MS / 1000;
        const waiting = ours.counts?.["waits"] ?? 0;
        const predicted = (COMMANDS.length * median(login)) / (median(login) + waiting * rtt);
        const measured = median(contenders[1]?.seconds ?? []) / median(ours.seconds);
        report("over-ssh", contenders, {
            "round trip": `${DELAY_MS} ms`,
            "a login": `${median(login).toFixed(2)} s`,
            "ahead of a script that calls ssh for each command": `${measured.toFixed(1)} ×; the counts predict ${predicted.toFixed(1)} ×`,
        });
    } finally {
        await relay.close();
        await machine.stop();
        await client.remove();
        await wire.remove();
        await run(["true"]);
    }
}

finish(main());
