import assert from "node:assert/strict";
import { useLab } from "../support/lab";
import { useMachines } from "../support/machines";
import { assertSucceeded } from "./every-example";

const OVERLAY = `
const overlay = new linuxnet.Overlay("over", { vni: 42, sites: underlay.hosts, subnet: "192.168.9.0/24" });
overlay.attach("c1", { at: left });
overlay.attach("c2", { at: right });
`;

describe("an Underlay of machines, with what is on it", () => {
    const lab = useLab("with-components/two-hosts", { stack: "dev" });
    const machines = useMachines(
        { left: { address: "10.0.2.15/24" }, right: { address: "10.0.2.16/24" } },
        "10.0.2.1/24",
    );

    before("say how they are reached", async () => {
        for (const { name, address } of machines.all) {
            await lab.configure(`linuxnet:hosts.${name}.connection`, `ssh://root@${address}`);
            await lab.configure(`linuxnet:hosts.${name}.identityFile`, machines.client.identityFile);
            await lab.configure(`linuxnet:hosts.${name}.knownHostsFile`, machines.client.knownHostsFile);
        }
    });

    it("makes up no address of a machine", async () => {
        await lab.edit('"left", { index: 15 }', '"left"');
        const preview = await lab.preview();
        await lab.edit('underlay.attach("left")', 'underlay.attach("left", { index: 15 })');
        assert.equal(preview.succeeded, false);
        assert.match(
            preview.text,
            /lab: left: given no address, and no index\n.*expected what the other hosts reach left by/,
        );
    });

    it("makes no host and no cable between them, and what is behind reaches what is behind the other", async () => {
        await lab.write((await lab.read()) + OVERLAY);
        const up = await lab.up();
        assertSucceeded(up);
        const made = up.steps.filter(({ op }) => op === "create").map(({ type, name }) => `${type} ${name}`);
        assert.ok(made.includes("Vxlan over-left-vx"), made.join("\n"));
        assert.deepEqual(
            made.filter((one) => /^SimulatedHost|^VethPair lab/.test(one)),
            [],
        );
        const [left, right] = [machines.get("left"), machines.get("right")];
        for (const [machine, namespace, to, ttl] of [
            [left, "left-ns1-dev", "192.168.2.3", 62],
            [right, "right-ns2-dev", "192.168.1.2", 62],
            [left, "over-c1-dev", "192.168.9.2", 64],
        ] as const) {
            const { stdout } = await machine.run(["ip", "netns", "exec", namespace, "ping", "-nc1", "-W2", to]);
            assert.match(stdout, new RegExp(` from ${to}: .*ttl=${ttl} `), `${namespace} → ${to}: ${stdout}`);
        }
    });

    it("takes all of it away again", async () => {
        assertSucceeded(await lab.destroy());
        for (const machine of machines.all) {
            assert.equal(await machine.command(["ip", "netns"]), "");
            const links = await machine.command(["ip", "-br", "link"]);
            assert.deepEqual(Array.from(links.matchAll(/^[^\s@]+/gm), String).length, 2, links);
        }
    });
});
