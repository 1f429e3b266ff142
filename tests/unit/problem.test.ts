import assert from "node:assert/strict";
import { explain } from "../../model/problem";
import { describeForeign } from "../../provider/kind";
import { Conflict, Failure, HostProblem } from "../../provider/problem";

describe("a problem", () => {
    it("says where, what was given, what is expected and what to do", () => {
        const problem = { property: "mtu", given: "67", expected: "an MTU" };
        assert.equal(explain(problem), "mtu: given 67\nexpected an MTU");
        assert.equal(explain({ ...problem, advice: "try 1500" }), "mtu: given 67\nexpected an MTU\ntry 1500");
        assert.equal(explain({ ...problem, advice: "" }), "mtu: given 67\nexpected an MTU");
    });

    it("says whose is what stands in the way", () => {
        const what = "a veth named br0 on the host";
        assert.equal(describeForeign({ property: "name", what }), `${what}: linuxnet did not create it`);
        assert.equal(
            describeForeign({ property: "name", what, owner: "lab/other/x" }),
            `${what}: it belongs to lab/other/x`,
        );
        assert.equal(
            new Conflict({ property: "name", what }, "Nothing was changed. Remove it").message,
            `found ${what}: linuxnet did not create it.\nNothing was changed. Remove it, and run again.`,
        );
    });

    it("is told without a stack, which the engine would print", () => {
        for (const failure of [new Failure("x"), new HostProblem("x"), new Conflict({ property: "", what: "" }, "")]) {
            assert.ok(failure instanceof Failure);
            assert.deepEqual([failure.name, failure.stack], ["", ""]);
        }
    });
});
