import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withCommandLog } from "../support/commands";
import { command, ip, run } from "../support/kernel";
import { type Operation, useLab } from "../support/lab";
import { type Snapshot, takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";

const BEGINNING = `import * as pulumi from "@pulumi/pulumi";
import * as linuxnet from "pulumi-linuxnet";
const config = new pulumi.Config();
const ns1 = new linuxnet.Namespace("ns1");
`;

/** Right as what they are, so that nothing but their being secret stands against them; and one that is wrong. */
const SECRETS = {
    address: "10.87.65.43/24",
    "mac-address": "02:87:65:43:21:0f",
    name: "secret-name87",
    gateway: "10.87.65.42",
    wrong: "hunter2-is-no-address",
} as const;
/** Of which linuxnet knows nothing. */
const UNRELATED = "correct-horse-battery-staple";

const pair = (left: string): string =>
    `new linuxnet.VethPair("link", { left: { namespace: ns1, ${left} }, right: { name: "out" } });`;
const secret = (key: string): string => `config.requireSecret("${key}")`;

/** Each use of a secret, and the property that the message names. */
const USES: readonly (readonly [property: string, resource: string, program: string])[] = [
    ["left.addresses", "link", pair(`addresses: [${secret("address")}]`)],
    ["left.addresses", "link", pair(`addresses: [${secret("wrong")}]`)],
    ["left.macAddress", "link", pair(`macAddress: ${secret("mac-address")}`)],
    ["left.name", "link", pair(`name: pulumi.interpolate\`x-\${${secret("name")}}\``)],
    ["name", "other", `new linuxnet.Namespace("other", { name: ${secret("name")} });`],
    [
        "gateway",
        "way",
        `new linuxnet.Route("way", { namespace: ns1, destination: "0.0.0.0/0", gateway: ${secret("gateway")} });`,
    ],
];

/** A program `ip` that notes its environment, which is our provider's, and does what it is told. */
async function withNotedEnvironment<T>(work: () => Promise<T>): Promise<{ result: T; environment: string }> {
    const folder = await mkdtemp(join(tmpdir(), "environment-"));
    const path = process.env.PATH;
    try {
        const real = (await command(["sh", "-c", "command -v ip"])).trim();
        const script = `#!/bin/sh\nenv >>${folder}/noted\nexec ${real} "$@"\n`;
        await writeFile(join(folder, "ip"), script);
        await chmod(join(folder, "ip"), 0o755);
        process.env.PATH = `${folder}:${path}`;
        const result = await work();
        return { result, environment: await readFile(join(folder, "noted"), "utf8") };
    } finally {
        process.env.PATH = path;
        await rm(folder, { recursive: true });
    }
}

describe("A secret of the stack's configuration", () => {
    const lab = useLab("router", { stack: "dev" });
    let start: Snapshot;

    before("the secrets", async function () {
        this.timeout(120_000);
        start = await takeSnapshot();
        const set = (key: string, value: string): Promise<string> =>
            lab.command("config", "set", "--stack", lab.stack, "--secret", key, value);
        for (const [key, value] of Object.entries(SECRETS)) await set(key, value);
        await set("password", UNRELATED);
        await set("other:password", UNRELATED);
    });
    afterEach("away", async () => {
        await lab.destroy();
        await assertRestored(start);
    });

    /** Neither on the screen nor among the commands, nor in any file of the project: settings, state, its copies. */
    async function assertUnseen(operation: Operation, commands: unknown): Promise<void> {
        for (const text of [...Object.values(SECRETS), UNRELATED]) {
            assert.ok(!operation.text.includes(text), operation.text);
            assert.ok(!JSON.stringify(commands).includes(text), "it is in the log");
            const { stdout } = await run(["grep", "-rlF", "--exclude=node_modules", "-e", text, lab.folder]);
            assert.equal(stdout, "", `${text} is in a file`);
        }
    }

    it("of which linuxnet knows nothing is nowhere, whatever is done", async () => {
        const program = `${BEGINNING}${pair('addresses: ["10.1.0.1/24"]')}\nexport const it = config.requireSecret("password");\n`;
        await lab.write(program);
        for (const operation of ["preview", "up", "refresh", "destroy"] as const) {
            const logged = await withCommandLog(() => withNotedEnvironment(() => lab[operation]()));
            const { result, environment } = logged.result;
            assert.ok(result.succeeded, result.text);
            await assertUnseen(result, logged.commands);
            assert.ok(!environment.includes(UNRELATED), "it is in the environment of a command");
        }
    });

    for (const [property, resource, program] of USES) {
        it(`is refused as ${property} without a word of it: ${program.slice(0, 90)}`, async () => {
            await lab.write(`${BEGINNING}${program}\n`);
            const { result, commands } = await withCommandLog(() => lab.up());
            assert.ok(!result.succeeded, result.text);
            const message =
                `resource '${resource}' has a problem: ${property}: given a secret\n` +
                "expected what may be seen: the machine shows it to everybody\n" +
                "if it is none, pulumi.unsecret(…) says so";
            assert.ok(result.text.replace(/\n[ \t]+/g, "\n").includes(message), result.text);
            await assertUnseen(result, commands);
        });
    }

    it("is taken where the program says that it is none", async () => {
        await lab.write(`${BEGINNING}${pair(`addresses: [pulumi.unsecret(${secret("address")})]`)}\n`);
        const up = await lab.up();
        assert.ok(up.succeeded, up.text);
        assert.match(await ip("-n", "ns1-dev", "addr", "show"), /inet 10\.87\.65\.43\/24 /);
    });
});

describe("A secret connection of a host", () => {
    const lab = useLab("router", { stack: "dev" });

    it("is refused without a word of it", async () => {
        const text = "ssh://root:hunter2@192.0.2.1";
        await lab.write(`${BEGINNING}linuxnet.configuredHost("left");\n`);
        const key = "linuxnet:hosts.left.connection";
        await lab.command("config", "set", "--stack", lab.stack, "--secret", "--path", key, text);
        const preview = await lab.preview();
        const destroy = await lab.destroy();
        await lab.command("config", "rm", "--stack", lab.stack, "linuxnet:hosts");
        assert.ok(!preview.succeeded, preview.text);
        assert.ok(!preview.text.includes("hunter2"), preview.text);
        assert.match(preview.text, /linuxnet:hosts is a secret/);
        assert.doesNotMatch(destroy.text, /v1:|hunter2/, "not even what is encrypted is shown");
    });
});
