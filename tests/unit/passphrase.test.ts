import assert from "node:assert/strict";
import { isPassphrase, isPassphraseGiven } from "../../cli/passphrase";

/** As the engine (3.259.0) wrote it for the passphrase "geheim", and for an empty one. */
const WITH = "v1:n9XNuQR7yKo=:v1:C79AeKTG9RauAWrZ:C03HFdyNoOW7ZMtLPAM06aNaeR2ciQ==";
const EMPTY = "v1:JfeI9QH9aqo=:v1:W4fJKepbrdzSqTA2:SkIE0K/TddOvmagux8TpBEtm6HX56A==";

describe("the passphrase of a stack", () => {
    it("is known again by its settings", () => {
        assert.equal(isPassphrase("geheim", WITH), true);
        assert.equal(isPassphrase("", WITH), false);
        assert.equal(isPassphrase("", EMPTY), true);
    }).timeout(30_000);

    it("is none by settings that are not the engine's", () => {
        for (const text of ["", "v1:x", "v2:AAAA:v1:AAAA:AAAA"]) assert.equal(isPassphrase("", text), false, text);
    });

    it("is given where a variable of it is there, though it be empty", () => {
        assert.equal(isPassphraseGiven({}), false);
        assert.equal(isPassphraseGiven({ PULUMI_CONFIG_PASSPHRASE: "" }), true);
        assert.equal(isPassphraseGiven({ PULUMI_CONFIG_PASSPHRASE_FILE: "/x" }), true);
    });
});
