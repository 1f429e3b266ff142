import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { command, run } from "../support/kernel";
import { type Lab, useLab } from "../support/lab";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored, takeSettledSnapshot } from "../support/snapshot-difference";
import { assertSucceeded } from "./every-example";

/** Enough of it that a kill falls in the middle. */
const PROGRAM = `import * as linuxnet from "pulumi-linuxnet";
const host = new linuxnet.SimulatedHost("host");
for (let index = 0; index < 16; index++) {
    const namespace = new linuxnet.Namespace(\`n\${index}\`, index % 2 ? { host } : {});
    new linuxnet.VethPair(\`l\${index}\`, {
        left: { namespace, name: "a", addresses: [\`10.\${index}.0.1/24\`, \`fd00:\${index}::1/64\`] },
        right: { namespace, name: "b" },
    });
    new linuxnet.ForwardingSetting(\`f\${index}\`, { namespace, ipv4: true });
}
`;

const namespaces = async (): Promise<string[]> =>
    (await command(["sh", "-c", "ls /run/netns /run/linuxnet/hosts/*/netns 2>/dev/null || true"]))
        .split("\n")
        .filter((name) => /^n\d/.test(name));

const providers = async (): Promise<string> => (await run(["pgrep", "-f", "dynamic-provider"])).stdout;

/** Kills the engine, and nothing else, when so many namespaces are there or so many are left. */
async function killEngine(lab: Lab, operation: "up" | "destroy", when: (count: number) => boolean): Promise<void> {
    const { done } = lab.begin(operation, "--yes", "--skip-preview");
    while (!when((await namespaces()).length)) await sleep(5);
    await command(["pkill", "-KILL", "-x", "pulumi"]);
    assert.equal((await done).succeeded, false);
}

for (const checkpoints of [true, false]) {
    describe(`an engine that is killed, ${checkpoints ? "having noted each step" : "before it has noted anything"}`, () => {
        const environment = { PULUMI_SKIP_CHECKPOINTS: checkpoints ? "false" : "true" };
        const lab = useLab("point-to-point", { stack: "dev", environment });
        // The host of the program is the engine's own, and outlives an engine that is killed: docs/engine.md.
        after(() => run(["pkill", "-KILL", "-f", "pulumi-language-nodejs"]));

        it("takes its provider along, and the next up goes on from there without another word", async () => {
            await lab.write(PROGRAM);
            const start = await takeSnapshot();
            assertSucceeded(await lab.up());
            const whole = await takeSettledSnapshot();
            assertSucceeded(await lab.destroy());
            await assertRestored(start);

            await killEngine(lab, "up", (count) => count >= 5);
            await sleep(700);
            assert.equal(await providers(), "", "a provider has outlived its engine");
            const then = (await namespaces()).length;
            await sleep(300);
            assert.equal((await namespaces()).length, then, "somebody is still at work");
            assert.ok(then < 16, "the kill came too late");
            const up = await lab.up();
            assertSucceeded(up);
            assert.match(up.text, /^The lock of an operation that was killed \(process \d+\) is removed\.$/m);
            await assertRestored(whole);

            await killEngine(lab, "destroy", (count) => count < 13);
            await sleep(700);
            assert.equal(await providers(), "", "a provider has outlived its engine");
            assertSucceeded(await lab.destroy());
            await assertRestored(start);
        });

        it("leaves nothing that destroy does not find, dropped from the program meanwhile or not", async () => {
            const start = await takeSnapshot();
            await lab.write(PROGRAM);
            await killEngine(lab, "up", (count) => count >= 5);
            await sleep(700);
            const names = await namespaces();
            await lab.write('import * as linuxnet from "pulumi-linuxnet";\nnew linuxnet.Namespace("other");\n');
            assertSucceeded(await lab.up("--refresh=false"));
            const left = (await namespaces()).filter((name) => names.includes(name));
            if (!checkpoints) assert.deepEqual(left, names, "the state has heard of what it cannot have heard of");
            const destroyed = await lab.destroy();
            assertSucceeded(destroyed);
            if (!checkpoints) assert.match(destroyed.text, /^The state of dev does not know of: .*Namespace n\d+/m);
            await assertRestored(start);
            assert.equal((await run(["ls", "/run/linuxnet"])).code, 2);
        });
    });
}
