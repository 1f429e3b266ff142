import assert from "node:assert/strict";
import fc from "fast-check";
import {
    formatOwner,
    ownerTag,
    parseOwner,
    sameStack,
    stableMacAddress,
    stackGroup,
    taggedOwner,
} from "../../model/owner";
import { macAddress, schema } from "../../model/schema";
import { ip } from "../../provider/host/command";

const word = fc.stringMatching(/^[A-Za-z0-9_.-]{1,30}$/);
const owner = fc.record({ project: word, stack: word, name: fc.string({ minLength: 1, maxLength: 80 }) });

describe("owners", () => {
    it("are read as they were written", () => {
        fc.assert(
            fc.property(owner, (one) => assert.deepEqual(parseOwner(formatOwner(one)), { ...one })),
            { numRuns: 1000 },
        );
    });

    it("stand in a tag that ip takes as one word, and the kernel's alias holds", () => {
        fc.assert(
            fc.property(owner, (one) => {
                const tag = ownerTag(formatOwner(one));
                assert.ok(ip("", "link", "set", "alias", tag).line.endsWith(tag));
                assert.ok(Buffer.byteLength(tag) < 256, tag);
            }),
            { numRuns: 1000 },
        );
    });

    it("are told by their tag", () => {
        assert.equal(ownerTag("lab/dev/link1"), "linuxnet:lab/dev/link1");
        assert.equal(taggedOwner("linuxnet:lab/dev/link1"), "lab/dev/link1");
        assert.equal(taggedOwner("uplink to the rack"), undefined);
        assert.equal(taggedOwner(undefined), undefined);
        fc.assert(
            fc.property(word, word, word, (project, stack, name) => {
                const text = formatOwner({ project, stack, name });
                if (text.length < 150) assert.equal(taggedOwner(ownerTag(text)), text);
            }),
            { numRuns: 1000 },
        );
    });

    it("have a tag that can be read, whatever a person has written behind our word", () => {
        fc.assert(
            fc.property(fc.string(), (text) => {
                assert.equal(typeof taggedOwner(`linuxnet:${text}`), "string");
            }),
            { numRuns: 1000 },
        );
    });

    it("have different tags", () => {
        fc.assert(
            fc.property(owner, owner, (one, two) => {
                fc.pre(formatOwner(one) !== formatOwner(two));
                assert.notEqual(ownerTag(formatOwner(one)), ownerTag(formatOwner(two)));
            }),
            { numRuns: 1000 },
        );
    });

    it("share a group, from 1 to 2^31-1, within a stack", () => {
        fc.assert(
            fc.property(owner, owner, (one, two) => {
                const group = stackGroup(one);
                assert.ok(Number.isInteger(group) && group > 1 && group < 2 ** 31);
                assert.equal(stackGroup({ ...two, project: one.project, stack: one.stack }), group);
                assert.equal(sameStack(one, two), one.project === two.project && one.stack === two.stack);
            }),
            { numRuns: 1000 },
        );
    });

    it("have MAC addresses that are unicast, locally administered, and always the same", () => {
        const { check } = schema({ macAddress });
        fc.assert(
            fc.property(fc.string(), fc.string(), (one, name) => {
                const mac = stableMacAddress(one, name);
                assert.match(mac, /^02(:[0-9a-f]{2}){5}$/);
                assert.deepEqual(check({ macAddress: mac }).problems, []);
                assert.equal(stableMacAddress(one, name), mac);
            }),
            { numRuns: 1000 },
        );
    });
});

describe("an owner's marks", () => {
    const link1 = { project: "lab", stack: "dev", name: "link1" };

    it("are these, for good: an upgrade finds what an earlier version has made", () => {
        assert.equal(ownerTag("lab/dev/größe 1"), "linuxnet:lab/dev/gr%C3%B6%C3%9Fe%201");
        assert.equal(taggedOwner("linuxnet:lab/dev/gr%C3%B6%C3%9Fe%201"), "lab/dev/größe 1");
        assert.equal(stackGroup(link1), 318347106);
        assert.equal(stackGroup({ ...link1, stack: "prod" }), 420977211);
        assert.equal(stableMacAddress("lab/dev/link1", "veth0"), "02:f0:54:1f:52:59");
        assert.equal(stableMacAddress("lab/dev/link1", "veth1"), "02:9f:26:be:ee:5b");
    });

    it("are a tag of at most 200 bytes, with a hash of the whole where it is cut", () => {
        const long = (end: string) => ownerTag(`lab/dev/${"x".repeat(200)}${end}`);
        assert.match(long("a"), /^linuxnet:lab\/dev\/x{174}~[0-9a-f]{8}$/);
        assert.notEqual(long("a"), long("b"));
        assert.equal(ownerTag(`lab/dev/${"x".repeat(183)}`), `linuxnet:lab/dev/${"x".repeat(183)}`);
    });

    for (const [one, other] of [
        ["a(1)", "a_1_"],
        ["a b", "a%20b"],
        ["a?", "a!"],
        ["a~", "a_"],
    ] as const) {
        it(`tell ${one} from ${other}`, () => {
            assert.notEqual(ownerTag(`lab/dev/${one}`), ownerTag(`lab/dev/${other}`));
        });
    }

    it("can be read where the tag was cut", () => {
        const cut = Array.from({ length: 12 }, (_, more) => ownerTag(`lab/dev/${"x".repeat(more)}${"ö".repeat(60)}`));
        assert.deepEqual(
            cut.filter((tag) => !taggedOwner(tag)?.startsWith("lab/dev/")),
            [],
        );
    });

    it("are a group of the stack, not of the letters of its name", () => {
        const [one, other] = [
            stackGroup({ project: "ab", stack: "c", name: "" }),
            stackGroup({ project: "a", stack: "bc", name: "" }),
        ];
        assert.deepEqual([one, other], [381694694, 336311623]);
    });
});
