import assert from "node:assert/strict";
import type { AddressSpec } from "../../model/address";
import { address } from "../../provider/address";
import type { LinkState } from "../../provider/link";
import { Failure } from "../../provider/problem";
import { recordFile } from "../../provider/record";
import { lines, link, owner, story, address as there } from "./states";

const basic: AddressSpec = { device: "eth0", address: "10.0.0.9/24" };
const ipv6: AddressSpec = { device: "eth0", address: "fd00::9/64" };
const eth0 = (...addresses: LinkState["addresses"]): LinkState =>
    link({ name: "eth0", kind: "device", alias: undefined, group: 0, addresses });

const see = (spec: AddressSpec, found: LinkState | undefined, mine = false, promote: string | undefined = "0") =>
    address.observe({ link: found, promote }, spec, story(spec, mine ? { mine: spec } : undefined));
const present = (spec: AddressSpec, found: LinkState, promote = "0") => see(spec, found, true, promote).state;
const keep = (spec: AddressSpec, found: LinkState) =>
    address.plan(present(spec, found), spec, spec, story(spec, { mine: spec }));
const remove = (spec: AddressSpec, found: LinkState, promote: string, before?: string): string[] => {
    const recorded = story(undefined, {
        mine: spec,
        // A removal that has begun says so beside what was there.
        ...(before === undefined ? {} : { previous: spec, before: { promote_secondaries: before } }),
    });
    return lines(address.plan(present(spec, found, promote), undefined, spec, recorded));
};

const PROMOTE = "sysctl -w net.ipv4.conf.eth0.promote_secondaries=1";
const BACK = "sysctl -w net.ipv4.conf.eth0.promote_secondaries=0";
const DELETE = "ip addr del 10.0.0.9/24 dev eth0";

describe("a plan for an address", () => {
    it("adds it to a device that exists", () => {
        const { state } = see(basic, eth0(there("10.0.0.1/24")));
        assert.deepEqual(lines(address.plan(state, basic, basic, story(basic))), ["ip addr add 10.0.0.9/24 dev eth0"]);
        const inside = { ...ipv6, namespace: "ns1" };
        assert.deepEqual(lines(address.plan(see(inside, eth0()).state, inside, inside, story(inside))), [
            "ip -n ns1 addr add fd00::9/64 dev eth0",
        ]);
    });

    it("says so where there is no such device", () => {
        const plan = (spec: AddressSpec) => () => address.plan(undefined, spec, spec, story(spec));
        const expected = "Expected one that exists, or one of this program: pass it as an object (device: pair.left).";
        assert.throws(
            plan(basic),
            new Failure(`device: given "eth0", but there is no such device on the host.\n${expected}`),
        );
        const inside = { ...basic, namespace: "ns1" };
        assert.throws(plan(inside), {
            message: `device: given "eth0", but there is no such device in namespace ns1.\n${expected}`,
        });
    });

    it("has nothing to do where it is", () => {
        assert.deepEqual(keep(basic, eth0(there("10.0.0.9/24"))), []);
        assert.deepEqual(keep(ipv6, eth0(there("fd00::9/64"))), []);
    });

    it("puts it back where a person has removed it", () => {
        assert.deepEqual(lines(keep(basic, eth0())), ["ip addr add 10.0.0.9/24 dev eth0"]);
    });

    it("waits while it is tentative, if the device is connected", () => {
        const tentative = there("fd00::9/64", { tentative: true });
        assert.deepEqual(lines(keep(ipv6, eth0(tentative))), ["waiting for duplicate address detection"]);
        assert.deepEqual(keep(ipv6, { ...eth0(tentative), carrier: false }), []);
    });

    it("says that there is a duplicate", () => {
        const duplicate = eth0(there("fd00::9/64", { duplicate: true }));
        assert.throws(() => keep(ipv6, duplicate), {
            message: "address: another host on eth0's network has fd00::9/64 already",
        });
    });

    const removals: readonly [string, LinkState, string, string | undefined, readonly string[]][] = [
        // where, link, promote_secondaries now, and before us
        ["others stand behind it", eth0(there("10.0.0.9/24")), "0", "0", [PROMOTE, DELETE, BACK]],
        ["it was killed before it had put the setting back", eth0(there("10.0.0.9/24")), "1", "0", [DELETE, BACK]],
        ["the setting was so before", eth0(there("10.0.0.9/24")), "1", "1", [DELETE]],
        ["nothing is recorded yet", eth0(there("10.0.0.9/24")), "0", undefined, [PROMOTE, DELETE, BACK]],
        ["a person has set it since", eth0(there("10.0.0.9/24")), "1", undefined, [DELETE]],
        ["it is gone", eth0(), "0", "0", []],
        ["it is gone, and the setting not put back", eth0(), "1", "0", [BACK]],
    ];
    for (const [where, found, now, before, expected] of removals) {
        it(`removes it where ${where}`, () => assert.deepEqual(remove(basic, found, now, before), expected));
    }

    it("removes an IPv6 address without any setting", () => {
        assert.deepEqual(remove(ipv6, eth0(there("fd00::9/64")), "0", "0"), ["ip addr del fd00::9/64 dev eth0"]);
    });

    it("has nothing to remove where the device is gone", () => {
        assert.deepEqual(address.plan(undefined, undefined, basic, story(undefined, { mine: basic })), []);
    });
});

describe("what is seen of an address", () => {
    const foreign = (what: string) => ({ state: undefined, foreign: { property: "address", what } });

    it("is no device", () => assert.deepEqual(see(basic, undefined), { state: undefined }));

    it("is a device without it", () => {
        const found = eth0(there("10.0.0.1/24"), there("10.0.0.9/16"), there("fd00::9/64"));
        assert.deepEqual(see(basic, found), { state: { link: found, present: undefined, promote: "0" } });
        assert.deepEqual(see(basic, found, true, undefined), {
            state: { link: found, present: undefined, promote: "0" },
        });
    });

    it("is ours where it is recorded", () => {
        const found = eth0(there("10.0.0.9/24"));
        assert.deepEqual(see(basic, found, true, "1"), {
            state: { link: found, present: there("10.0.0.9/24"), promote: "1" },
        });
    });

    it("is a stranger's where it is not", () => {
        assert.deepEqual(
            see(basic, eth0(there("10.0.0.9/24"))),
            foreign("the address 10.0.0.9/24 on eth0 on the host"),
        );
        const inside = { ...ipv6, namespace: "ns1" };
        assert.deepEqual(
            see(inside, eth0(there("fd00::9/64"))),
            foreign("the address fd00::9/64 on eth0 in namespace ns1"),
        );
    });

    it("is in the way with another length, in IPv6", () => {
        const found = eth0(there("fd00::9/48"));
        assert.deepEqual(see(ipv6, found), foreign("the address fd00::9/48 on eth0 on the host"));
        assert.deepEqual(see(ipv6, found, true), foreign("the address fd00::9/48 on eth0 on the host"));
    });
});

describe("an address", () => {
    it("is read back as it was given, while it is there", () => {
        const spec = { ...basic, namespace: "ns1" };
        const state = present(spec, eth0(there("10.0.0.9/24")));
        assert.ok(state);
        assert.deepEqual(address.inputs(state, spec), spec);
        assert.deepEqual(address.outputs(state, spec), {});
        assert.equal(address.intact?.(state), true);
        const gone = present(spec, eth0());
        assert.equal(gone && address.intact?.(gone), false);
    });

    it("is known by its device and place", () => {
        assert.equal(address.id(basic), "10.0.0.9/24@eth0");
        assert.equal(address.id({ ...basic, namespace: "ns1" }), "10.0.0.9/24@eth0@ns1");
        assert.deepEqual(address.disturbs?.(basic), [{ place: "", name: "eth0" }]);
    });

    it("is recorded where its device is, beside what was there before", () => {
        const { place, key } = address.record({ ...ipv6, namespace: "ns1" });
        assert.equal(
            recordFile(place, address.name, key).path,
            "/run/linuxnet/netns.ns1/Address.eth0%20fd00%3A%3A9%2F64.json",
        );
        const answers = { link: eth0(), promote: "1" };
        const begun = story(undefined, { mine: basic, previous: basic, before: { promote_secondaries: "0" } });
        assert.deepEqual(address.before?.(answers, basic, story(basic)), {});
        assert.deepEqual(address.before?.(answers, undefined, story(undefined, { mine: basic })), {
            promote_secondaries: "1",
        });
        assert.deepEqual(address.before?.(answers, undefined, begun), { promote_secondaries: "0" });
        const { promote } = address.queries(basic, owner);
        assert.equal(promote.ask, "net/ipv4/conf/eth0/promote_secondaries");
        assert.equal(promote.read("net/ipv4/conf/eth0/promote_secondaries 1"), "1");
    });
});
