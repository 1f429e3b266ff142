import assert from "node:assert/strict";
import { UNKNOWN } from "../../model/schema";
import { address } from "../../provider/address";
import { bridge } from "../../provider/bridge";
import { type Provider, provider, toFailures } from "../../provider/dynamic";
import { forwardingSetting } from "../../provider/forwarding-setting";
import type { Queries } from "../../provider/host/query";
import type { Kind } from "../../provider/kind";
import { namespace } from "../../provider/namespace";
import { Program } from "../../provider/program";
import { reachability } from "../../provider/reachability";
import type { FlatSpec } from "../../provider/record";
import { route } from "../../provider/route";
import { vethPair } from "../../provider/veth-pair";
import { vxlan } from "../../provider/vxlan";

const OWNER = "lab/dev/link1";
interface Case {
    readonly name: string;
    readonly provider: Provider;
    /** The inputs that replace, and those that change in place, as api and docs promise them. */
    readonly replaces: readonly string[];
    readonly changes: readonly string[];
    readonly keys: readonly string[];
}

function caseOf<Spec extends FlatSpec, Q extends Queries, State>(
    kind: Kind<Spec, Q, State>,
    replaces: readonly string[],
    changes: readonly string[],
): Case {
    return {
        name: kind.name,
        provider: provider(kind, new Program(), OWNER),
        replaces,
        changes,
        keys: kind.schema.keys,
    };
}

const ends = (...keys: string[]) => ["left", "right"].flatMap((side) => keys.map((key) => side + key));
const cases: readonly Case[] = [
    caseOf(namespace, ["name", "host"], ["loopback"]),
    caseOf(vethPair, ends("Namespace", "Host", "Name"), ends("Addresses", "Bridge", "Mtu", "MacAddress", "Up")),
    caseOf(bridge, ["namespace", "host", "name"], ["addresses", "mtu", "macAddress", "stp", "up"]),
    caseOf(address, ["namespace", "host", "device", "address"], []),
    caseOf(
        route,
        ["namespace", "host", "destination", "table", "metric", "device"],
        ["gateway", "preferredSource", "mtu", "onlink", "nexthops", "type"],
    ),
    caseOf(forwardingSetting, ["namespace", "host"], ["ipv4", "ipv6", "persist"]),
];

for (const { name, provider: one, replaces, changes, keys } of cases) {
    describe(`a change of a ${name}`, () => {
        const olds = Object.fromEntries(keys.map((key) => [key, "old"]));
        const differ = async (more: Record<string, unknown>, from: Record<string, unknown> = olds) =>
            one.diff(
                "id",
                { ...from, revision: "x", device: from["device"] ?? { mtu: 1500 }, __provider: "p" },
                {
                    ...from,
                    __provider: "q",
                    ...more,
                },
            );
        const isMade = (how: readonly string[]) => ({ changes: true, replaces: how, deleteBeforeReplace: true });

        it("is none, whatever the engine and the provider have added", async () => {
            if (keys.includes("device")) return assert.equal((await differ({})).changes, false);
            assert.deepEqual(await differ({}), { changes: false, replaces: [], deleteBeforeReplace: true });
        });

        it("knows each of its inputs", () => {
            assert.deepEqual([...replaces, ...changes].sort(), [...keys].sort());
        });

        for (const key of replaces) {
            it(`of ${key} replaces it`, async () => {
                assert.deepEqual(await differ({ [key]: "new" }), isMade([key]));
                assert.deepEqual(await differ({ [key]: undefined }), isMade([key]));
                assert.deepEqual(await differ({ [key]: UNKNOWN }), isMade([key]));
            });
        }

        for (const key of changes) {
            it(`of ${key} is made in place`, async () => {
                assert.deepEqual(await differ({ [key]: "new" }), isMade([]));
                assert.deepEqual(await differ({ [key]: undefined }), isMade([]));
                assert.deepEqual(await differ({ [key]: UNKNOWN }), isMade([]));
                const { [key]: _, ...without } = olds;
                assert.deepEqual(await differ({ [key]: "new" }, without), isMade([]));
            });
        }
    });
}

describe("another order of a list", () => {
    const changesOf = async (one: Provider, key: string, from: string, to: string) =>
        (await one.diff("id", { [key]: from }, { [key]: to })).changes;
    const of = <Spec extends FlatSpec, Q extends Queries, State>(kind: Kind<Spec, Q, State>) =>
        provider(kind, new Program(), OWNER);

    it("counts within a subnet of IPv4, whose first address is the source of what is sent", async () => {
        const [pair, key] = [of(vethPair), "leftAddresses"];
        assert.equal(await changesOf(pair, key, "10.0.0.1/24, 10.0.0.2/24", "10.0.0.2/24, 10.0.0.1/24"), true);
        assert.equal(await changesOf(pair, key, "10.0.0.1/24, 10.0.0.2/25", "10.0.0.2/25, 10.0.0.1/24"), false);
        assert.equal(await changesOf(pair, key, "10.0.0.1/24, fd00::1/64", "fd00::1/64, 10.0.0.1/24"), false);
        assert.equal(await changesOf(pair, key, "fd00::1/64, fd00::2/64", "fd00::2/64, fd00::1/64"), false);
        assert.equal(await changesOf(pair, key, "fd00::1/64, fd00::2/64", "fd00::2/64"), true);
        assert.equal(await changesOf(pair, key, "fd00::1/64", UNKNOWN), true);
    });

    it("is none of other ends of a tunnel, nor of next hops", async () => {
        assert.equal(await changesOf(of(vxlan), "remotes", "10.0.0.2, 10.0.0.3", "10.0.0.3, 10.0.0.2"), false);
        assert.equal(await changesOf(of(vxlan), "remotes", "10.0.0.2, 10.0.0.3", "10.0.0.3"), true);
        const [one, other] = ["via 10.0.0.2 weight 2", "via 10.0.0.3"];
        assert.equal(await changesOf(of(route), "nexthops", `${one}, ${other}`, `${other}, ${one}`), false);
    });
});

describe("a change of a Namespace whose loopback is down", () => {
    it("is made in place", async () => {
        const one = provider(namespace, new Program(), OWNER);
        assert.deepEqual(await one.diff("ns1", { name: "ns1", loopback: "down" }, { name: "ns1" }), {
            changes: true,
            replaces: [],
            deleteBeforeReplace: true,
        });
    });
});

describe("a change of a Reachability", () => {
    const one = reachability(new Program(), OWNER);
    const olds = { to: "10.0.0.1", triggers: "a", result: "reply, ttl 64", revision: "x" };

    it("is none", async () => {
        assert.equal((await one.diff("id", olds, { to: "10.0.0.1", triggers: "a" })).changes, false);
    });

    it("runs it again, also when something before it has changed", async () => {
        assert.deepEqual(await one.diff("id", olds, { to: "10.0.0.1", triggers: "b" }), { changes: true });
        assert.deepEqual(await one.diff("id", olds, { to: "10.0.0.1", triggers: UNKNOWN }), { changes: true });
        assert.deepEqual(await one.diff("id", olds, { to: "10.0.0.2", triggers: "a" }), { changes: true });
    });

    it("is not seen by a refresh, which does not ping", async () => {
        assert.deepEqual(await one.read("id", olds), { id: "id", props: olds });
    });
});

describe("a mistake, as the engine is told", () => {
    it("has the name that the user has written", () => {
        const problem = { given: "1", expected: "2" };
        const names = ["leftAddresses", "rightMtu", "fromNamespace", "leftover", "name"];
        assert.deepEqual(
            toFailures(names.map((property) => ({ ...problem, property }))),
            ["left.addresses", "right.mtu", "from.namespace", "leftover", "name"].map((name) => ({
                property: "",
                reason: `${name}: given 1\nexpected 2`,
            })),
        );
    });
});
