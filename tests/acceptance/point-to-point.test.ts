import assert from "node:assert/strict";
import { ip, ipJson } from "../support/kernel";
import { assertReply } from "../support/ping";
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

describe("point-to-point", () => {
    const deployed = useExample("point-to-point");

    async function checks(stack: string): Promise<void> {
        await assertReply(`ns1-${stack}`, "192.168.1.2", 64);
        await assertReply(`ns2-${stack}`, "192.168.1.1", 64);
        const links = await ipJson("link", "show");
        assert.deepEqual(
            links.map(({ ifname }) => ifname),
            ["lo"],
        );
    }

    itPreviews(deployed, { Namespace: 2, VethPair: 1, Reachability: 2 });
    itDeploys(deployed, checks);
    itHasNothingToDoTwice(deployed);
    itChanges(
        deployed,
        {
            from: '"192.168.1.1/24"',
            to: '"192.168.1.1/24", "192.168.1.11/24"',
            resource: "link",
            property: "leftAddresses",
            shown: "~leftAddresses",
        },
        () => assertReply("ns2-dev", "192.168.1.11", 64),
        checks,
    );
    itRepairs(
        deployed,
        [
            {
                by: [
                    "ip -n ns1-dev address del 192.168.1.1/24 dev veth-ns1",
                    "ip -n ns2-dev link set dev veth-ns2 down",
                ],
                found: "update link: leftAddresses, rightUp",
                shown: "+rightUp~leftAddresses",
            },
        ],
        checks,
    );
    itStandsBesideAnother("point-to-point", checks);

    it("is not destroyed while somebody else's device is inside", async () => {
        await ip("-n", "ns1-dev", "link", "add", "name", "foreign", "type", "bridge");
        const destroy = await deployed.lab.destroy();
        assert.equal(destroy.succeeded, false);
        const [refusal] = destroy.diagnostics.filter(({ name }) => name === "ns1");
        assert.equal(
            refusal?.message,
            "found a bridge named foreign in namespace ns1-dev: linuxnet did not create it.\n" +
                "ns1-dev was not deleted. Remove it, and run again.",
        );
        await ip("-n", "ns1-dev", "link", "del", "dev", "foreign");
    });

    itLeavesNothing(deployed);
});
