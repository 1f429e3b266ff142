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
