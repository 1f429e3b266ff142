import assert from "node:assert/strict";
import { ip, readSetting } from "../support/kernel";
import { assertNoReply, assertReply, assertUnreachable } from "../support/ping";
import {
    assertSucceeded,
    itChanges,
    itHasNothingToDoTwice,
    itLeavesNothing,
    itPreviews,
    itRepairs,
    itStandsBesideAnother,
    useExample,
    without,
    withProgram,
} from "./every-example";

describe("router-on-host", () => {
    const deployed = useExample("router-on-host");
    const { lab } = deployed;

    async function checks(stack: string): Promise<void> {
        const [net1, net2] = stack === "dev" ? ["192.168.1", "192.168.2"] : ["192.168.3", "192.168.4"];
        await assertReply(`ns1-${stack}`, `${net2}.2`, 63);
        await assertReply(`ns2-${stack}`, `${net1}.2`, 63);
        const host = await ip("-br", "-4", "address", "show");
        assert.match(host, new RegExp(`^ns1-router-${stack}@\\S+ +UP +${net1}\\.1/24 $`, "m"));
        assert.match(host, new RegExp(`^ns2-router-${stack}@\\S+ +UP +${net2}\\.1/24 $`, "m"));
    }

    itPreviews(deployed, { Namespace: 2, VethPair: 2, ForwardingSetting: 1, Route: 2, Reachability: 2 });

    it("cannot be crossed before the routes exist", () =>
        withProgram(
            lab,
            (program) => without(program, "ForwardingSetting(", "Route(", "Reachability(", "there.", "back."),
            () => assertUnreachable("ns1-dev", "192.168.2.2", /^Network is unreachable$/),
        ));

    it("is silent with the routes alone", () =>
        withProgram(
            lab,
            (program) => without(program, "ForwardingSetting(", "Reachability(", "there.", "back."),
            () => assertNoReply("ns1-dev", "192.168.2.2"),
        ));

    it("is crossed when the host forwards, by one hop", async () => {
        assertSucceeded(await lab.up());
        assert.equal(await readSetting("net.ipv4.ip_forward"), "1");
        await checks("dev");
    });

    itHasNothingToDoTwice(deployed);
    itChanges(
        deployed,
        {
            from: '"forwarding", { ipv4: true }',
            to: '"forwarding", { ipv4: true, ipv6: true }',
            resource: "forwarding",
            property: "ipv6",
            shown: "+ipv6",
        },
        async () => assert.equal(await readSetting("net.ipv6.conf.all.forwarding"), "1"),
        checks,
    );
    itRepairs(
        deployed,
        [{ by: ["sysctl -q -w net.ipv4.ip_forward=0"], found: "update forwarding: ipv4", shown: "~ipv4" }],
        checks,
    );
    itStandsBesideAnother(
        "router-on-host",
        checks,
        /right\.addresses: given "(192\.168\.[12]\.1\/24)"\nexpected a subnet that is free on the host\n\1 on (ns[12]-router)-dev of router-on-host\/dev\/\2 overlaps; .*pulumi config set subnet 192\.168\.3\.0\/24$/,
    );
    itLeavesNothing(deployed);
});
