import assert from "node:assert/strict";
import fc from "fast-check";
import {
    fingerprint,
    INTERFACE_NAME_BYTES,
    isInterfaceName,
    isNamespaceName,
    NAMESPACE_NAME_BYTES,
    type Naming,
    ownName,
    sharedName,
} from "../../model/name";

const RUNS = { numRuns: 1000 };
const naming: Naming = { project: "lab", stack: "dev", verbatim: false };
const resource = fc.oneof(
    fc.string({ minLength: 1, maxLength: 80 }),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
    fc.stringMatching(/^[A-Za-z0-9_.-]{1,80}$/),
    fc.constantFrom("lo", "all", "default", "help", ".", "..", "-", "a/b", "$(x)", "a;b", "a%d"),
);
const stack = fc.stringMatching(/^[A-Za-z0-9_.-]{1,30}$/);
const project = fc.stringMatching(/^[A-Za-z0-9_.-]{1,30}$/);
const anyNaming = fc.record({ project, stack, verbatim: fc.boolean() });
const limits = [
    { limit: INTERFACE_NAME_BYTES, isValid: isInterfaceName, what: "an interface" },
    { limit: NAMESPACE_NAME_BYTES, isValid: isNamespaceName, what: "a namespace" },
];

describe("a name that may be an interface's", () => {
    const good = ["a", "br0", "0a", "_x", "eth0.100", "A-b_c.d", "x".repeat(15), "lo0", "All"];
    const bad = [
        ...["", "-x", ".a", "x".repeat(16), "lo", "all", "default", "help", "a b", "a/b", "a:b", "a%d", "$(x)", "a;b"],
        ...["ä", "a\n", "a\0b", "\ta"],
    ];
    it("is any of these", () => {
        assert.deepEqual(
            good.filter((name) => !isInterfaceName(name)),
            [],
        );
    });
    it("is none of these", () => {
        assert.deepEqual(bad.filter(isInterfaceName), []);
    });
});

describe("a name that may be a namespace's", () => {
    const good = ["a", "_x", "ns-1.b", "lo", "default", "x".repeat(63)];
    const bad = ["", "1", "1a", "-x", ".", "..", ".a", "../x", "a/b", "a b", "x".repeat(64), "ä", "a\n", "$(x)"];
    it("is any of these", () => {
        assert.deepEqual(
            good.filter((name) => !isNamespaceName(name)),
            [],
        );
    });
    it("is none of these", () => {
        assert.deepEqual(bad.filter(isNamespaceName), []);
    });
});

describe("a name made of a resource's", () => {
    const examples: readonly [string, string, string, string][] = [
        // resource, on the host, in a namespace of the stack, with linuxnet:naming = verbatim
        ["ns1", "ns1-dev", "ns1", "ns1"],
        ["eleven-char", "eleven-char-dev", "eleven-char", "eleven-char"],
        ["twelve-chars", "twelve-ch-b814a", "twelve-chars", "twelve-chars"],
        ["exactly15-bytes", "exactly15-ed26b", "exactly15-bytes", "exactly15-bytes"],
        ["a-very-long-name", "a-very-lo-b5ecf", "a-very-lo-29867", "a-very-lo-29867"],
        ["lo", "lo-dev", "lo-6549a", "lo-6549a"],
        ["-x", "n-x-dev-cf054", "n-x-add6b", "n-x-add6b"],
        ["ä b", "n--b-dev-9521a", "n--b-e4693", "n--b-e4693"],
    ];
    for (const [name, shared, own, verbatim] of examples) {
        it(`${name}: ${shared} on a host, ${own} in a namespace`, () => {
            assert.equal(sharedName(naming, name, INTERFACE_NAME_BYTES), shared);
            assert.equal(ownName(naming, name, INTERFACE_NAME_BYTES), own);
            assert.equal(sharedName({ ...naming, verbatim: true }, name, INTERFACE_NAME_BYTES), verbatim);
        });
    }

    it("has no hash where 63 bytes suffice", () => {
        assert.equal(ownName(naming, "a-very-long-name", NAMESPACE_NAME_BYTES), "a-very-long-name");
        assert.equal(sharedName(naming, "x".repeat(59), NAMESPACE_NAME_BYTES), `${"x".repeat(59)}-dev`);
        assert.match(sharedName(naming, "x".repeat(60), NAMESPACE_NAME_BYTES), /^x{57}-[0-9a-f]{5}$/);
    });

    it("has no hash where an interface may begin with a digit", () => {
        assert.equal(ownName(naming, "1link", INTERFACE_NAME_BYTES), "1link");
        assert.equal(sharedName(naming, "1link", INTERFACE_NAME_BYTES), "1link-dev");
    });

    it("has no hash where a namespace may have an interface's reserved name", () => {
        assert.equal(ownName(naming, "default", NAMESPACE_NAME_BYTES), "default");
    });

    for (const { limit, isValid, what } of limits) {
        it(`is always one that ${what} may have`, () => {
            fc.assert(
                fc.property(anyNaming, resource, (how, name) => {
                    for (const made of [sharedName(how, name, limit), ownName(how, name, limit)]) {
                        assert.ok(isValid(made), made);
                        assert.ok(Buffer.byteLength(made) <= limit, made);
                    }
                }),
                RUNS,
            );
        });

        it(`is the plain one where ${what} may have that`, () => {
            const plain = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,70}$/);
            fc.assert(
                fc.property(anyNaming, plain, (how, name) => {
                    const full = how.verbatim ? name : `${name}-${how.stack}`;
                    assert.equal(sharedName(how, name, limit) === full, isValid(full));
                    assert.equal(ownName(how, name, limit) === name, isValid(name));
                }),
                RUNS,
            );
        });

        it(`is the same whenever it is made, for ${what}`, () => {
            fc.assert(
                fc.property(anyNaming, resource, (how, name) => {
                    assert.equal(sharedName({ ...how }, name, limit), sharedName(how, name, limit));
                    assert.equal(ownName({ ...how }, name, limit), ownName(how, name, limit));
                }),
                RUNS,
            );
        });

        it(`is another for another stack, where stacks meet, for ${what}`, () => {
            fc.assert(
                fc.property(project, stack, stack, resource, (of, one, other, name) => {
                    fc.pre(one !== other);
                    const made = (which: string) =>
                        sharedName({ project: of, stack: which, verbatim: false }, name, limit);
                    assert.notEqual(made(one), made(other));
                }),
                RUNS,
            );
        });

        it(`is another for another long name, for ${what}`, () => {
            const end = fc.stringMatching(/^[a-z]{1,8}$/);
            fc.assert(
                fc.property(anyNaming, end, end, (how, one, other) => {
                    fc.pre(one !== other);
                    const long = "x".repeat(limit);
                    assert.notEqual(ownName(how, long + one, limit), ownName(how, long + other, limit));
                    assert.notEqual(sharedName(how, long + one, limit), sharedName(how, long + other, limit));
                }),
                RUNS,
            );
        });
    }

    it("that is cut is another in another project", () => {
        const long = "a-very-long-name";
        assert.equal(
            ownName({ ...naming, project: "one" }, long, 15),
            "a-very-lo-fe7c3".slice(0, 10) + fingerprint(5, "one", long),
        );
        assert.notEqual(
            ownName({ ...naming, project: "one" }, long, 15),
            ownName({ ...naming, project: "two" }, long, 15),
        );
    });

    it("that had to be cleaned is another than the clean one", () => {
        assert.notEqual(ownName(naming, "a b", 15), ownName(naming, "a-b", 15));
        assert.notEqual(ownName(naming, "a b", 15), ownName(naming, "a/b", 15));
    });
});

describe("a fingerprint", () => {
    it("is of the texts apart, not of their sum", () => {
        assert.equal(fingerprint(8, "a"), "ca978112");
        assert.equal(fingerprint(12, "ab", "c").length, 12);
        assert.notEqual(fingerprint(12, "ab", "c"), fingerprint(12, "a", "bc"));
    });
});
