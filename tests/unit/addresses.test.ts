import assert from "node:assert/strict";
import fc from "fast-check";
import { networkOf, type Prefix, parsePrefix } from "../../model/prefix";
import { addressPlan, observedAddresses, parseAddresses, type Standing } from "../../provider/addresses";
import type { LinkAddress } from "../../provider/link";
import { address, lines } from "./states";

const RUNS = { numRuns: 1000 };

/** Few addresses, thousands of times. */
function once<T>(work: (text: string) => T): (text: string) => T {
    const known = new Map<string, T>();
    return (text) => {
        const found = known.get(text) ?? work(text);
        known.set(text, found);
        return found;
    };
}
const parse = once(parsePrefix);
const network = once((text) => networkOf(parse(text)).text);
const subnetOf = ({ text }: Prefix): string => network(text);

/**
 * A device's addresses as the kernel keeps them, with promote_secondaries=1 (net/ipv4/devinet.c, net/ipv6/addrconf.c): the first
 * IPv4 address of a subnet is its primary and stands before all secondaries, which stand in the order of their coming; when the
 * primary goes, the first secondary of its subnet becomes it. IPv6 has an address once, whatever its length.
 */
class Device {
    #ipv4: { prefix: Prefix; secondary: boolean }[] = [];
    #ipv6: Prefix[] = [];

    constructor(texts: readonly string[] = []) {
        for (const text of texts) this.add(parse(text));
    }

    get texts(): string[] {
        return [...this.#ipv4.map(({ prefix }) => prefix), ...this.#ipv6].map(({ text }) => text);
    }

    get subnets(): Set<string> {
        return new Set(this.texts.map((text) => network(text)));
    }

    /** The addresses of one IPv4 subnet: the first is the primary. */
    inSubnet(subnet: string): string[] {
        return this.texts.filter((text) => network(text) === subnet);
    }

    add(prefix: Prefix): void {
        if (prefix.family === 6) {
            if (this.#ipv6.some(({ address: known }) => known === prefix.address)) throw new Error("already assigned");
            this.#ipv6.push(prefix);
            return;
        }
        if (this.#ipv4.some(({ prefix: known }) => known.text === prefix.text)) throw new Error("File exists");
        const secondary = this.#ipv4.some(({ prefix: known }) => subnetOf(known) === subnetOf(prefix));
        const primaries = this.#ipv4.filter((one) => !one.secondary).length;
        this.#ipv4.splice(secondary ? this.#ipv4.length : primaries, 0, { prefix, secondary });
    }

    remove(prefix: Prefix): void {
        if (!this.texts.includes(prefix.text)) throw new Error("Cannot assign requested address");
        this.#ipv6 = this.#ipv6.filter(({ text }) => text !== prefix.text);
        const gone = this.#ipv4.find(({ prefix: known }) => known.text === prefix.text);
        this.#ipv4 = this.#ipv4.filter((one) => one !== gone);
        if (!gone || gone.secondary) return;
        const heir = this.#ipv4.find(({ prefix: known }) => subnetOf(known) === subnetOf(prefix));
        if (!heir) return;
        this.#ipv4 = this.#ipv4.filter((one) => one !== heir);
        const primaries = this.#ipv4.filter((one) => !one.secondary).length;
        this.#ipv4.splice(primaries, 0, { prefix: heir.prefix, secondary: false });
    }

    run(line: string): void {
        const [, verb, text = "", dev, name, ...rest] = line.split(" ");
        assert.deepEqual([dev, name, rest.filter((word) => word !== "nodad")], ["dev", "eth0", []], line);
        if (verb === "add") this.add(parse(text));
        else this.remove(parse(text));
    }

    get state(): LinkAddress[] {
        return this.texts.map((text) => address(text));
    }
}

const ipv4 = fc
    .tuple(fc.nat(1), fc.integer({ min: 1, max: 6 }), fc.constantFrom(16, 24, 25))
    .map(([net, host, length]) => `10.0.${net}.${host}/${length}`);
const ipv6 = fc
    .tuple(fc.nat(1), fc.integer({ min: 1, max: 3 }), fc.constantFrom(48, 64))
    .map(([net, host, length]) => `fd00:0:0:${net === 0 ? "" : net}${net === 0 ? "" : ":"}:${host}/${length}`)
    .map((text) => parse(text).text);

/** A list that a kernel can keep. */
const listOf = (one: fc.Arbitrary<string>) =>
    fc.uniqueArray(one, { maxLength: 8, selector: (text) => (text.includes(":") ? text.split("/")[0] : text) });
const anyList = listOf(fc.oneof({ weight: 3, arbitrary: ipv4 }, ipv6));

/** Addresses that Address resources have put there. */
const beside = (...others: string[]): Standing => ({ others, asked: [] });

const planFor = (device: Device, wanted: readonly string[], others: readonly string[] = []): string[] =>
    addressPlan("", "eth0", device.state, wanted.map(parse), beside(...others)).map(({ line }) => line);

function runAll(device: Device, plan: readonly string[]): Device {
    for (const line of plan) device.run(line);
    return device;
}

describe("a plan for addresses", () => {
    const plans: readonly [string, string, readonly string[]][] = [
        ["", "", []],
        ["", "10.0.0.1/24", ["ip addr add 10.0.0.1/24 dev eth0"]],
        ["", "fd00::1/64", ["ip addr add fd00::1/64 dev eth0 nodad"]],
        ["10.0.0.1/24", "", ["ip addr del 10.0.0.1/24 dev eth0"]],
        ["10.0.0.1/24", "10.0.0.9/24", ["ip addr add 10.0.0.9/24 dev eth0", "ip addr del 10.0.0.1/24 dev eth0"]],
        ["10.0.0.1/24, 10.0.0.2/24", "10.0.0.1/24, 10.0.0.2/24", []],
        [
            "10.0.0.1/24, 10.0.0.2/24",
            "10.0.0.2/24, 10.0.0.1/24",
            ["ip addr del 10.0.0.1/24 dev eth0", "ip addr add 10.0.0.1/24 dev eth0"],
        ],
        [
            "10.0.0.2/24",
            "10.0.0.1/24, 10.0.0.2/24",
            [
                "ip addr add 10.0.0.1/24 dev eth0",
                "ip addr del 10.0.0.2/24 dev eth0",
                "ip addr add 10.0.0.2/24 dev eth0",
            ],
        ],
        ["10.0.0.1/24, 10.1.0.1/24", "10.1.0.1/24, 10.0.0.1/24", []],
        ["fd00::1/64, fd00::2/64", "fd00::2/64, fd00::1/64", []],
        ["10.0.0.1/24", "10.0.0.1/16", ["ip addr add 10.0.0.1/16 dev eth0", "ip addr del 10.0.0.1/24 dev eth0"]],
        ["fd00::1/64", "fd00::1/48", ["ip addr del fd00::1/64 dev eth0", "ip addr add fd00::1/48 dev eth0 nodad"]],
    ];
    for (const [present, wanted, expected] of plans) {
        it(`from "${present}" to "${wanted}"`, () => {
            const states = parseAddresses(present).map(({ text }) => address(text));
            assert.deepEqual(lines(addressPlan("", "eth0", states, parseAddresses(wanted))), expected);
        });
    }

    it("is for the device's own place", () => {
        const plan = addressPlan("ns1", "eth0", [], parseAddresses("10.0.0.1/24"));
        assert.deepEqual(lines(plan), ["ip -n ns1 addr add 10.0.0.1/24 dev eth0"]);
    });

    it("leaves the kernel's own alone, and those of Address resources", () => {
        const linkLocal = address("fe80::1/64", { automatic: true });
        const present = [address("10.0.0.1/24"), address("10.0.0.7/24"), linkLocal];
        assert.deepEqual(addressPlan("", "eth0", present, parseAddresses("10.0.0.1/24"), beside("10.0.0.7/24")), []);
        assert.deepEqual(addressPlan("", "eth0", present, parseAddresses("10.0.0.1/24, 10.0.0.7/24, fe80::1/64")), []);
    });

    it("takes away a link-local address that was asked for before", () => {
        const present = [address("fe80::1/64", { automatic: true }), address("fe80::2/64", { automatic: true })];
        const standing = { others: [], asked: ["fe80::1/64"] };
        const plan = addressPlan("", "eth0", present, parseAddresses("10.0.0.1/24"), standing);
        assert.deepEqual(lines(plan), ["ip addr add 10.0.0.1/24 dev eth0", "ip addr del fe80::1/64 dev eth0"]);
        assert.equal(observedAddresses(present, "", standing), "fe80::1/64");
    });

    it("ends in exactly the wanted list, and no command fails", () => {
        fc.assert(
            fc.property(anyList, anyList, (present, wanted) => {
                const device = new Device(present);
                runAll(device, planFor(device, wanted));
                assert.deepEqual([...device.texts].sort(), [...wanted].sort());
            }),
            RUNS,
        );
    });

    it("ends in the wanted order within each IPv4 subnet", () => {
        fc.assert(
            fc.property(listOf(ipv4), listOf(ipv4), (present, wanted) => {
                const device = new Device(present);
                runAll(device, planFor(device, wanted));
                for (const subnet of device.subnets) {
                    const inOrder = wanted.filter((text) => network(text) === subnet);
                    assert.deepEqual(device.inSubnet(subnet), inOrder);
                }
            }),
            RUNS,
        );
    });

    it("never leaves an IPv4 subnet without an address that has one before and after", () => {
        fc.assert(
            fc.property(listOf(ipv4), listOf(ipv4), (present, wanted) => {
                const device = new Device(present);
                const after = new Device(wanted).subnets;
                const kept = [...device.subnets].filter((subnet) => after.has(subnet));
                for (const line of planFor(device, wanted)) {
                    device.run(line);
                    assert.deepEqual(
                        kept.filter((subnet) => !device.subnets.has(subnet)),
                        [],
                        `after ${line}`,
                    );
                }
            }),
            RUNS,
        );
    });

    it("never leaves an IPv6 subnet without an address if another that is wanted there can come before", () => {
        fc.assert(
            fc.property(listOf(ipv6), listOf(ipv6), (present, wanted) => {
                const device = new Device(present);
                const plain = (text: string) => text.split("/")[0];
                const isFree = (text: string) => present.every((old) => old === text || plain(old) !== plain(text));
                const after = new Device(wanted.filter(isFree)).subnets;
                const kept = [...device.subnets].filter((subnet) => after.has(subnet));
                for (const line of planFor(device, wanted)) {
                    device.run(line);
                    assert.deepEqual(
                        kept.filter((subnet) => !device.subnets.has(subnet)),
                        [],
                        `after ${line}`,
                    );
                }
            }),
            RUNS,
        );
    });

    it("keeps an address that is wanted and in its place", () => {
        fc.assert(
            fc.property(listOf(ipv4), ipv4, (present, more) => {
                fc.pre(!present.includes(more));
                const device = new Device(present);
                assert.deepEqual(planFor(device, [...device.texts, more]), [`addr add ${more} dev eth0`]);
                assert.deepEqual(planFor(new Device([...device.texts, more]), device.texts), [
                    `addr del ${more} dev eth0`,
                ]);
            }),
            RUNS,
        );
    });

    it("is empty the second time, also beside addresses of others", () => {
        fc.assert(
            fc.property(
                anyList,
                anyList,
                fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
                (present, all, chosen) => {
                    const others = present.filter((_, index) => chosen[index]);
                    const taken = others.map((text) => text.split("/")[0]);
                    const wanted = all.filter((text) => !taken.includes(text.split("/")[0]));
                    const device = new Device(present);
                    runAll(device, planFor(device, wanted, others));
                    assert.deepEqual(planFor(device, wanted, others), []);
                    assert.deepEqual([...device.texts].sort(), [...wanted, ...others].sort());
                },
            ),
            RUNS,
        );
    });
});

describe("observed addresses", () => {
    const readings: readonly [string, string, string][] = [
        // present, wanted, observed
        ["10.0.0.1/24", "10.0.0.1/24", "10.0.0.1/24"],
        ["", "10.0.0.1/24", ""],
        ["10.0.0.1/24", "", "10.0.0.1/24"],
        ["10.0.0.1/24, 10.0.0.9/24", "10.0.0.1/24", "10.0.0.1/24, 10.0.0.9/24"],
        ["10.0.0.9/24, 10.0.0.1/24", "10.0.0.1/24", "10.0.0.1/24, 10.0.0.9/24"],
        ["10.0.0.2/24, 10.0.0.1/24", "10.0.0.1/24, 10.0.0.2/24", "10.0.0.2/24, 10.0.0.1/24"],
        ["10.1.0.1/24, 10.0.0.1/24", "10.0.0.1/24, 10.1.0.1/24", "10.0.0.1/24, 10.1.0.1/24"],
        ["10.0.0.3/24", "10.0.0.1/24, 10.0.0.3/24", "10.0.0.3/24"],
        ["fd00::1/64", "10.0.0.1/24, fd00::1/64", "fd00::1/64"],
    ];
    for (const [present, wanted, observed] of readings) {
        it(`are "${observed}" where "${present}" is and "${wanted}" was wanted`, () => {
            const states = parseAddresses(present).map(({ text }) => address(text));
            assert.equal(observedAddresses(states, wanted), observed);
        });
    }

    it("do not show the kernel's own nor those of Address resources", () => {
        const present = [address("10.0.0.1/24"), address("10.0.0.7/24"), address("fe80::1/64", { automatic: true })];
        assert.equal(observedAddresses(present, "10.0.0.2/24", beside("10.0.0.7/24")), "10.0.0.1/24");
    });

    it("are the wanted text exactly when nothing is to be done, and what there is in any case", () => {
        fc.assert(
            fc.property(anyList, anyList, (present, wanted) => {
                const device = new Device(present);
                const text = wanted.join(", ");
                const observed = observedAddresses(device.state, text);
                assert.equal(observed === text, planFor(device, wanted).length === 0);
                assert.deepEqual(
                    parseAddresses(observed)
                        .map((one) => one.text)
                        .sort(),
                    [...device.texts].sort(),
                );
            }),
            RUNS,
        );
    });
});
