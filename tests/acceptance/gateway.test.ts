import assert from "node:assert/strict";
import { ip, readSetting } from "../support/kernel";
import { assertAllReply, assertReply, assertUnreachable } from "../support/ping";
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

/** And without the checks, which are a block of their own. */
function withoutDefaultRoutes(program: string): string {
    return without(program.replace(/^\/\/ On one bridge[\s\S]*?(?=^export)/m, ""), "-default");
}

describe("gateway", () => {
    const deployed = useExample("gateway");
    const { lab } = deployed;

    async function checks(stack: string): Promise<void> {
        const [lan, wan] = stack === "dev" ? ["192.168.1", "10.0.2"] : ["192.168.2", "10.0.3"];
        await assertAllReply({ [`ns1-${stack}`]: `${lan}.2`, [`ns2-${stack}`]: `${lan}.3` }, 64);
        for (const namespace of [`ns1-${stack}`, `ns2-${stack}`]) {
            await assertReply(namespace, `${lan}.1`, 64);
            await assertReply(namespace, `${wan}.15`, 64);
            await assertReply(namespace, `${wan}.2`, 63);
        }
        await assertReply(`outside-${stack}`, `${lan}.2`, 63);
        await assertReply(`outside-${stack}`, `${lan}.3`, 63);
    }

    itPreviews(deployed, {
        Namespace: 3,
        Bridge: 1,
        VethPair: 3,
        ForwardingSetting: 1,
        Route: 3,
        Reachability: 10,
    });

    it("reaches its neighbours and no further without the default route", () =>
        withProgram(lab, withoutDefaultRoutes, async () => {
            await assertReply("ns1-dev", "192.168.1.1", 64);
            await assertReply("ns1-dev", "192.168.1.3", 64);
            await assertUnreachable("ns1-dev", "10.0.2.15", /^Network is unreachable$/);
        }));

    it("reaches the host's own address with it, and what lies behind", async () => {
        assertSucceeded(await lab.up());
        assert.equal(await readSetting("net.ipv4.ip_forward"), "1");
        await checks("dev");
        assert.deepEqual(await lab.outputs(), {
            namespaces: ["ns1-dev", "ns2-dev", "outside-dev"],
            bridge: "br0-dev",
            uplinkName: "uplink-dev",
        });
    });

    itHasNothingToDoTwice(deployed);
    itChanges(
        deployed,
        {
            // biome-ignore lint/suspicious/noTemplateCurlyInString: as the program has it
            from: "addresses: [`${lan}.1/24`]",
            // biome-ignore lint/suspicious/noTemplateCurlyInString: as the program is to have it
            to: "addresses: [`${lan}.1/24`, `${lan}.254/24`]",
            resource: "br0",
            property: "addresses",
            shown: "~addresses",
        },
        () => assertReply("ns1-dev", "192.168.1.254", 64),
        checks,
    );
    itRepairs(
        deployed,
        [{ by: ["ip address del 192.168.1.1/24 dev br0-dev"], found: "update br0: addresses", shown: "~addresses" }],
        checks,
    );

    it("finds what is behind it again after the bridge was down", async () => {
        await ip("link", "set", "dev", "br0-dev", "down");
        assertSucceeded(await lab.up());
        await checks("dev");
    });

    itStandsBesideAnother(
        "gateway",
        checks,
        /addresses: given "192\.168\.1\.1\/24"\nexpected a subnet that is free on the host\n192\.168\.1\.(1|254)\/24 on br0-dev of gateway\/dev\/br0 overlaps; .*pulumi config set subnet 192\.168\.2\.0\/24$/,
    );
    itLeavesNothing(deployed);
});
