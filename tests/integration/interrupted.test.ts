import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { ip, writeSetting } from "../support/kernel";
import { usePlace } from "../support/place";
import { assertSettled, type Inputs, type KindName, type Resource, useStack } from "../support/provider";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored, diffSnapshots } from "../support/snapshot-difference";
import { killedAfter } from "./interruption";

describe("Killed after any of its commands, and run again", () => {
    const stack = useStack();
    const place = usePlace("here");

    const pair: Inputs = {
        leftName: "near",
        leftAddresses: "10.1.0.1/24, 10.1.0.3/24, fd01::1/64",
        leftMtu: 1400,
        rightName: "far",
        rightAddresses: "10.1.0.2/24",
        rightBridge: "br9",
    };
    const scenarios: readonly {
        kind: KindName;
        what: string;
        from?: Inputs;
        to: Inputs | undefined;
        shortest: number;
    }[] = [
        { kind: "Namespace", what: "create", to: { name: "ns1" }, shortest: 2 },
        { kind: "Namespace", what: "delete", from: { name: "ns1" }, to: undefined, shortest: 2 },
        { kind: "Bridge", what: "create", to: { name: "br0", addresses: "10.2.0.1/24", stp: true }, shortest: 6 },
        {
            kind: "Bridge",
            what: "update",
            from: { name: "br0", addresses: "10.2.0.1/24, 10.2.0.3/24", stp: true, macAddress: "02:00:00:00:00:07" },
            to: { name: "br0", addresses: "10.2.0.2/24, 10.2.0.3/24", mtu: 1400 },
            shortest: 8,
        },
        { kind: "Bridge", what: "delete", from: { name: "br0" }, to: undefined, shortest: 2 },
        { kind: "VethPair", what: "create", to: pair, shortest: 14 },
        {
            kind: "VethPair",
            what: "update",
            from: pair,
            to: { ...pair, leftAddresses: "10.1.0.3/24, 10.1.0.9/24", leftMtu: undefined, rightBridge: undefined },
            shortest: 7,
        },
        { kind: "VethPair", what: "delete", from: pair, to: undefined, shortest: 2 },
        {
            kind: "Route",
            what: "create",
            to: { destination: "10.50.0.0/16", gateway: "10.9.0.2", device: "eth9" },
            shortest: 2,
        },
        {
            kind: "Route",
            what: "update to another type",
            from: { destination: "10.50.0.0/16", gateway: "10.9.0.2" },
            to: { destination: "10.50.0.0/16", type: "blackhole" },
            shortest: 4,
        },
        {
            kind: "Route",
            what: "delete",
            from: { destination: "10.50.0.0/16", gateway: "10.9.0.2" },
            to: undefined,
            shortest: 2,
        },
        { kind: "Address", what: "create", to: { device: "eth9", address: "10.9.0.7/24" }, shortest: 2 },
        {
            kind: "Address",
            what: "delete",
            from: { device: "eth9", address: "10.9.0.7/24" },
            to: undefined,
            shortest: 2,
        },
        { kind: "ForwardingSetting", what: "create", to: { ipv4: true, ipv6: true }, shortest: 3 },
        {
            kind: "ForwardingSetting",
            what: "update",
            from: { ipv4: true },
            to: { ipv6: true },
            shortest: 4,
        },
        { kind: "ForwardingSetting", what: "delete", from: { ipv4: true, ipv6: true }, to: undefined, shortest: 4 },
    ];

    beforeEach("what is there before", async () => {
        const at = ["-n", place.name];
        await ip(...at, "link", "add", "name", "br9", "address", "02:00:00:00:00:09", "type", "bridge");
        await ip(...at, "link", "add", "name", "eth9", "type", "veth", "peer", "name", "end9");
        // A bridge takes limits over from its ports, and keeps them: so it has one from the beginning.
        await ip(...at, "link", "add", "name", "eth8", "master", "br9", "type", "veth", "peer", "name", "end8");
        await writeSetting("net.ipv4.conf.end9.forwarding", "1", place.name);
        for (const name of ["br9", "eth8", "end8", "eth9", "end9"]) {
            await writeSetting(`net.ipv6.conf.${name}.disable_ipv6`, "1", place.name);
            await ip(...at, "link", "set", "dev", name, "up");
        }
        await ip(...at, "address", "add", "10.9.0.1/24", "dev", "eth9");
    });

    const located = (kind: KindName, inputs: Inputs): Inputs => {
        if (kind === "Namespace") return inputs;
        if (kind !== "VethPair") return { ...inputs, namespace: place.name };
        return { ...inputs, leftNamespace: place.name, rightNamespace: place.name };
    };

    for (const { kind, what, from, to, shortest } of scenarios) {
        it(`${kind}: ${what}`, async () => {
            const before = await takeSnapshot();
            const start = async (): Promise<Resource> => {
                const resource = stack.resource(kind, "it");
                if (from !== undefined) await resource.up(located(kind, from));
                return resource;
            };
            const change = (resource: Resource) =>
                to === undefined ? resource.delete() : resource.up(located(kind, to));

            const undisturbed = await start();
            await change(undisturbed);
            const whole = await takeSnapshot();
            await undisturbed.delete();
            await assertRestored(before);

            let commands = 0;
            for (; ; commands++) {
                const resource = await start();
                const killed = await killedAfter(commands, () => change(resource));
                await change(resource);
                const title = `killed after ${commands} commands`;
                assert.equal(diffSnapshots(whole, await takeSnapshot()).join("\n"), "", title);
                if (to !== undefined) await assertSettled(resource);
                await resource.delete();
                assert.equal(diffSnapshots(before, await takeSnapshot()).join("\n"), "", `${title}, and then deleted`);
                assert.deepEqual(await readdir("/run/linuxnet").catch(() => []), [], `${title}: records are left`);
                if (!killed) break;
            }
            assert.ok(commands >= shortest, `only ${commands} commands have been tried`);
        });
    }
});
