import assert from "node:assert/strict";
import { parseFoundRoutes, parseServiceRoutes } from "../../provider/found-route";
import { parseExtras } from "../../provider/link-extras";

const answer = (...list: readonly object[]): string => JSON.stringify(list);

describe("a route that is found", () => {
    const plain = {
        type: "1",
        dst: "10.5.0.0/24",
        gateway: "10.0.0.2",
        dev: "c",
        table: "254",
        protocol: "3",
        scope: "0",
    };
    const isPeculiar = (more: object): boolean | undefined =>
        parseFoundRoutes(answer({ ...plain, flags: ["linkdown"], ...more }))[0]?.isPeculiar;

    it("is none that a Route could not say, as plain ones are not", () => {
        assert.equal(isPeculiar({}), false);
        assert.equal(isPeculiar({ metrics: [{ mtu: 1300 }] }), false);
        assert.equal(isPeculiar({ dst: "fd05::/64", gateway: "fe80::1", metric: 1024, pref: "medium" }), false);
        const nexthops = [{ gateway: "10.0.0.2", dev: "c", weight: 2, flags: [] }];
        assert.equal(isPeculiar({ gateway: undefined, nexthops }), false);
    });

    for (const [what, more] of [
        ["another metric than the MTU", { metrics: [{ mtu: 1300, initcwnd: 20 }] }],
        ["a preference", { pref: "high" }],
        ["a next hop object", { nhid: 7 }],
        ["a gateway of the other family", { via: { family: "inet6", host: "fe80::1" } }],
        ["a way that is dead", { flags: ["dead"] }],
    ] as const) {
        it(`has what a Route cannot say: ${what}`, () => assert.equal(isPeculiar(more), true));
    }

    it("is told apart where its key has more than a Route's, or it is encapsulated", () => {
        const ways = [{ gateway: "10.0.0.2", dev: "c", encap: "mpls" }];
        const others = [{ tos: "0x10" }, { from: "10.9.0.0/16" }, { encap: "ip" }, { nexthops: ways }];
        const routes = answer(...others.map((more) => ({ ...plain, ...more })), { ...plain, nhid: 7 }, plain);
        assert.deepEqual(
            parseFoundRoutes(routes).map((route) => route.isPeculiar),
            [true, false],
        );
        assert.deepEqual(
            parseServiceRoutes(routes),
            ["tos 0x10", "from 10.9.0.0/16", "encap ip", "encap mpls"].map((what) => `to 10.5.0.0/24 ${what}`),
        );
    });
});

describe("what is beside a device's state", () => {
    const extras = (more: object) => parseExtras(answer({ ifname: "c", ...more })).get("c");

    it("is where its peer is, by a number", () => {
        assert.deepEqual(extras({ link_netnsid: 3 }), { peerNamespace: 3, obstacles: [], peculiarities: [] });
    });

    it("is what no program can say", () => {
        const kind = (info_data: object) => extras({ linkinfo: { info_kind: "vxlan", info_data } })?.obstacles;
        assert.deepEqual(kind({ id: 7, group: "239.0.0.1" }), ["sends to the multicast group 239.0.0.1"]);
        assert.equal(kind({ external: true })?.length, 1);
        assert.deepEqual(
            extras({ addr_info: [{ local: "10.9.0.1", address: "10.9.0.2", prefixlen: 32 }] })?.obstacles,
            ["has the address 10.9.0.1 with the peer 10.9.0.2"],
        );
        assert.deepEqual(extras({ addr_info: [{ local: "10.9.0.1", prefixlen: 24 }, {}] })?.obstacles, []);
    });

    it("is what stays beside the program", () => {
        const linkinfo = { info_kind: "bridge", info_data: { vlan_filtering: 1 } };
        assert.deepEqual(extras({ linkinfo })?.peculiarities, ["filters VLANs"]);
    });

    it("is nothing where nothing was answered", () => assert.equal(parseExtras(undefined).size, 0));
});
