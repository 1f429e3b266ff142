import assert from "node:assert/strict";
import fc from "fast-check";
import {
    AddressProblem,
    contains,
    defaultDestination,
    type Family,
    isAssignable,
    isLinkLocal,
    networkOf,
    overlaps,
    parseAddress,
    parsePrefix,
} from "../../model/prefix";

const RUNS = { numRuns: 1000 };
const ipv4 = fc.ipV4();
const ipv6 = fc.oneof(
    fc.ipV6(),
    fc
        .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 })
        .map((groups) => groups.map((group) => group.toString(16)).join(":")),
);
const prefixText = fc.oneof(
    fc.tuple(ipv4, fc.integer({ min: 0, max: 32 })).map(([address, length]) => `${address}/${length}`),
    fc.tuple(ipv6, fc.integer({ min: 0, max: 128 })).map(([address, length]) => `${address}/${length}`),
);
const width = (family: Family): bigint => (family === 4 ? 32n : 128n);

/** Another implementation of RFC 5952: that of URLs (WHATWG). */
const spelling = (address: string): string =>
    address.includes(":")
        ? new URL(`http://[${address}]/`).hostname.slice(1, -1)
        : new URL(`http://${address}/`).hostname;

/** The bits of an address, by hand. */
function bitsOf(canonical: string): bigint {
    if (!canonical.includes(":")) return canonical.split(".").reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
    const [left = "", right] = canonical.split("::");
    const groups = (text: string) => (text === "" ? [] : text.split(":"));
    const zeros = right === undefined ? 0 : 8 - groups(left).length - groups(right).length;
    const all = [...groups(left), ...Array<string>(zeros).fill("0"), ...groups(right ?? "")];
    return all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

describe("a prefix", () => {
    it("is parsed into its parts", () => {
        assert.deepEqual(parsePrefix("192.168.1.1/24"), {
            family: 4,
            address: "192.168.1.1",
            length: 24,
            text: "192.168.1.1/24",
            value: 0xc0a80101n,
        });
        assert.deepEqual(parsePrefix("FD00:0:0:0::1/64"), {
            family: 6,
            address: "fd00::1",
            length: 64,
            text: "fd00::1/64",
            value: 0xfd000000000000000000000000000001n,
        });
    });

    it("is spelt in the one way of RFC 5952, and that is read as the same", () => {
        fc.assert(
            fc.property(prefixText, (text) => {
                const [address = "", length = ""] = text.split("/");
                const prefix = parsePrefix(text);
                assert.equal(prefix.text, `${spelling(address)}/${length}`);
                assert.equal(prefix.family, address.includes(":") ? 6 : 4);
                assert.equal(prefix.length, Number(length));
                assert.equal(prefix.value, bitsOf(prefix.address));
                assert.deepEqual(parsePrefix(prefix.text), prefix);
                assert.deepEqual(parsePrefix(text.toUpperCase()), prefix);
            }),
            RUNS,
        );
    });

    it("has an address that reads the same alone", () => {
        fc.assert(
            fc.property(fc.oneof(ipv4, ipv6), (text) => {
                const address = parseAddress(text);
                assert.equal(address.address, spelling(text));
                assert.equal(address.length, text.includes(":") ? 128 : 32);
                assert.equal(parsePrefix(`${text}/8`).value, address.value);
            }),
            RUNS,
        );
    });

    const character = "it has a character that no address has";
    const wrong: readonly [string, string][] = [
        ["", "the prefix length is missing"],
        ["10.2.0.0", "the prefix length is missing"],
        ["fd00::1", "the prefix length is missing"],
        ["010.3.0.1/24", "IPv4 addresses can't have leading zeroes"],
        ["10.2/16", "Invalid IPv4 address"],
        ["10/8", "Invalid IPv4 address"],
        ["1.2.3.4.5/24", "Invalid IPv4 address"],
        ["10.0.0.256/24", "Invalid IPv4 address"],
        ["10.0.0.1./24", "Invalid IPv4 address"],
        ["10.0.0.1/", "Invalid IPv4 address"],
        ["10.0.0.1/024", "the prefix length has leading zeros"],
        ["fd00::1/064", "the prefix length has leading zeros"],
        ["10.0.0.1/2.4", "Invalid IPv4 address"],
        ["10.0.0.1/24/25", "Invalid IPv4 address"],
        ["/24", "Invalid IPv4 address"],
        ["10.0.0.1/33", "Invalid subnet mask"],
        ["10.0.0.1/255.255.255.0", "IPv4 addresses are at most 15 characters"],
        ["10.0.0.1/-1", character],
        ["10.0.0.1/+24", character],
        [" 10.0.0.1/24", character],
        ["10.0.0.1/24 ", character],
        ["10.0.0.1/24\n", character],
        ["0x0a.0.0.1/24", character],
        ["fd00::1%eth0/64", character],
        ["fd00::g/64", character],
        ["[fd00::1]/64", character],
        ["fd00::1/129", "Invalid subnet mask"],
        ["fd00::1/", "Invalid subnet mask"],
        ["1::2::3/64", "Too many :: groups found"],
        ["1:2:3:4:5:6:7/64", "Incorrect number of groups found"],
        ["1:2:3:4:5:6:7:8:9/64", "Incorrect number of groups found"],
        ["12345::/64", "Address failed regex: 12345"],
        ["fd00::010.1.1.1/64", "IPv4 addresses can't have leading zeroes"],
    ];
    for (const [text, message] of wrong) {
        it(`is not ${JSON.stringify(text)}`, () => {
            assert.throws(
                () => parsePrefix(text),
                (error: unknown) => {
                    assert.ok(error instanceof AddressProblem);
                    assert.equal(error.message, message);
                    return true;
                },
            );
        });
    }

    it("is not for where an address alone belongs", () => {
        assert.throws(() => parseAddress("10.0.0.1/24"), new AddressProblem("a prefix length has no place here"));
        assert.throws(() => parseAddress("fd00::1%eth0"), new AddressProblem(character));
        assert.throws(() => parseAddress("10.2"), new AddressProblem("Invalid IPv4 address"));
    });

    it("is never read out of what is none: any text is parsed or an AddressProblem", () => {
        const text = fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f:./ ]{1,20}$/));
        fc.assert(
            fc.property(text, (given) => {
                try {
                    assert.deepEqual(parsePrefix(parsePrefix(given).text), parsePrefix(given));
                } catch (error) {
                    assert.ok(error instanceof AddressProblem, String(error));
                }
            }),
            RUNS,
        );
    });
});

describe("the network of a prefix", () => {
    it("has no host bits", () => {
        assert.equal(networkOf(parsePrefix("192.168.1.77/24")).text, "192.168.1.0/24");
        assert.equal(networkOf(parsePrefix("10.1.2.3/0")).text, "0.0.0.0/0");
        assert.equal(networkOf(parsePrefix("10.1.2.3/32")).text, "10.1.2.3/32");
        assert.equal(networkOf(parsePrefix("10.1.2.255/31")).text, "10.1.2.254/31");
        assert.equal(networkOf(parsePrefix("fd00:1:2:3:4::5/64")).text, "fd00:1:2:3::/64");
        assert.equal(networkOf(parsePrefix("fd00::1/0")).text, "::/0");
    });

    it("is its own, holds the prefix, and agrees with it in exactly its bits", () => {
        fc.assert(
            fc.property(prefixText, (text) => {
                const prefix = parsePrefix(text);
                const network = networkOf(prefix);
                assert.deepEqual(networkOf(network), network);
                assert.deepEqual(parsePrefix(network.text), network);
                assert.ok(contains(network, prefix));
                const host = width(prefix.family) - BigInt(prefix.length);
                assert.equal(network.value, prefix.value - (prefix.value % 2n ** host));
            }),
            RUNS,
        );
    });
});

describe("a subnet", () => {
    const cases: readonly [string, string, boolean, boolean][] = [
        // subnet, other, contains, overlaps
        ["10.0.0.0/8", "10.1.2.3/24", true, true],
        ["10.1.0.0/16", "10.0.0.0/8", false, true],
        ["10.1.0.0/16", "10.2.0.0/16", false, false],
        ["10.1.2.0/24", "10.1.2.9/32", true, true],
        ["10.1.2.0/25", "10.1.2.128/32", false, false],
        ["0.0.0.0/0", "1.2.3.4/32", true, true],
        ["0.0.0.0/0", "::/0", false, false],
        ["::/0", "0.0.0.0/0", false, false],
        ["fd00::/64", "fd00::1/128", true, true],
        ["fd00::/64", "fd00:0:0:1::1/128", false, false],
        ["10.0.0.1/32", "10.0.0.1/32", true, true],
    ];
    for (const [subnet, other, holds, shares] of cases) {
        it(`${subnet} ${holds ? "contains" : "does not contain"} ${other}`, () => {
            assert.equal(contains(parsePrefix(subnet), parsePrefix(other)), holds);
            assert.equal(overlaps(parsePrefix(subnet), parsePrefix(other)), shares);
        });
    }

    it("contains what lies between its first and its last address, and overlaps either way round", () => {
        const near = fc.tuple(prefixText, fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), fc.nat(128), fc.boolean());
        fc.assert(
            fc.property(near, prefixText, ([text, noise, shift, isNear], far) => {
                const a = parsePrefix(text);
                const bits = Number(width(a.family));
                const length = shift % (bits + 1);
                const changed = a.value ^ ((noise % 2n ** width(a.family)) >> BigInt(shift % bits));
                const b = isNear ? { ...a, value: changed, length } : parsePrefix(far);
                const range = (prefix: typeof a): [bigint, bigint] => {
                    const first = networkOf(prefix).value;
                    return [first, first + 2n ** (width(prefix.family) - BigInt(prefix.length)) - 1n];
                };
                const [[fromA, toA], [fromB, toB]] = [range(a), range(b)];
                const same = a.family === b.family;
                assert.equal(contains(a, b), same && fromA <= fromB && toB <= toA);
                assert.equal(overlaps(a, b), same && fromA <= toB && fromB <= toA);
                assert.equal(overlaps(a, b), overlaps(b, a));
            }),
            RUNS,
        );
    });
});

describe("an address", () => {
    it("can be an interface's", () => {
        const good = [
            "10.0.0.0/31",
            "10.0.0.255/32",
            "10.0.0.255/23",
            "127.0.0.1/8",
            "223.255.255.255/32",
            "240.0.0.1/4",
        ];
        const more = ["fe80::1/64", "fd00::/64", "2001:db8::1/64", "::1.2.3.4/96", "feff::1/64"];
        const bad = [
            "0.0.0.0/0",
            "224.0.0.1/4",
            "239.255.255.255/32",
            "255.255.255.255/32",
            "::/0",
            "::1/128",
            "ff02::1/128",
        ];
        assert.deepEqual(
            [...good, ...more].filter((text) => !isAssignable(parsePrefix(text))),
            [],
        );
        assert.deepEqual(
            [...bad, "::ffff:10.0.0.1/128", "10.0.0.0/24", "10.0.0.255/24"].filter((text) =>
                isAssignable(parsePrefix(text)),
            ),
            [],
        );
    });

    it("is link-local in fe80::/10", () => {
        const linkLocal = ["fe80::1/64", "fe80::/10", "febf:ffff::1/64"];
        const other = ["fec0::1/64", "fe7f::1/64", "fd00::1/64", "169.254.0.1/16"];
        assert.deepEqual(
            [...linkLocal, ...other].filter((text) => isLinkLocal(parsePrefix(text))),
            linkLocal,
        );
    });

    it("is any by default", () => {
        assert.equal(defaultDestination(4), "0.0.0.0/0");
        assert.equal(defaultDestination(6), "::/0");
    });
});
