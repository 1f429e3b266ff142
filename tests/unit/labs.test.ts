import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stacksWithSettings } from "../../provider/host/configuration";
import { connectionsOf } from "../../provider/labs";

describe("the hosts of all stacks of a project", () => {
    const before = process.cwd();
    let folder: string;

    const write = (file: string, content: object): Promise<void> =>
        writeFile(join(folder, file), JSON.stringify(content));
    const hosts = (all: Record<string, string>): object => ({
        config: {
            "linuxnet:hosts": Object.fromEntries(
                Object.entries(all).map(([name, address]) => [name, { connection: `ssh://root@${address}` }]),
            ),
        },
    });

    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "labs-"));
        process.chdir(folder);
    });
    afterEach(async () => {
        process.chdir(before);
        await rm(folder, { recursive: true });
    });

    const names = (): Record<string, string | undefined> =>
        Object.fromEntries(
            [...connectionsOf("fleet", stacksWithSettings("fleet"))].map(([name, { ssh }]) => [name, ssh?.host]),
        );

    it("are those of their settings and of the project's, each machine once, and told apart where names do not", async () => {
        const common = { "linuxnet:hosts": { value: { m1: { connection: "ssh://root@192.0.2.1" } } } };
        await write("Pulumi.yaml", { name: "fleet", config: common });
        await write("Pulumi.ana.yaml", hosts({ m1: "192.0.2.1", m2: "192.0.2.2" }));
        await write("Pulumi.bob.yaml", hosts({ m2: "192.0.2.3", first: "192.0.2.1" }));
        await write("Pulumi.eve.yaml", {});
        assert.deepEqual(stacksWithSettings("fleet"), ["ana", "bob", "eve"]);
        assert.deepEqual(names(), { local: undefined, m1: "192.0.2.1", m2: "192.0.2.2", "m2@bob": "192.0.2.3" });
    });

    it("is this machine alone where there are no settings", async () => {
        await write("Pulumi.yaml", { name: "fleet", stackConfigDir: "absent" });
        assert.deepEqual(stacksWithSettings("fleet"), []);
        assert.deepEqual(names(), { local: undefined });
    });
});
