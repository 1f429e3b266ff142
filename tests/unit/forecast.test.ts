import assert from "node:assert/strict";
import { forecastOf } from "../../cli/preview/forecast";
import { describeChange } from "../../cli/preview/words";
import { UNKNOWN } from "../../model/schema";
import type { Resource } from "../../model/topology/topology";
import { pair, ROUTER, resource } from "../support/pictures";

type Inputs = Resource["inputs"];

/** A lab with one resource changed, or without it. */
const changed = (resources: readonly Resource[], name: string, inputs: Inputs | undefined): Resource[] =>
    resources.flatMap((one) => {
        if (one.name !== name) return [one];
        return inputs === undefined ? [] : [{ ...one, inputs: { ...one.inputs, ...inputs } }];
    });

describe("what a preview says of a check", () => {
    const check = (more: Inputs, lab: readonly Resource[] = ROUTER) =>
        forecastOf(lab)({ fromNamespace: "ns1", to: "10.2.0.2", triggers: UNKNOWN, ...more });
    const off = changed(ROUTER, "forwarding", { ipv4: false });

    it("is nothing where it will be met", () => {
        assert.equal(check({}), undefined);
        assert.equal(check({ expectTtl: 63 }), undefined);
        assert.equal(check({ expect: "no-reply" }, off), undefined);
    });

    it("is what it expects, and what it would get", () => {
        assert.equal(check({}, off), "expects a reply, and would get none (router does not forward IPv4)");
        assert.equal(check({ expectTtl: 64 }), "expects a reply with ttl 64, and would get one with ttl 63");
        assert.equal(check({ expect: "no-reply" }), "expects no reply, and would get a reply with ttl 63");
        const change = {
            operation: "update",
            kind: "Reachability",
            name: "there",
            before: {},
            after: { fromNamespace: "ns1", to: "10.2.0.2" },
            isGone: false,
            isRenamed: false,
        } as const;
        assert.deepEqual(describeChange(change, forecastOf(off)), [
            {
                sign: "?",
                text: "check ns1 → 10.2.0.2: expects a reply, and would get none (router does not forward IPv4)",
                name: "there",
            },
        ]);
    });

    it("is that nobody has an address of a subnet of the lab", () => {
        const none = (address: string, who: string) =>
            `expects a reply, and would get none (nobody has ${address}, to which ${who})`;
        assert.equal(check({ to: "10.2.0.99" }), none("10.2.0.99", "router sends over r2"));
        assert.equal(check({ to: "10.1.0.99" }), none("10.1.0.99", "ns1 sends over eth0"));
        assert.equal(check({ to: "10.2.0.99", expect: "unreachable" }), undefined);
        assert.equal(check({ to: "10.9.0.99" }), undefined);
    });

    it("is nothing of an address that somebody else may have, on a bridge or behind a tunnel", () => {
        const bridged = (place: Inputs) => [
            resource("Namespace", "ns1", { name: "ns1" }),
            resource("Namespace", "switch", { name: "switch" }),
            resource("Bridge", "br", { ...place, name: "br0" }),
            pair(
                "cable",
                { namespace: "ns1", name: "eth0", addresses: "10.1.0.1/24" },
                { ...place, name: "port", bridge: "br0" },
            ),
        ];
        const said = "expects a reply, and would get none (nobody has 10.1.0.99, to which ns1 sends over eth0)";
        const own = bridged({ namespace: "switch" });
        assert.equal(check({ to: "10.1.0.99" }, own), said);
        assert.equal(check({ to: "10.1.0.99" }, bridged({})), undefined);
        const vxlan = (remotes: string) =>
            resource("Vxlan", "vx", {
                namespace: "switch",
                name: "vx",
                bridge: "br0",
                vni: 7,
                local: "10.5.0.1",
                remotes,
            });
        assert.equal(check({ to: "10.1.0.99" }, [...own, vxlan("10.5.0.2")]), undefined);
        assert.equal(check({ to: "10.1.0.99" }, [...own, vxlan("10.5.0.1")]), said);
    });

    it("is nothing where the program does not know all", () => {
        assert.equal(check({ to: UNKNOWN }, off), undefined);
        assert.equal(check({ packetBytes: 1500 }, off), undefined);
        assert.equal(check({ to: "8.8.8.8" }, off), undefined);
        assert.equal(check({}, changed(off, "router", undefined)), undefined);
        assert.equal(check({}, changed(off, "link2", { leftAddresses: UNKNOWN })), undefined);
        assert.equal(check({ fromNamespace: undefined, to: "10.1.0.2" }, off), undefined);
    });
});
