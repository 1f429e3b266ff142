import assert from "node:assert/strict";
import { ip } from "../support/kernel";
import { assertReply } from "../support/ping";
import { usePlace } from "../support/place";
import { type Inputs, type Resource, useStack } from "../support/provider";

describe("Neighbours are told which device has an address now", () => {
    const stack = useStack();
    const hub = usePlace("hub");
    const one = usePlace("one");
    const two = usePlace("two");
    const witness = usePlace("witness");

    const ADDRESSES = ["10.6.0.1", "fd06::1"] as const;
    const all = (): string => ADDRESSES.map((address) => `${address}/${address.includes(":") ? 64 : 24}`).join(", ");

    const inputs = (at: string, more: Inputs): Inputs => ({
        leftNamespace: at,
        leftName: "eth0",
        rightNamespace: hub.name,
        rightName: `port-${at}`.slice(0, 15),
        rightBridge: "br0",
        ...more,
    });
    const join = (name: string, at: string, more: Inputs = {}): Promise<Resource> =>
        stack.up("VethPair", name, inputs(at, more));

    beforeEach("a bridge, and one who knows who is there", async () => {
        await stack.up("Bridge", "switch", { namespace: hub.name, name: "br0" });
        await join("witness", witness.name, { leftAddresses: "10.6.0.9/24, fd06::9/64" });
    });

    /** At once: it would come by itself only when the witness asks anew, which takes up to half a minute. */
    const assertKnown = async (): Promise<void> => {
        for (const address of ADDRESSES) await assertReply(witness.name, address, 64);
    };

    it("when it has gone over to another one that was there", async () => {
        const first = await join("first", one.name, { leftAddresses: all() });
        const second = await join("second", two.name, { leftAddresses: "10.6.0.2/24, fd06::2/64" });
        await assertKnown();
        await second.update(inputs(two.name, { leftAddresses: `10.6.0.2/24, fd06::2/64, ${all()}` }));
        await first.update(inputs(one.name, { leftAddresses: "10.6.0.3/24, fd06::3/64" }));
        await assertKnown();
    });

    it("but not where a person has put a neighbour there for good, which setting a MAC address would take away", async () => {
        const first = await join("first", one.name, { leftAddresses: "10.6.0.2/24" });
        const neighbour = ["10.6.0.77", "lladdr", "02:00:00:00:00:77", "dev", "eth0", "nud", "permanent"];
        await ip("-n", one.name, "neigh", "add", ...neighbour);
        await first.up(inputs(one.name, { leftAddresses: "10.6.0.2/24, 10.6.0.1/24" }));
        assert.match(await ip("-n", one.name, "neigh", "show", "dev", "eth0"), /^10\.6\.0\.77 .*PERMANENT/m);
    });
});
