import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { HOST, LOCAL } from "../../model/place";
import { Machine } from "../../provider/host/machine";
import { wordFile } from "../../provider/host/place";
import { PROGRAM } from "../../provider/host/program";
import { command, run } from "../support/kernel";
import { useMachines } from "../support/machines";
import { useStack } from "../support/provider";
import { reach, reachNobody, settingsFor } from "../support/reach";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";
import { Deployer } from "./deployer";

/** What is left of connections on this machine. */
async function remains(): Promise<string[]> {
    const folders = (await readdir(tmpdir())).filter((name) => name.startsWith("linuxnet-ssh-"));
    const { stdout } = await run(["pgrep", "-a", "-x", "ssh"]);
    return [...folders, ...stdout.split("\n").filter((line) => line !== "")];
}

async function untilNothing(look: () => Promise<readonly string[]>): Promise<void> {
    for (let wait = 0; wait < 600 && (await look()).length > 0; wait++) await sleep(50);
    assert.deepEqual(await look(), []);
}

describe("a caller that dies", () => {
    const machines = useMachines({ left: { address: "10.9.0.15/24" } });
    const stack = useStack();
    const namespaces = Array.from({ length: 30 }, (_, index) => {
        const name = `n${index}`;
        return ["Namespace", name, { name, host: "left" }] as const;
    });
    afterEach(() => reachNobody());

    /** What works over there for us: the program that reads commands, and what holds a lock for it. */
    const workers = async (): Promise<string[]> => {
        const text = await machines.get("left").command(["sh", "-c", "pgrep -a -x 'sh|sleep|flock' || true"]);
        return text.split("\n").filter((line) => line !== "" && !/^1 |pgrep/.test(line));
    };

    for (const signal of ["SIGKILL", "SIGTERM"] as const) {
        it(`leaves no connection and nobody at work over there, after ${signal}`, async () => {
            const left = machines.get("left");
            const hosts = { left: settingsFor(left, machines.client) };
            const deployer = new Deployer({ hosts, resources: namespaces });
            assert.match(await deployer.says(/done n3/), /done n3/);
            assert.ok((await workers()).length > 0, "nobody was at work");
            await deployer.end(signal);
            await untilNothing(remains);
            await untilNothing(workers);
            // Whoever comes next goes on from there.
            reach(hosts);
            for (const [kind, name, inputs] of namespaces) await stack.up(kind, name, inputs);
            const names = (await left.command(["ip", "netns"])).trim().split("\n");
            assert.equal(names.length, namespaces.length);
            await stack.destroy();
            assert.equal(await left.command(["ip", "netns"]), "");
            assert.equal((await left.run(["ls", "/run/linuxnet"])).code, 2);
        });
    }

    it("holds no lock over there", async () => {
        const left = machines.get("left");
        const hosts = { left: settingsFor(left, machines.client) };
        await left.command(["sh", "-c", "flock /run sleep 1 >/dev/null 2>&1 &"]);
        const forwarding = ["ForwardingSetting", "forwarding", { host: "left", ipv4: true }] as const;
        const deployer = new Deployer({
            hosts,
            resources: [["Namespace", "n0", { name: "n0", host: "left" }], forwarding],
        });
        await deployer.says(/done n0/);
        await sleep(200);
        await deployer.end("SIGKILL");
        await untilNothing(workers);
        const { code } = await left.run(["flock", "-w", "3", "/run", "true"]);
        assert.equal(code, 0, "the lock is still held");
        reach(hosts);
        const [kind, name, inputs] = forwarding;
        await stack.up("Namespace", "n0", { name: "n0", host: "left" });
        await stack.up(kind, name, inputs);
        await stack.destroy();
        assert.equal((await left.command(["sysctl", "-n", "net.ipv4.ip_forward"])).trim(), "0");
    });
});

/** The program that works on a machine, asked request by request. */
class Worker {
    readonly #child = spawn("sh", ["-c", PROGRAM], { stdio: ["pipe", "pipe", "ignore"] });
    #text = "";

    constructor() {
        this.#child.stdout.setEncoding("utf8").on("data", (more: string) => {
            this.#text += more;
        });
        this.#child.stdin.write("MARK\n");
    }

    /** The code that it answers with; undefined while it does not answer. */
    async ask(mode: string, words: readonly string[] = [], milliseconds = 2000): Promise<string | undefined> {
        this.#text = "";
        this.#child.stdin.write([`${mode} - ${words.length} 0 0`, ...words, ""].join("\n"));
        return this.hear(milliseconds);
    }

    /** How often it has answered with 0 to requests that were sent together. */
    async askTogether(requests: readonly (readonly string[])[], milliseconds = 2000): Promise<number> {
        this.#text = "";
        const texts = requests.map(([mode, ...words]) => [`${mode} - ${words.length} 0 0`, ...words, ""].join("\n"));
        this.#child.stdin.write(texts.join(""));
        const answers = (): number => this.#text.match(/MARK 0 .*\n/g)?.length ?? 0;
        for (let wait = 0; wait < milliseconds && answers() < requests.length; wait++) await sleep(1);
        return answers();
    }

    async hear(milliseconds: number): Promise<string | undefined> {
        for (let wait = 0; wait < milliseconds && !/MARK \S+ .*\n/.test(this.#text); wait += 10) await sleep(10);
        return /MARK (\S+) .*\n/.exec(this.#text)?.[1];
    }

    async end(): Promise<void> {
        const closed = once(this.#child, "close");
        this.#child.stdin.end();
        await closed;
    }
}

describe("a lock over a line that is dead unnoticed", () => {
    it("is given up after its time, and what would still be done in its name is not", async () => {
        const worker = new Worker();
        const isFree = async () => (await run(["flock", "-n", "/run", "true"])).code === 0;
        try {
            assert.equal(await worker.ask("held"), "2", "it was never taken");
            assert.equal(await worker.ask("lock", ["/run", "1", "5"]), "0");
            assert.equal(await isFree(), false);
            assert.equal(await worker.ask("held"), "0");
            assert.equal(await worker.ask("chain", ["true"]), "0");
            await sleep(1200);
            assert.equal(await isFree(), true);
            assert.equal(await worker.ask("held"), "2");
            assert.equal(await worker.ask("chain", ["touch", "/run/late"]), "skipped");
            assert.equal(await worker.ask("unlock"), "0");
        } finally {
            await worker.end();
        }
    });
});

describe("a lock over a line that is given up as soon as it is taken", () => {
    it("is free then, though who holds it may have only just begun to be", async () => {
        const worker = new Worker();
        try {
            for (let round = 0; round < 100; round++) {
                assert.equal(
                    await worker.askTogether([["lock", "/run", "20", "5"], ["unlock"]]),
                    2,
                    `in round ${round}`,
                );
            }
        } finally {
            await worker.end();
        }
        assert.equal((await run(["flock", "-n", "/run", "true"])).code, 0, "the lock is still held");
    });
});

describe("a successor in the work for a stack", () => {
    const file = "/run/linuxnet.test.lock";

    it("waits for what was begun, and then nothing is begun in the name of the one before", async () => {
        const [first, second] = [new Worker(), new Worker()];
        try {
            assert.equal(await first.ask("own", [file, "first"]), "0");
            assert.equal(await first.ask("begin", [file, "first"]), "0");
            assert.equal(await second.ask("own", [file, "second"], 300), undefined, "it has not waited");
            assert.equal(await first.ask("chain", ["true"]), "0");
            assert.equal(await first.ask("end"), "0");
            assert.equal(await second.hear(2000), "0");
            assert.equal(await first.ask("begin", [file, "first"]), "1");
            assert.equal(await first.ask("chain", ["touch", "/run/late"]), "skipped");
            assert.equal(await first.ask("always", ["true"]), "0", "it may still look");
            assert.equal(await first.ask("end"), "0");
            await first.end();
            assert.equal(await second.ask("begin", [file, "second"]), "0", "the file has gone with the first");
            assert.equal(await second.ask("end"), "0");
        } finally {
            await second.end();
        }
        assert.equal((await run(["ls", file])).code, 2, "the file has not gone with the last");
    });
});

describe("what lingers of the work for a stack", () => {
    const file = "/run/linuxnet.test.lock";

    it("is the lock alone, from one exchange to the next: another word is seen at once", async () => {
        const [first, second] = [new Worker(), new Worker()];
        try {
            assert.equal(await first.ask("own", [file, "first"]), "0");
            assert.equal(await first.ask("begin", [file, "first"]), "0");
            assert.equal(await first.ask("end", ["hold"]), "0");
            assert.equal(await second.ask("own", [file, "second"], 300), undefined, "it has not waited");
            assert.equal(await first.ask("begin", [file, "first"]), "1", "something was begun in the former name");
            assert.equal(await first.ask("end", ["hold"]), "0");
            assert.equal(await second.hear(2000), "0");
            assert.equal((await run(["flock", "-n", file, "true"])).code, 0, "who was refused holds the lock");
        } finally {
            await first.end();
            await second.end();
        }
        assert.equal((await run(["ls", file])).code, 2, "the file has not gone with the last");
    });

    it("is no more of who only looks, or has nothing to do", async () => {
        const [first, second] = [new Worker(), new Worker()];
        try {
            assert.equal(await first.ask("own", [file, "first"]), "0");
            for (const then of ["begin", "rest"]) {
                assert.equal(await first.ask("begin", [file, "first"]), "0");
                assert.equal(await first.ask("end", ["hold"]), "0");
                assert.equal((await run(["flock", "-n", file, "true"])).code, 1, "it does not linger");
                assert.equal(await first.ask(then), "0");
                assert.equal((await run(["flock", "-n", file, "true"])).code, 0, "the lock is still held");
                assert.equal(await first.ask("end"), "0");
            }
            assert.equal(await second.ask("own", [file, "second"], 300), "0");
        } finally {
            await first.end();
            await second.end();
        }
    });

    it("does not stand for a word that somebody has taken by force", async () => {
        const worker = new Worker();
        try {
            assert.equal(await worker.ask("own", [file, "ours"]), "0");
            assert.equal(await worker.ask("begin", [file, "ours"]), "0");
            assert.equal(await worker.ask("end", ["hold"]), "0");
            await writeFile(file, "theirs\n");
            assert.equal(await worker.ask("begin", [file, "ours"]), "1");
            assert.equal(await worker.ask("chain", ["touch", "/run/late"]), "skipped");
            assert.equal(await worker.ask("end"), "0");
            await rm(file);
            assert.equal(await worker.ask("begin", [file, "ours"]), "1");
            assert.equal(await worker.ask("end"), "0");
        } finally {
            await worker.end();
        }
        assert.equal((await run(["ls", "/run/late"])).code, 2, "it was done nevertheless");
    });

    it("is let go by who has nothing more to do", async () => {
        const machine = new Machine(LOCAL, { sudo: false }, "77");
        const nothing = { kind: "tool", place: HOST, argv: ["true"], text: "true" } as const;
        await machine.session((session) => session.runAndAsk([nothing], {}));
        const lock = wordFile("77");
        assert.equal((await run(["flock", "-w", "2", lock, "true"])).code, 0, "the lock is still held");
        machine.close();
        await untilNothing(async () => ((await run(["ls", lock])).code === 2 ? [] : [lock]));
    });
});

describe("this machine by sudo", () => {
    const USER = "dave";
    const ID = "2345";
    before(async () => {
        await appendFile("/etc/passwd", `${USER}:x:${ID}:${ID}::/tmp:/bin/sh\n`);
        await appendFile("/etc/shadow", `${USER}:*:20000:0:99999:7:::\n`);
        await appendFile("/etc/group", `${USER}:x:${ID}:\n`);
    });
    // What sudo itself keeps of a user.
    after(() => rm("/run/sudo", { recursive: true, force: true }));
    const asUser = ["setpriv", `--reuid=${ID}`, `--regid=${ID}`, "--clear-groups", "--inh-caps=-all", "--"];
    const resources = [
        ["Namespace", "ns1", { name: "ns1" }],
        ["VethPair", "link", { leftNamespace: "ns1", leftName: "a", leftAddresses: "10.1.0.1/24", rightName: "b" }],
    ] as const;
    let deployer: Deployer | undefined;
    afterEach(async () => {
        await deployer?.end("SIGTERM");
        await rm("/etc/sudoers.d/linuxnet", { force: true });
    });
    useStack();

    it("is what a user who is not root is told of", async () => {
        deployer = new Deployer({ hosts: {}, resources }, asUser);
        const told = await deployer.says(/failed link/);
        assert.match(
            told,
            /failed ns1: no permission: networks are changed by root; run as root, or let it use sudo: pulumi config set --path linuxnet:hosts\.local\.sudo true/,
        );
    });

    it("works as soon as sudoers has the line of the message", async () => {
        const hosts = { local: { sudo: true } };
        const start = await takeSnapshot();
        deployer = new Deployer({ hosts, resources }, asUser);
        const told = await deployer.says(/failed ns1[\s\S]*sudo said/);
        const [line = ""] = /^dave ALL=.*$/m.exec(told) ?? [];
        assert.ok(line.includes("NOPASSWD: /bin/sh -c "), told);
        await deployer.end("SIGTERM");
        await assertRestored(start);
        await writeFile("/etc/sudoers.d/linuxnet", `${line}\n`, { mode: 0o440 });
        await command(["visudo", "-c", "-q", "-f", "/etc/sudoers.d/linuxnet"]);
        deployer = new Deployer({ hosts, resources }, asUser);
        assert.match(await deployer.says(/(done|failed) link/), /done ns1\ndone link/);
        assert.match(await command(["ip", "-n", "ns1", "-br", "addr"]), /10\.1\.0\.1\/24/);
    });
});
