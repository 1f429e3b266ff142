import assert from "node:assert/strict";
import { ownerIn, providerText } from "../../model/provider-text";

describe("the text that the engine keeps as a resource's provider", () => {
    for (const owner of ["lab/dev/link1", 'lab/dev/a "quoted" \\ one', "lab/dev/components/inner", "lab/dev/ü)"]) {
        it(`names its owner: ${owner}`, () => assert.equal(ownerIn(providerText("vethPair", owner)), owner));
    }

    it("of another make names none", () => {
        assert.equal(ownerIn("exports.handler = __f0;"), undefined);
        assert.equal(ownerIn(undefined), undefined);
    });
});
