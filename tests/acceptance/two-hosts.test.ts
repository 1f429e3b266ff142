import assert from "node:assert/strict";
import { listChanges } from "../support/engine-events";
import { command, ipJson } from "../support/kernel";
import { assertAllReply, assertReply } from "../support/ping";
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

describe("two-hosts", () => {
    const deployed = useExample("two-hosts");
    const { lab } = deployed;

    async function checks(stack: string): Promise<void> {
        const [left, right] = [`left-${stack}`, `right-${stack}`];
        const networks = { [left]: "192.168.1", [right]: "192.168.2" };
        for (const [host, lan] of Object.entries(networks)) {
            const other = host === left ? "192.168.2" : "192.168.1";
            const ends = { [onSimulated(host, "ns1")]: `${lan}.2`, [onSimulated(host, "ns2")]: `${lan}.3` };
            await assertAllReply(ends, 64);
            for (const from of Object.keys(ends)) {
                await assertReply(from, `${other}.2`, 62);
                await assertReply(from, `${other}.3`, 62);
            }
        }
    }

    itPreviews(deployed, {
        SimulatedHost: 2,
        Namespace: 4,
        Bridge: 2,
        VethPair: 5,
        ForwardingSetting: 2,
        Route: 6,
        Reachability: 8,
    });
    itDeploys(deployed, checks);

    it("has the same names on both hosts, and nothing on the machine itself", async () => {
        for (const host of ["left-dev", "right-dev"]) {
            const links = await command(["ip", "-br", "link"], { where: onSimulated(host) });
            assert.deepEqual(Array.from(links.matchAll(/^[^\s@]+/gm), String).toSorted(), [
                "br0",
                "enp0s3",
                "lo",
                "veth-ns1-br",
                "veth-ns2-br",
            ]);
        }
        assert.deepEqual(
            (await ipJson("link", "show")).map(({ ifname }) => ifname),
            ["lo"],
        );
        assert.deepEqual(await ipJson("netns", "list"), []);
    });

    it("goes from host to host by the uplinks", async () => {
        const routes = await command(["ip", "route", "show", "proto", "157"], { where: onSimulated("left-dev") });
        assert.equal(routes.trim(), "192.168.2.0/24 via 10.0.2.16 dev enp0s3");
        const back = await command(["ip", "route", "show", "proto", "157"], { where: onSimulated("right-dev") });
        assert.equal(back.trim(), "192.168.1.0/24 via 10.0.2.15 dev enp0s3");
        const replies = Array.from({ length: 4 }, () => "reply, ttl 62");
        assert.deepEqual(await lab.outputs(), { leftToRight: replies, rightToLeft: replies });
    });

    itHasNothingToDoTwice(deployed);
    itKeepsNoCodeInItsState(deployed);
    itChanges(
        deployed,
        {
            // biome-ignore lint/suspicious/noTemplateCurlyInString: as the program has it
            from: "addresses: [`${leftUplink}/24`]",
            // biome-ignore lint/suspicious/noTemplateCurlyInString: as the program is to have it
            to: 'addresses: [`${leftUplink}/24`, "10.0.2.25/24"]',
            resource: "uplink",
            property: "leftAddresses",
            shown: "~leftAddresses",
        },
        () => assertReply(onSimulated("right-dev"), "10.0.2.25", 64),
        checks,
    );
    itRepairs(
        deployed,
        [
            {
                by: [`nsenter --net=${onSimulated("left-dev", "ns1")} ip address del 192.168.1.2/24 dev veth-ns1`],
                found: "update left-veth-ns1: leftAddresses",
                shown: "~leftAddresses",
            },
            // It went with the address.
            { by: [], found: "delete left-ns1-default" },
            {
                by: [`nsenter --net=${onSimulated("right-dev")} sysctl -q -w net.ipv4.ip_forward=0`],
                found: "update right-forwarding: ipv4",
                shown: "~ipv4",
            },
        ],
        checks,
    );

    it("finds a host that is gone, with all that was on it, and makes it anew", async () => {
        const namespaces = [onSimulated("right-dev"), onSimulated("right-dev", "ns1"), onSimulated("right-dev", "ns2")];
        await command(["umount", ...namespaces]);
        await command(["rm", "-r", "/run/linuxnet/hosts/right-dev"]);
        const refresh = await lab.refresh();
        assertSucceeded(refresh);
        const gone = [
            ...["right", "right-br0", "right-forwarding", "right-ns1", "right-ns1-default", "right-ns2"],
            ...["right-ns2-default", "right-to-left", "right-veth-ns1", "right-veth-ns2"],
        ];
        // The cable has two ends, and the route on the left goes over it.
        const expected = [...gone, "uplink", "left-to-right"].map((name) => `delete ${name}`);
        assert.deepEqual(listChanges(refresh).toSorted(), expected.toSorted());
        await restored();
    });

    it("makes a host anew that has lost its own namespace, and no other", async () => {
        await command(["umount", onSimulated("right-dev")]);
        await restored();
    });

    /** In one go, and for good. A bridge numbers its ports as they come, so that snapshots differ. */
    async function restored(): Promise<void> {
        const up = await lab.up();
        const again = await lab.up();
        assertSucceeded(up);
        assertSucceeded(again);
        assert.deepEqual(listChanges(again), []);
        await checks("dev");
    }

    itStandsBesideAnother("two-hosts", checks);
    itLeavesNothing(deployed);
});
