import assert from "node:assert/strict";
import { command, ip, ipJson } from "../support/kernel";
import type { Operation } from "../support/lab";
import { assertAllReply, assertReply, assertUnreachable } from "../support/ping";
import { assertSucceeded, itLeavesNothing, onSimulated, useExample } from "./every-example";

type Kinds = Readonly<Record<string, number>>;

/** What an operation has made of each kind; a component is of a kind too. */
function kindsOf({ steps }: Operation): Kinds {
    const found: Record<string, number> = {};
    for (const { op, type } of steps) if (op === "create") found[type] = (found[type] ?? 0) + 1;
    return found;
}

/** An example with components reaches what the one without does; see the tests of those. */
function itIsTheSame(lab: string, kinds: Kinds, checks: () => Promise<void>): void {
    describe(`${lab} with components`, () => {
        const deployed = useExample(`with-components/${lab}`);

        it("is deployed as these resources, and works", async () => {
            const up = await deployed.lab.up();
            assertSucceeded(up);
            assert.deepEqual(kindsOf(up), kinds);
            await checks();
        });

        itLeavesNothing(deployed);
    });
}

const [ns1, ns2, ns3] = ["lab-ns1-dev", "lab-ns2-dev", "lab-ns3-dev"] as const;

itIsTheSame("point-to-point", { PointToPoint: 1, Namespace: 2, VethPair: 1, Reachability: 2 }, async () => {
    await assertAllReply({ [ns1]: "192.168.1.1", [ns2]: "192.168.1.2" }, 64);
    assert.equal((await ipJson("link", "show")).length, 1, "nothing is on the host");
});

itIsTheSame("bridge", { Switch: 1, Bridge: 1, Namespace: 3, VethPair: 3, Reachability: 6 }, async () => {
    await assertAllReply({ [ns1]: "192.168.1.1", [ns2]: "192.168.1.2", [ns3]: "192.168.1.3" }, 64);
    assert.equal((await ipJson("link", "show", "master", "lab-dev")).length, 3);
    assert.deepEqual(await ipJson("-4", "address", "show", "scope", "global"), []);
});

const ROUTED = { Router: 1, Namespace: 2, VethPair: 2, ForwardingSetting: 1, Route: 2, Reachability: 2 };

async function areRouted(): Promise<void> {
    await assertReply(ns1, "192.168.2.2", 63);
    await assertReply(ns2, "192.168.1.2", 63);
}

itIsTheSame("router", { ...ROUTED, Namespace: 3 }, async () => {
    await areRouted();
    await command(["ip", "netns", "exec", "lab-dev", "sysctl", "-q", "-w", "net.ipv4.ip_forward=0"]);
    await assert.rejects(assertReply(ns1, "192.168.2.2"), /no-reply/);
});

itIsTheSame("router-on-host", ROUTED, async () => {
    await areRouted();
    const host = await ip("-br", "-4", "address", "show");
    assert.match(host, /^lab-ns1-dev@\S+ +UP +192\.168\.1\.1\/24 $/m);
    assert.match(host, /^lab-ns2-dev@\S+ +UP +192\.168\.2\.1\/24 $/m);
});

const COMPONENTS = { Lan: 1, Switch: 1, PointToPoint: 1 };
const GATEWAY = {
    ...COMPONENTS,
    Namespace: 3,
    Bridge: 1,
    VethPair: 3,
    ForwardingSetting: 1,
    Route: 3,
    Reachability: 8,
};

itIsTheSame("gateway", GATEWAY, async () => {
    await assertAllReply({ [ns1]: "192.168.1.2", [ns2]: "192.168.1.3" }, 64);
    for (const namespace of [ns1, ns2]) {
        await assertReply(namespace, "192.168.1.1", 64);
        await assertReply(namespace, "10.0.2.1", 64);
        await assertReply(namespace, "10.0.2.2", 63);
    }
    await ip("-n", ns1, "route", "del", "default");
    await assertReply(ns1, "192.168.1.3", 64);
    await assertUnreachable(ns1, "10.0.2.1", /^Network is unreachable$/);
});

const HOSTS = { Underlay: 1, Lan: 2, Switch: 3 };
const TWO_HOSTS = {
    ...HOSTS,
    SimulatedHost: 2,
    Bridge: 3,
    VethPair: 6,
    ForwardingSetting: 2,
    Route: 6,
    Reachability: 4,
};

itIsTheSame("two-hosts", { ...TWO_HOSTS, Namespace: 5 }, async () => {
    const networks = { left: "192.168.1", right: "192.168.2" };
    for (const [side, lan] of Object.entries(networks)) {
        const other = side === "left" ? "192.168.2" : "192.168.1";
        const on = (name: string) => onSimulated(`lab-${side}-dev`, `${side}-${name}`);
        await assertAllReply({ [on("ns1")]: `${lan}.2`, [on("ns2")]: `${lan}.3` }, 64);
        for (const name of ["ns1", "ns2"]) {
            await assertReply(on(name), `${other}.2`, 62);
            await assertReply(on(name), `${other}.3`, 62);
        }
    }
    const routes = await command(["ip", "route", "show", "proto", "157"], { where: onSimulated("lab-left-dev") });
    assert.equal(routes.trim(), "192.168.2.0/24 via 10.0.2.16 dev eth0");
});

const ENDS = { Router: 1, Overlay: 1, Switch: 2 };
const OVERLAY = { ...ENDS, SimulatedHost: 3, Namespace: 4, Bridge: 2, VethPair: 6, Vxlan: 2, ForwardingSetting: 1 };

itIsTheSame("overlay", { ...OVERLAY, Route: 2, Reachability: 5 }, async () => {
    const on = (number: number) => onSimulated(number < 3 ? "left-dev" : "right-dev", `containers-ns${number}`);
    const ends = [1, 2, 3, 4].map((number) => [on(number), `192.168.1.${number}`] as const);
    await assertAllReply(Object.fromEntries(ends), 64);
    const whole = { packetBytes: 1450, dontFragment: true };
    await assertReply(on(1), "192.168.1.4", 64, whole);
    await assertUnreachable(on(1), "192.168.1.4", /too long/, { ...whole, packetBytes: 1451 });
    const routes = await command(["ip", "route"], { where: onSimulated("router-dev") });
    assert.doesNotMatch(routes, /192\.168\.1\./);
});
