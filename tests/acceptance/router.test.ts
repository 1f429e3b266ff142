import assert from "node:assert/strict";
import { backgroundPing } from "../support/background-ping";
import { listChanges } from "../support/engine-events";
import { inNamespace, ip, ipJson } from "../support/kernel";
import { assertNoReply, assertReply, assertUnreachable } from "../support/ping";
import {
    assertSucceeded,
    itChanges,
    itHasNothingToDoTwice,
    itKeepsNoCodeInItsState,
    itLeavesNothing,
    itPreviews,
    itRepairs,
    itStandsBesideAnother,
    useExample,
    without,
    withProgram,
} from "./every-example";

const routeBehindNs1 =
    'new linuxnet.Route("behind-ns1", { namespace: router, destination: "10.9.0.0/24", gateway: "192.168.1.2" });';

/** The program with forwarding off, and the checks that go with it. */
function silent(program: string): string {
    return program.replace("ipv4: true", "ipv4: false").replaceAll("{ ttl: 63 }", '"no-reply", timeoutSeconds: 1');
}

describe("router", () => {
    const deployed = useExample("router");
    const { lab } = deployed;

    async function checks(stack: string): Promise<void> {
        await assertReply(`ns1-${stack}`, "192.168.2.2", 63);
        await assertReply(`ns2-${stack}`, "192.168.1.2", 63);
    }

    const namespaces = ["ns1-dev", "ns2-dev", "ns-router-dev"];

    async function indices(): Promise<readonly unknown[]> {
        const links = await Promise.all(namespaces.map((name) => ipJson("-n", name, "link", "show")));
        return links.flat().map(({ ifname, ifindex }) => [ifname, ifindex]);
    }

    /** Those that the stack has set. */
    async function routes(): Promise<readonly string[]> {
        const texts = namespaces.map((name) => ip("-n", name, "route", "show", "proto", "157"));
        return (await Promise.all(texts)).map((text) => text.trim());
    }

    itPreviews(deployed, { Namespace: 3, VethPair: 2, ForwardingSetting: 1, Route: 2, Reachability: 2 });

    it("cannot be crossed before the routes exist", () =>
        withProgram(
            lab,
            (program) => without(program, "Route(", "Reachability(", "there.", "back."),
            () => assertUnreachable("ns1-dev", "192.168.2.2", /^Network is unreachable$/),
        ));

    it("is crossed with the routes, by one hop", async () => {
        const up = await lab.up();
        assertSucceeded(up);
        assert.deepEqual(listChanges(up).toSorted(), [
            "create ns1-reaches-ns2",
            "create ns2-reaches-ns1",
            "create to-ns1",
            "create to-ns2",
        ]);
        assert.deepEqual(await lab.outputs(), {
            ns1ToNs2: "reply, ttl 63",
            ns2ToNs1: "reply, ttl 63",
            routerEnds: ["veth-ns1-router", "veth-ns2-router"],
        });
        await checks("dev");
    });

    it("is silent with forwarding off, although the routes stand", async () => {
        await withProgram(lab, silent, async () => {
            const settings = await inNamespace("ns-router-dev", "sysctl", "-a", "-r", "^net.ipv4.conf..*.forwarding$");
            assert.doesNotMatch(settings, /= 1$/m);
            assert.match(await ip("-n", "ns1-dev", "route"), /^192\.168\.2\.0\/24 via 192\.168\.1\.1 dev veth-ns1 /m);
            assert.match(await ip("-n", "ns2-dev", "route"), /^192\.168\.1\.0\/24 via 192\.168\.2\.1 dev veth-ns2 /m);
            await assertNoReply("ns1-dev", "192.168.2.2");
            await assertNoReply("ns2-dev", "192.168.1.2");
        });
        assertSucceeded(await lab.up());
        await checks("dev");
    });

    itHasNothingToDoTwice(deployed);
    itKeepsNoCodeInItsState(deployed);

    it("changes in place: no packet over the other link is lost, and no link is made anew", async () => {
        const before = await indices();
        const losses = await backgroundPing("ns2-dev", "192.168.2.1", async () => {
            await lab.edit('["192.168.1.2/24"]', '["192.168.1.2/24", "192.168.1.3/24"], mtu: 1400');
            const up = await lab.up();
            assertSucceeded(up);
            assert.deepEqual(listChanges(up).toSorted(), [
                "update link1: leftAddresses, leftMtu",
                "update ns1-reaches-ns2: triggers",
                "update ns2-reaches-ns1: triggers",
            ]);
        });
        assert.ok(losses.sent > 50, `only ${losses.sent} were sent`);
        assert.deepEqual(losses.lost, []);
        assert.deepEqual(await indices(), before);
        await assertReply("ns2-dev", "192.168.1.3", 63);
    });

    itChanges(
        deployed,
        {
            from: '"192.168.1.2/24", "192.168.1.3/24"',
            to: '"192.168.1.2/24"',
            resource: "link1",
            property: "leftAddresses",
            shown: "~leftAddresses",
        },
        async () => {
            const addresses = await ip("-n", "ns1-dev", "-br", "-4", "address", "show", "dev", "veth-ns1");
            assert.match(addresses, /UP +192\.168\.1\.2\/24 *$/m);
        },
        checks,
    );

    it("keeps the routes over both ends of a pair that is renamed, in one up", async () => {
        await lab.edit("\n// One router in between", `\n${routeBehindNs1}\n// One router in between`);
        assertSucceeded(await lab.up());
        const [, viaNs2, viaRouter] = await routes();
        assert.equal(viaRouter, "10.9.0.0/24 via 192.168.1.2 dev veth-ns1-router");
        await lab.edit('name: "veth-ns1",', 'name: "eth0",');
        const up = await lab.up();
        assertSucceeded(up);
        assert.deepEqual(listChanges(up).toSorted(), [
            "replace behind-ns1",
            "replace link1: leftName",
            "replace to-ns2: device",
            "update ns1-reaches-ns2: triggers",
            "update ns2-reaches-ns1: triggers",
        ]);
        assert.deepEqual(await routes(), ["192.168.2.0/24 via 192.168.1.1 dev eth0", viaNs2, viaRouter]);
        await checks("dev");
    });

    itRepairs(
        deployed,
        [
            { by: ["ip -n ns1-dev route del 192.168.2.0/24"], found: "delete to-ns2" },
            {
                by: ["ip netns exec ns-router-dev sysctl -q -w net.ipv4.ip_forward=0"],
                found: "update forwarding: ipv4",
                shown: "~ipv4",
            },
        ],
        checks,
    );
    it("keeps them when a pair is replaced as it is", async () => {
        const before = await routes();
        const urn = (await lab.resources()).get("link1")?.urn ?? "";
        try {
            assertSucceeded(await lab.up("--replace", urn));
            assert.deepEqual(await routes(), before);
            await checks("dev");
        } finally {
            await lab.up();
        }
    });

    itStandsBesideAnother("router", checks);
    itLeavesNothing(deployed);
});
