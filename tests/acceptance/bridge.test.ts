import assert from "node:assert/strict";
import { ipJson } from "../support/kernel";
import { assertAllReply } from "../support/ping";
import {
    itChanges,
    itDeploys,
    itHasNothingToDoTwice,
    itLeavesNothing,
    itPreviews,
    itRepairs,
    itStandsBesideAnother,
    useExample,
} from "./every-example";

describe("bridge", () => {
    const deployed = useExample("bridge");

    async function checks(stack: string): Promise<void> {
        await assertAllReply(
            { [`ns1-${stack}`]: "192.168.1.1", [`ns2-${stack}`]: "192.168.1.2", [`ns3-${stack}`]: "192.168.1.3" },
            64,
        );
        const links = await ipJson("-4", "address", "show", "scope", "global");
        assert.deepEqual(links, [], "neither the bridge nor its ports have an address");
    }

    async function mtuOfNs3(): Promise<void> {
        const [end] = await ipJson("-n", "ns3-dev", "link", "show", "dev", "veth-ns3");
        assert.equal(end?.["mtu"], 1400);
    }

    itPreviews(deployed, { Namespace: 3, Bridge: 1, VethPair: 3, Reachability: 6 });
    itDeploys(deployed, checks);

    it("has three ports on a bridge, all up, the names with the stack's", async () => {
        const bridge = (await deployed.lab.outputs())["bridgeName"];
        const ports = await ipJson("link", "show", "master", String(bridge));
        assert.deepEqual(ports.map(({ ifname, operstate }) => `${ifname} ${operstate}`).sort(), [
            "veth-ns1-br-dev UP",
            "veth-ns2-br-dev UP",
            "veth-ns3-br-dev UP",
        ]);
    });

    itHasNothingToDoTwice(deployed);
    itChanges(
        deployed,
        {
            from: 'name: "veth-ns3",',
            to: 'name: "veth-ns3", mtu: 1400,',
            resource: "veth-ns3-br",
            property: "leftMtu",
            shown: "+leftMtu",
        },
        mtuOfNs3,
        checks,
    );
    itRepairs(
        deployed,
        [
            {
                by: ["ip link set dev veth-ns1-br-dev nomaster"],
                found: "update veth-ns1-br: rightBridge",
                shown: "-rightBridge",
            },
        ],
        checks,
    );
    itStandsBesideAnother("bridge", checks);
    itLeavesNothing(deployed);
});
