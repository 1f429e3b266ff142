import assert from "node:assert/strict";
import { command, ipJson } from "../support/kernel";
import { assertAllReply, assertReply, assertUnreachable } from "../support/ping";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored, takeSettledSnapshot } from "../support/snapshot-difference";
import {
    assertSucceeded,
    itChanges,
    itDeploys,
    itHasNothingToDoTwice,
    itKeepsNoCodeInItsState,
    itLeavesNothing,
    itPreviews,
    itRepairs,
    itStandsBesideAnother,
    onSimulated,
    useExample,
} from "./every-example";

const endRefused =
    /left\.mtu: given 1500\nexpected at most 1450: what it sends goes through the Vxlan "(?:left|right)-vx0"\nits underlay has 1500, of which the encapsulation takes 50$/;
const tunnelRefused =
    /bridge: given "br0"\nexpected devices on it with an MTU of at most 1450, which vx0 leaves them\nveth-ns[12] in ns[12] of (left|right)-dev \("\1-veth-ns[12]"\) has 1500: give it mtu: 1450$/;
const anybody = "00:00:00:00:00:00";

describe("overlay", () => {
    const deployed = useExample("overlay");
    const { lab } = deployed;

    const ends = (stack: string): Readonly<Record<string, string>> => ({
        [onSimulated(`left-${stack}`, "ns1")]: "192.168.1.2",
        [onSimulated(`left-${stack}`, "ns2")]: "192.168.1.3",
        [onSimulated(`right-${stack}`, "ns1")]: "192.168.1.4",
        [onSimulated(`right-${stack}`, "ns2")]: "192.168.1.5",
    });

    /** A full packet passes in one piece, and a larger one is refused where it begins. */
    async function checks(stack: string): Promise<void> {
        await assertAllReply(ends(stack), 64);
        for (const from of Object.keys(ends(stack))) {
            for (const to of Object.values(ends(stack))) {
                if (to !== ends(stack)[from])
                    await assertReply(from, to, 64, { packetBytes: 1450, dontFragment: true });
            }
        }
        const from = onSimulated(`left-${stack}`, "ns1");
        const larger = { packetBytes: 1451, dontFragment: true };
        await assertUnreachable(from, "192.168.1.4", /^message too long, mtu=1450$/, larger);
    }

    async function remotesOf(host: string): Promise<readonly string[]> {
        const entries = await command(["bridge", "fdb", "show", "dev", "vx0"], { where: onSimulated(host) });
        const found = entries.matchAll(new RegExp(`^${anybody} dst (\\S+) self permanent$`, "gm"));
        return Array.from(found, ([, remote = ""]) => remote);
    }

    itPreviews(deployed, {
        SimulatedHost: 3,
        Namespace: 4,
        Bridge: 2,
        VethPair: 6,
        Vxlan: 2,
        ForwardingSetting: 1,
        Route: 2,
        Reachability: 9,
    });

    it("is refused with an MTU that leaves no room for the encapsulation", async () => {
        await lab.edit("const mtu = 1450;", "const mtu = 1500;");
        try {
            const preview = await lab.preview();
            assert.equal(preview.succeeded, false, preview.text);
            const [message] = preview.diagnostics.map((diagnostic) => diagnostic.message);
            // Whichever the engine asks about last: the end of a pair, or the tunnel that it does not fit.
            assert.match(message ?? "", new RegExp(`${endRefused.source}|${tunnelRefused.source}`));
        } finally {
            await lab.edit("const mtu = 1500;", "const mtu = 1450;");
        }
        await assertRestored(deployed.start, 0);
    });

    itDeploys(deployed, checks);

    it("crosses a router that knows nothing of it", async () => {
        // The kernel's own IPv6 routes come a while later.
        await takeSettledSnapshot();
        const routes = await command(["ip", "route", "show", "table", "all"], { where: onSimulated("router-dev") });
        // The link-local addresses are made of the MAC addresses, and come in any order.
        const lines = routes.replaceAll(/fe80::[0-9a-f:]+(?= )/g, "fe80::…").split("\n");
        assert.deepEqual(
            lines
                .map((line) => line.trim())
                .filter((line) => line !== "")
                .toSorted(),
            [
                "10.0.2.0/24 dev to-left proto kernel scope link src 10.0.2.1",
                "10.0.3.0/24 dev to-right proto kernel scope link src 10.0.3.1",
                "local 10.0.2.1 dev to-left table local proto kernel scope host src 10.0.2.1",
                "broadcast 10.0.2.255 dev to-left table local proto kernel scope link src 10.0.2.1",
                "local 10.0.3.1 dev to-right table local proto kernel scope host src 10.0.3.1",
                "broadcast 10.0.3.255 dev to-right table local proto kernel scope link src 10.0.3.1",
                "local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1",
                "local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1",
                "broadcast 127.255.255.255 dev lo table local proto kernel scope link src 127.0.0.1",
                "fe80::/64 dev to-left proto kernel metric 256 pref medium",
                "fe80::/64 dev to-right proto kernel metric 256 pref medium",
                "local ::1 dev lo table local proto kernel metric 0 pref medium",
                "local fe80::… dev to-left table local proto kernel metric 0 pref medium",
                "local fe80::… dev to-right table local proto kernel metric 0 pref medium",
                "multicast ff00::/8 dev to-left table local proto kernel metric 256 pref medium",
                "multicast ff00::/8 dev to-right table local proto kernel metric 256 pref medium",
            ].toSorted(),
        );
        await assertUnreachable(onSimulated("router-dev"), "192.168.1.2", /^Network is unreachable$/);
        await assertReply(onSimulated("left-dev"), "10.0.3.16", 63);
    });

    it("is a port of the bridge on each host, and leaves what is sent into it the declared size", async () => {
        for (const [host, remote] of [["left-dev", "10.0.3.16"] as const, ["right-dev", "10.0.2.15"] as const]) {
            const path = onSimulated(host);
            const show = ["ip", "-br", "link", "show", "master", "br0"];
            const ports = await command(show, { where: path });
            assert.deepEqual(Array.from(ports.matchAll(/^[^\s@]+/gm), String).toSorted(), [
                "veth-ns1-br",
                "veth-ns2-br",
                "vx0",
            ]);
            assert.match(await command(["ip", "link", "show", "vx0"], { where: path }), / mtu 1450 /);
            assert.deepEqual(await remotesOf(host), [remote]);
        }
        assert.deepEqual(
            (await ipJson("link", "show")).map(({ ifname }) => ifname),
            ["lo"],
        );
    });

    itHasNothingToDoTwice(deployed);
    itKeepsNoCodeInItsState(deployed);
    itChanges(
        deployed,
        {
            from: 'leftUplink, [rightUplink], ["192.168.1.2"',
            to: 'leftUplink, [rightUplink, "10.0.4.17"], ["192.168.1.2"',
            resource: "left-vx0",
            property: "remotes",
            shown: "~remotes",
        },
        async () => assert.deepEqual((await remotesOf("left-dev")).toSorted(), ["10.0.3.16", "10.0.4.17"]),
        checks,
    );
    itRepairs(
        deployed,
        [
            {
                by: [`nsenter --net=${onSimulated("left-dev")} bridge fdb del ${anybody} dev vx0 dst 10.0.3.16`],
                found: "update left-vx0: remotes",
                shown: "~remotes",
            },
            {
                by: [`nsenter --net=${onSimulated("router-dev")} sysctl -q -w net.ipv4.ip_forward=0`],
                found: "update router-forwarding: ipv4",
                shown: "~ipv4",
            },
            {
                by: [`nsenter --net=${onSimulated("right-dev", "ns2")} ip link set dev veth-ns2 mtu 1500`],
                found: "update right-veth-ns2: leftMtu",
                shown: "~leftMtu",
            },
        ],
        checks,
    );

    it("finds and repairs a router that is gone", async () => {
        const before = await takeSnapshot();
        await command(["umount", onSimulated("router-dev")]);
        assertSucceeded(await lab.up());
        await checks("dev");
        await assertRestored(before);
    });

    itStandsBesideAnother("overlay", checks);
    itLeavesNothing(deployed);
});
