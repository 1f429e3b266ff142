import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { useDatabase } from "../support/database";
import { ip } from "../support/kernel";
import { Person } from "../support/person";
import { endProcesses, processesBelow } from "../support/processes";
import { type Snapshot, takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";

const SECRET = "hunter2-of-the-lab";
const PASSPHRASE = "correct horse";
const GUIDE = join(__dirname, "..", "..", "docs", "team.md");

/** It ends only when no file `wait` is beside it. */
const program = (...addresses: readonly string[]): string => `import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import * as linuxnet from "pulumi-linuxnet";
export = async () => {
    const ns1 = new linuxnet.Namespace("ns1");
    const ns2 = new linuxnet.Namespace("ns2");
    new linuxnet.VethPair("link", {
        left: { namespace: ns1, name: "eth0", addresses: ${JSON.stringify(addresses)} },
        right: { namespace: ns2, name: "eth0", addresses: ["10.0.0.2/24"] },
    });
    while (existsSync("wait")) await setTimeout(50);
    return { token: new pulumi.Config().requireSecret("token") };
};
`;

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + 60_000;
    while (!(await isTrue())) {
        if (performance.now() > end) throw new Error(`${what}: not after a minute`);
        await sleep(50);
    }
}

/** The shell script of the guide that begins with this line. */
async function scriptOf(title: string): Promise<string> {
    const [, script] = (await readFile(GUIDE, "utf8"))
        .split("```sh\n")
        .map((block) => block.split("```")[0] ?? "")
        .filter((block, at) => at === 0 || block.startsWith(title));
    assert.ok(script !== undefined, `docs/team.md has no script that begins with ${title}`);
    return script;
}

describe("two people on one stack, with their state in PostgreSQL", () => {
    let ana: Person;
    let bob: Person;
    let start: Snapshot;

    // The database goes behind it.
    after("away with them", async () => {
        await ana.linuxnet("cancel", "--yes", "--stack", "dev");
        await ana.command("destroy", "--yes", "--stack", "dev");
        await Promise.all([ana.remove(), bob.remove()]);
        await assertRestored(start);
    });
    const database = useDatabase();
    before("two people", async function () {
        this.timeout(120_000);
        start = await takeSnapshot();
        const environment = { ...database.environment, PULUMI_CONFIG_PASSPHRASE: PASSPHRASE };
        ana = await Person.start("ana", environment);
        await ana.write(program("10.0.0.1/24"));
        const project = { name: "team", runtime: "nodejs", main: "index.ts", options: { refresh: "always" } };
        await ana.write(JSON.stringify({ ...project, backend: { url: database.url } }), "Pulumi.yaml");
        await ana.command("config", "set", "--secret", "token", SECRET);
        await ana.command("up", "--yes", "--skip-preview");
        bob = await Person.cloneOf(ana, "bob", environment);
    });
    const locks = (): Promise<string> => database.query("select key from pulumi_state where key like '%/locks/%'");

    it("both see one state, and each goes on from the other's", async () => {
        assert.match(await bob.command("preview"), /^Nothing would change: /);
        for (const person of [ana, bob]) {
            assert.deepEqual(JSON.parse(await person.command("stack", "output", "--json", "--show-secrets")), {
                token: SECRET,
            });
        }
        await bob.write(program("10.0.0.1/24", "10.0.0.3/24"));
        await bob.command("up", "--yes", "--skip-preview");
        assert.match(await ip("-n", "ns1-dev", "address", "show", "dev", "eth0"), /inet 10\.0\.0\.3\/24 /);
        assert.match(await ana.command("preview"), /^~ ns1-dev: eth0 -10\.0\.0\.3\/24, in place {3}\(link\)$/m);
        await ana.write(await bob.read("index.ts"));
        assert.match(await ana.command("preview"), /^Nothing would change: /);
    });

    it("the second is refused while the first is at work, and told who that is; so is gc", async () => {
        await ana.write("", "wait");
        await ana.write(program("10.0.0.1/24"));
        const working = ana.begin("up", "--yes", "--skip-preview");
        const ended = once(working, "close");
        await until(
            "ana changes the link",
            async () => !(await ip("-n", "ns1-dev", "address")).includes("10.0.0.3/24"),
        );

        const up = await bob.linuxnet("up", "--yes", "--skip-preview");
        assert.notEqual(up.code, 0, up.stdout);
        assert.match(up.stderr, /error: the stack is currently locked by 1 lock\(s\)\. .*`pulumi cancel`/);
        const holder = new RegExp(`created by \\w+@${hostname()} \\(pid \\d+\\) at \\d{4}-\\d\\d-\\d\\dT`);
        assert.match(up.stderr, holder);

        const gc = await bob.linuxnet("gc", "--yes");
        assert.equal(gc.code, 1, gc.stdout);
        assert.match(
            gc.stderr,
            /^An operation is at work on dev, on this machine: run linuxnet gc when it is over\.$/m,
        );
        assert.match(await bob.command("labs"), /^local +team\/dev +2 +2 +0 .* somebody is at work$/m);

        await ana.run(["rm", "wait"]);
        assert.deepEqual(await ended, [0, null]);
        assert.equal(await locks(), "");
        await bob.command("up", "--yes", "--skip-preview");
        assert.match(await ip("-n", "ns1-dev", "address", "show", "dev", "eth0"), /inet 10\.0\.0\.3\/24 /);
        assert.equal(await bob.command("gc"), "");
    });

    it("the lock of one who was killed is taken away by cancel, and the other goes on from there", async () => {
        await ana.write("", "wait");
        const working = ana.begin("up", "--yes", "--skip-preview");
        const ended = once(working, "close");
        await until("ana has the lock", async () => (await locks()) !== "");
        await until(
            "ana has changed the link",
            async () => !(await ip("-n", "ns1-dev", "address")).includes("10.0.0.3/24"),
        );
        const engines = (await processesBelow(working.pid ?? 0)).filter((one) => one.program === "pulumi");
        await endProcesses(engines);
        await ended;
        await ana.run(["rm", "wait"]);

        const refused = await bob.linuxnet("up", "--yes", "--skip-preview");
        assert.notEqual(refused.code, 0, refused.stdout);
        assert.match(refused.stderr, new RegExp(`\\(pid ${engines[0]?.pid}\\)`));
        await bob.command("cancel", "--yes");
        assert.equal(await locks(), "");
        await bob.command("up", "--yes", "--skip-preview");
        assert.match(await ip("-n", "ns1-dev", "address", "show", "dev", "eth0"), /inet 10\.0\.0\.3\/24 /);
    });

    it("no one gets on without the passphrase, and is told why; what it guards is in clear text nowhere", async () => {
        const none = bob.with({ PULUMI_CONFIG_PASSPHRASE: undefined });
        const wrong = bob.with({ PULUMI_CONFIG_PASSPHRASE: "battery staple" });
        for (const words of [["up", "--yes"], ["preview"], ["config", "get", "token"]]) {
            const [first, second] = await Promise.all([none.linuxnet(...words), wrong.linuxnet(...words)]);
            for (const { code, stdout, stderr } of [first, second]) {
                assert.notEqual(code, 0, stdout);
                assert.equal(stdout, "");
                assert.match(stderr, /incorrect passphrase$/m);
            }
            assert.match(
                first.stderr,
                /^The secrets of dev have a passphrase, and none was given: set PULUMI_CONFIG_PASSPHRASE/m,
            );
            assert.doesNotMatch(second.stderr, /none was given/);
        }
        await bob.write(PASSPHRASE, "../passphrase");
        const file = none.with({ PULUMI_CONFIG_PASSPHRASE_FILE: "../passphrase" });
        assert.match(await file.command("preview"), /^Nothing would change: /);

        const all = await database.query(
            "select convert_from(decode(data->>'data', 'base64'), 'utf8') from pulumi_state",
        );
        assert.match(all, /"ciphertext": ?"v1:/);
        const settings = await ana.read("Pulumi.dev.yaml");
        assert.match(settings, /team:token:\n +secure: v1:/);
        for (const text of [SECRET, PASSPHRASE, database.environment.PGPASSWORD]) {
            assert.ok(!`${all}${settings}`.includes(text), `${text} can be read`);
        }
    });

    it("a pull request's change is shown by the recipe of the guide", async () => {
        const ci = await Person.cloneOf(bob, "ci", { ...database.environment, PULUMI_CONFIG_PASSPHRASE: PASSPHRASE });
        try {
            await ci.write(await scriptOf("# ci/network-diff.sh"), "network-diff.sh");
            const diff = async (): Promise<{ code: number; comment: string }> => {
                const { code } = await ci.with({ STACK: "dev" }).run(["sh", "network-diff.sh"]);
                return { code, comment: await ci.read("network-diff.md") };
            };
            await ci.write(program("10.0.0.1/24", "10.0.0.3/24", "10.0.0.4/24"));
            const changed = await diff();
            assert.equal(changed.code, 0, changed.comment);
            const [title, , fence, line] = changed.comment.split("\n");
            assert.deepEqual(
                [title, fence, line],
                ["### What this changes in dev", "~~~", "~ ns1-dev: eth0 +10.0.0.4/24, in place   (link)"],
            );
            await ci.write(program("10.0.0.1/33"));
            const broken = await diff();
            assert.notEqual(broken.code, 0);
            assert.match(
                broken.comment,
                /^### What this changes in dev\n\n~~~\nerror: .*left\.addresses: .*10\.0\.0\.1\/33/s,
            );
        } finally {
            await ci.remove();
        }
        assert.match(await bob.command("preview"), /^Nothing would change: /);
    });

    it("a stack that was removed by force is told, and what it has left is taken away", async () => {
        const two = bob.with({ PULUMI_STACK: "two" });
        await two.command("stack", "init", "two");
        await two.command("config", "set", "--secret", "token", SECRET);
        await two.command("up", "--yes", "--skip-preview");
        await two.command("stack", "rm", "--force", "--yes", "--preserve-config");
        const { code, stdout, stderr } = await ana.linuxnet("labs");
        assert.equal(code, 0, stderr);
        assert.match(stdout, /^local +team\/dev [^n]*\nlocal +team\/two +2 +2 +0 .* no stack$/m);
        assert.match(
            stderr,
            /^team\/two has no stack in this project's state\.[\s\S]*\n {2}linuxnet gc --stack team\/two$/m,
        );
        await ana.command("gc", "--stack", "team/two", "--yes");
        assert.doesNotMatch(await ana.command("labs"), /team\/two/);
    });
});
