import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi";
import fc from "fast-check";
import { Pool } from "../../model/address-pool";
import {
    AddressProblem,
    contains,
    isAssignable,
    networkOf,
    overlaps,
    type Prefix,
    parsePrefix,
} from "../../model/prefix";
import { AddressPool } from "../../sdk/address-pool";

const RUNS = { numRuns: 500 };

/** A network that hosts can be in, with room for some of them. */
const network = fc.oneof(
    fc
        .tuple(fc.constantFrom("10.1.0.0", "172.16.0.0", "192.168.0.0"), fc.integer({ min: 16, max: 32 }))
        .map(([address, length]) => networkOf(parsePrefix(`${address}/${length}`)).text),
    fc
        .tuple(fc.constantFrom("fd00::", "2001:db8:1::"), fc.integer({ min: 48, max: 128 }))
        .map(([address, length]) => networkOf(parsePrefix(`${address}/${length}`)).text),
);

/** What a program asks a pool for. */
interface Request {
    readonly what: "address" | "subnet" | "link";
    readonly key: string;
    readonly index: number | undefined;
    /** Bits more than the pool's, of a subnet. */
    readonly more: number;
}

const request: fc.Arbitrary<Request> = fc.record({
    what: fc.constantFrom("address", "subnet", "link"),
    key: fc.oneof(
        fc.string({ minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 300 }).map((number) => `h${number}`),
    ),
    index: fc.option(fc.integer({ min: -1, max: 300 }), { nil: undefined }),
    more: fc.integer({ min: 0, max: 16 }),
});
const requests = fc.uniqueArray(request, { maxLength: 30, selector: ({ what, key }) => `${what} ${key}` });

const idOf = ({ what, key }: Request): string => `${what} ${key}`;

function ask(pool: Pool, { what, key, index, more }: Request): readonly Prefix[] {
    if (what === "address") return [pool.address(key, index)];
    if (what === "link") return pool.link(key, index);
    return [pool.subnet(key, pool.network.length + more, index)];
}

/** What a pool has handed out, by request; those that it refused are left out. */
function handedOut(pool: Pool, wishes: readonly Request[]): Map<string, readonly Prefix[]> {
    const found = new Map<string, readonly Prefix[]>();
    for (const wish of wishes) {
        try {
            found.set(idOf(wish), ask(pool, wish));
        } catch (error) {
            if (!(error instanceof AddressProblem)) throw error;
        }
    }
    return found;
}

const texts = (prefixes: readonly Prefix[] | undefined): string[] | undefined => prefixes?.map(({ text }) => text);
const single = ({ family }: Prefix): number => (family === 4 ? 32 : 128);

/** As a subnet that nobody else may touch: a host's address alone, a link or a subnet as a whole. */
const claimed = (id: string, [first]: readonly Prefix[]): Prefix => {
    assert.ok(first);
    return id.startsWith("address ") ? { ...first, length: single(first) } : networkOf(first);
};

describe("an address pool", () => {
    it("never hands out the same twice, nor anything outside", () => {
        let count = 0;
        fc.assert(
            fc.property(network, requests, (text, wishes) => {
                const pool = new Pool(text);
                const all = [...handedOut(pool, wishes)].map(([id, prefixes]) => claimed(id, prefixes));
                count += all.length;
                for (const [at, one] of all.entries()) {
                    assert.ok(contains(pool.network, one), `${one.text} is not in ${text}`);
                    assert.ok(!all.slice(0, at).some((other) => overlaps(one, other)), `${one.text}, twice`);
                }
            }),
            RUNS,
        );
        assert.ok(count > RUNS.numRuns, `only ${count} were handed out at all`);
    });

    it("renumbers nobody when others come, go, or take another turn", () => {
        fc.assert(
            fc.property(
                network,
                requests.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all))),
                (text, [all, some]) => {
                    const [whole, part] = [handedOut(new Pool(text), all), handedOut(new Pool(text), some)];
                    for (const [id, prefixes] of part) {
                        const same = whole.get(id);
                        if (same !== undefined) assert.deepEqual(texts(same), texts(prefixes), `${id} in ${text}`);
                    }
                },
            ),
            RUNS,
        );
    });

    it("accepts a set of keys in any order, or in none", () => {
        fc.assert(
            fc.property(
                network,
                requests.chain((all) =>
                    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
                ),
                (text, [all, shuffled]) => {
                    const accepted = (wishes: readonly Request[]) =>
                        handedOut(new Pool(text), wishes).size === wishes.length;
                    assert.equal(accepted(shuffled), accepted(all));
                },
            ),
            RUNS,
        );
    });

    it("gives hosts what a device can have: no network's own address, no broadcast", () => {
        fc.assert(
            fc.property(network, requests, (text, wishes) => {
                const pool = new Pool(text);
                for (const [id, prefixes] of handedOut(pool, wishes)) {
                    if (id.startsWith("subnet ")) continue;
                    for (const prefix of prefixes) {
                        assert.ok(isAssignable(prefix), prefix.text);
                        const hasOwn = pool.network.length < single(prefix) - 1 && id.startsWith("address ");
                        if (hasOwn) assert.notEqual(prefix.address, pool.network.address);
                    }
                }
            }),
            RUNS,
        );
    });

    it("gives the two ends of a link the two addresses of a /31 or a /127", () => {
        fc.assert(
            fc.property(network, fc.integer({ min: 0, max: 100 }), (text, number) => {
                const pool = new Pool(text);
                const length = single(pool.network) - 1;
                const room = 2 ** Math.min(length - pool.network.length, 30);
                fc.pre(pool.network.length <= length && number < room);
                const [left, right] = pool.link(`l${number}`);
                assert.deepEqual([left.length, right.length], [length, length]);
                assert.equal(left.value, pool.network.value + BigInt(2 * number));
                assert.equal(right.value, left.value + 1n);
            }),
            RUNS,
        );
    });

    it("gives the same key the same, however often it is asked", () => {
        fc.assert(
            fc.property(network, requests, (text, wishes) => {
                const pool = new Pool(text);
                const first = handedOut(pool, wishes);
                for (const [id, prefixes] of handedOut(pool, wishes)) {
                    assert.deepEqual(texts(prefixes), texts(first.get(id)));
                }
            }),
            RUNS,
        );
    });

    it("counts as people do", () => {
        const pool = new Pool("192.168.1.0/24");
        assert.equal(pool.address("ns1").text, "192.168.1.1/24");
        assert.equal(pool.address("host-07").text, "192.168.1.7/24");
        assert.equal(pool.address("gateway", 254).text, "192.168.1.254/24");
        assert.equal(new Pool("192.168.1.0/24", 2).address("ns1").text, "192.168.1.2/24");
        assert.equal(new Pool("fd00::/64").address("ns1").text, "fd00::1/64");
        assert.equal(new Pool("10.0.0.0/16").subnet("lan3", 24).text, "10.0.3.0/24");
        assert.equal(new Pool("fd00::/48").subnet("lan3", 64).text, "fd00:0:0:3::/64");
        assert.deepEqual(texts(new Pool("10.9.0.0/24").link("l1")), ["10.9.0.2/31", "10.9.0.3/31"]);
        assert.deepEqual(texts(new Pool("fd09::/64").link("l1")), ["fd09::2/127", "fd09::3/127"]);
        assert.deepEqual(
            ["a1", "a2"].map((key) => new Pool("10.9.0.0/31").address(key).text),
            ["10.9.0.0/31", "10.9.0.1/31"],
        );
        assert.equal(new Pool("10.9.0.1/32").address("a1").text, "10.9.0.1/32");
    });

    it("keeps for good what a name without a number gets", () => {
        assert.deepEqual(
            ["web", "db", "mail"].map((key) => new Pool("192.168.1.0/24").address(key).address),
            ["192.168.1.158", "192.168.1.177", "192.168.1.231"],
        );
        assert.equal(new Pool("fd00::/64").address("web").address, "fd00::bc78:148f");
    });

    it("says who would meet whom, and a number that is free", () => {
        const pool = new Pool("192.168.1.0/24");
        pool.address("db1");
        pool.address("db2");
        assert.throws(() => pool.address("web1"), {
            message:
                'address "web1" and address "db1" come to the same: 192.168.1.1/32 and 192.168.1.1/32\n' +
                "give one of them a number that is free, such as index: 3, or take a larger network; nothing else changes by that",
        });
        pool.link("cable", 2);
        assert.throws(() => pool.subnet("lan0", 29), /subnet "lan0" and address "db1" come to the same/);
        assert.throws(() => pool.address("db3", 5), /address "db3" and link "cable" come to the same: .*\n.*index: 3,/);
    });

    it("says when it is exhausted, and what to do", () => {
        const pool = new Pool("192.168.1.0/29");
        for (const number of [1, 2, 3, 4, 5, 6]) pool.address(`h${number}`);
        assert.throws(() => pool.address("h7"), {
            message:
                'address "h7": 192.168.1.0/29 has no number 7, but 1 to 6\nall numbers are taken: take a larger network',
        });
        assert.throws(() => pool.address("web"), /all numbers are taken: take a larger network/);
    });

    it("refuses what is no pool, no index, and one key for two", () => {
        assert.throws(() => new Pool("192.168.1.1/24"), /host bits are set; did you mean 192\.168\.1\.0\/24\?/);
        assert.throws(() => new Pool("224.0.0.0/8"), /it has multicast addresses/);
        assert.throws(() => new Pool("192.168.1.0"), /the prefix length is missing/);
        const pool = new Pool("192.168.1.0/24");
        assert.throws(() => pool.address("h1", 1.5), /given the index 1\.5\nexpected a whole number/);
        assert.throws(() => pool.subnet("lan1", 16), /prefix length 16 is not within 192\.168\.1\.0\/24/);
        pool.address("h1");
        assert.throws(
            () => pool.address("h1", 9),
            /"h1" is asked for twice, as 192\.168\.1\.1\/32 and 192\.168\.1\.9\/32/,
        );
    });
});

describe("an AddressPool of a program", () => {
    it("has addresses for gateways and for devices, subnets as texts, and both ends of a link", () => {
        const pool = new AddressPool("10.0.0.0/16");
        assert.deepEqual(pool.address("h1"), { address: "10.0.0.1", cidr: "10.0.0.1/16" });
        assert.equal(pool.subnet("lan3", 24), "10.0.3.0/24");
        assert.deepEqual(pool.link("cable", { index: 200 }), {
            left: { address: "10.0.1.144", cidr: "10.0.1.144/31" },
            right: { address: "10.0.1.145", cidr: "10.0.1.145/31" },
        });
        assert.equal(new AddressPool("10.0.0.0/16", { first: 2 }).address("h1").address, "10.0.0.2");
    });

    it("says what is wrong as the program's mistake, and which pool it is", () => {
        assert.throws(
            () => new AddressPool("10.0.0.1/16"),
            (error) => {
                assert.ok(error instanceof RunError);
                assert.match(
                    error.message,
                    /^AddressPool 10\.0\.0\.1\/16: host bits are set; did you mean 10\.0\.0\.0\/16\?$/,
                );
                return true;
            },
        );
        const pool = new AddressPool("10.0.0.0/16");
        pool.address("web1");
        assert.throws(
            () => pool.address("db1"),
            /^Error: AddressPool 10\.0\.0\.0\/16: address "db1" and address "web1"/,
        );
    });
});
