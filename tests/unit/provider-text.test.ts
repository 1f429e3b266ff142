import assert from "node:assert/strict";
import { factoryIn, ownerIn, providerText } from "../../model/provider-text";

describe("the text that the engine keeps as a resource's provider", () => {
    for (const owner of ["lab/dev/link1", 'lab/dev/a "quoted" \\ one', "lab/dev/components/inner", "lab/dev/ü)"]) {
        it(`names its owner: ${owner}`, () => assert.equal(ownerIn(providerText("vethPair", owner)), owner));
    }

    it("says what it calls, if it is ours to the letter", () => {
        const text = providerText("vethPair", 'lab/dev/a "b"');
        const ours = { module: "pulumi-linuxnet/provider", factory: "vethPair", owner: 'lab/dev/a "b"' };
        assert.deepEqual(factoryIn(text), ours);
        for (const other of [`${text} `, text.replace("pulumi-linuxnet", "other"), text.replace("module", "fs"), ""])
            assert.equal(factoryIn(other), undefined);
    });

    it("of another make names none", () => {
        assert.equal(ownerIn("exports.handler = __f0;"), undefined);
        assert.equal(ownerIn(undefined), undefined);
    });
});
