import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { useLab } from "../support/lab";
import { useMachines } from "../support/machines";
import { assertSucceeded } from "./every-example";

const CUT = '\nnew linuxnet.Route("cut", { host: "left", destination: "10.9.0.1/32", type: "blackhole" });\n';

describe("a host that puts itself back", () => {
    const lab = useLab("router-on-host");
    const machines = useMachines({ left: { address: "10.9.0.15/24" } });

    before("its configuration", async () => {
        const { client } = machines;
        const left = machines.get("left");
        await lab.configure("linuxnet:hosts.left.connection", `ssh://root@${left.address}`);
        await lab.configure("linuxnet:hosts.left.identityFile", client.identityFile);
        await lab.configure("linuxnet:hosts.left.knownHostsFile", client.knownHostsFile);
        await lab.configure("linuxnet:hosts.left.rollbackSeconds", "20");
        await lab.configure("linuxnet:host", "left");
    });

    it("is told of in the error, is as before, and goes on with the right program", async () => {
        const left = machines.get("left");
        assertSucceeded(await lab.up());
        const look = () =>
            left.command(["sh", "-c", "ip -br addr; ip route show table all; sysctl net.ipv4.ip_forward"]);
        const whole = await look();
        await lab.edit('"forwarding", { ipv4: true }', '"forwarding", { ipv4: true, ipv6: true }');
        const program = await readFile(join(lab.folder, "index.ts"), "utf8");
        await lab.write(program + CUT);
        const up = await lab.up();
        assert.equal(up.succeeded, false);
        assert.match(
            up.text,
            /host left was not reached within 20 s of this change\. It has put its own network back as it was/,
        );
        assert.equal(await look(), whole);
        await lab.write(program);
        assertSucceeded(await lab.up());
        assert.match(await left.command(["sysctl", "net.ipv6.conf.all.forwarding"]), /= 1/);
        assertSucceeded(await lab.destroy());
        // Who watches looks twice a second: it takes its folder away when it sees that all is over.
        const there = (): Promise<string> => left.command(["ls", "/run"]);
        for (let wait = 0; wait < 100 && (await there()).includes("linuxnet"); wait++) await sleep(100);
        assert.doesNotMatch(await there(), /linuxnet/);
    });
});
