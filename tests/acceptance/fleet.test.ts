import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { useMachines } from "../support/machines";
import { Person } from "../support/person";

/** One lab of its own on the host of its stack, which answers there by an address of the stack's. */
const PROGRAM = `import * as linuxnet from "pulumi-linuxnet";
const inside = new linuxnet.Namespace("inside");
new linuxnet.VethPair("link", {
    left: { namespace: inside, name: "eth0", addresses: ["192.168.1.2/24"] },
    right: { name: "lab", addresses: ["192.168.1.1/24"] },
});
new linuxnet.Route("out", { namespace: inside, destination: "default", gateway: "192.168.1.1" });
`;

/** Who has which machine. */
const LABS = { ana: "m1", bob: "m2", "bob-two": "m3", eve: "m11", tom: "m20" } as const;

describe("one program, twenty hosts, a stack for each lab", () => {
    const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
    const machines = useMachines(
        Object.fromEntries(numbers.map((number) => [`m${number}`, { address: `10.9.0.${100 + number}/24` }])),
    );
    let person: Person;

    before("the project", async () => {
        person = await Person.start("fleet", { PULUMI_CONFIG_PASSPHRASE: "" });
        await mkdir(join(person.folder, ".state"));
        const { identityFile, knownHostsFile } = machines.client;
        const hosts = machines.all.map(({ name, address }) => [
            name,
            { connection: `ssh://root@${address}`, identityFile, knownHostsFile },
        ]);
        const config = { "linuxnet:hosts": { value: Object.fromEntries(hosts) } };
        const project = { name: "fleet", runtime: "nodejs", main: "index.ts", config };
        await person.write(JSON.stringify({ ...project, backend: { url: "file://./.state" } }), "Pulumi.yaml");
        await person.write(PROGRAM);
    });
    after("away with it", () => person.remove());

    /** On all stacks, two at a time. */
    async function onEach(...words: readonly string[]): Promise<void> {
        const stacks = Object.keys(LABS);
        const work = async (): Promise<void> => {
            for (let stack = stacks.shift(); stack !== undefined; stack = stacks.shift()) {
                await person.command(...words, "--yes", "--skip-preview", "--stack", stack);
            }
        };
        await Promise.all([work(), work()]);
    }

    /** What is shown of the machines, a line each, without the time. */
    const shown = (stdout: string): string[] =>
        stdout
            .trimEnd()
            .split("\n")
            .slice(1)
            .map((line) =>
                line
                    .replace(/ \d{4}-\d\d-\d\d \d\d:\d\d/, "")
                    .replace(/ +/g, " ")
                    .trim(),
            );

    const expected = (labs: Readonly<Record<string, string>>): string[] => [
        "local no lab",
        ...numbers.map((number) => {
            const [stack] = Object.entries(labs).find(([, machine]) => machine === `m${number}`) ?? [];
            return stack === undefined ? `m${number} no lab` : `m${number} fleet/${stack} 1 2 1`;
        }),
    ];

    it("each stands on its own host, and labs --all says where", async () => {
        for (const [stack, host] of Object.entries(LABS)) {
            await person.write(JSON.stringify({ config: { "linuxnet:host": host } }), `Pulumi.${stack}.yaml`);
            await person.command("stack", "init", stack);
        }
        await onEach("up");
        for (const [stack, host] of Object.entries(LABS)) {
            assert.match(await machines.get(host).command(["ip", "netns"]), new RegExp(`^inside-${stack}\\b`));
        }
        assert.deepEqual(shown(await person.command("labs", "--all")), expected(LABS));
        assert.equal(await person.command("labs"), "No lab stands on this machine.\n");
    });

    it("in a form for programs, too", async () => {
        const all = JSON.parse(await person.command("labs", "--all", "--json"));
        assert.deepEqual(
            all.slice(0, 2).map(({ host }: { host: string }) => host),
            ["local", "m1"],
        );
        const { since, changed, ...lab } = all[1].labs[0];
        assert.deepEqual(lab, {
            ...{ project: "fleet", stack: "ana", namespaces: 1, simulatedHosts: 0, devices: 2, routes: 1 },
            ...{ addresses: 0, forwarding: 0, isAtWork: false, hasNoStack: false },
        });
        assert.ok(Date.parse(since) <= Date.parse(changed) && Date.parse(changed) <= Date.now() + 1000, changed);
    });

    it("ends with 1 and says so where a host cannot be reached, and what stands on the others", async () => {
        await onEach("destroy");
        await machines.get("m7").stop();
        const { code, stdout, stderr } = await person.linuxnet("labs", "--all");
        assert.equal(code, 1);
        assert.deepEqual(
            shown(stdout),
            expected({}).map((line) => (line === "m7 no lab" ? "m7 not reached" : line)),
        );
        assert.match(stderr, /^error: host m7 \(.*\) cannot be reached: /m);
    });

    it("refuses what it does not know", async () => {
        const unknown = await person.linuxnet("labs", "--all", "--stack", "max");
        assert.equal(unknown.code, 2);
        assert.match(unknown.stderr, /given --stack max, which has no settings here: there are those of ana, bob, /);
        const lonely = await person.linuxnet("labs", "--stack", "ana");
        assert.equal(lonely.code, 2);
        assert.match(lonely.stderr, /--stack says whose hosts --all asks/);
        const nowhere = await person.linuxnet("labs", "--all", "--cwd", "/");
        assert.equal(nowhere.code, 2);
        assert.match(nowhere.stderr, /There is no Pulumi\.yaml here/);
    });
});
