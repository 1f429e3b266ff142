import assert from "node:assert/strict";
import { forecastOf } from "../../cli/preview/forecast";
import { describeChange } from "../../cli/preview/words";
import { UNKNOWN } from "../../model/schema";
import type { Resource } from "../../model/topology/topology";
import { ROUTER } from "../support/pictures";

type Inputs = Resource["inputs"];

/** A lab with one resource changed, or without it. */
const changed = (resources: readonly Resource[], name: string, inputs: Inputs | undefined): Resource[] =>
    resources.flatMap((one) => {
        if (one.name !== name) return [one];
        return inputs === undefined ? [] : [{ ...one, inputs: { ...one.inputs, ...inputs } }];
    });

describe("what a preview says of a check", () => {
    const check = (more: Inputs, lab: readonly Resource[] = ROUTER) =>
        forecastOf(lab)({ fromNamespace: "ns1", to: "10.2.0.2", triggers: UNKNOWN, ...more });
    const off = changed(ROUTER, "forwarding", { ipv4: false });

    it("is nothing where it will be met", () => {
        assert.equal(check({}), undefined);
        assert.equal(check({ expectTtl: 63 }), undefined);
        assert.equal(check({ expect: "no-reply" }, off), undefined);
    });

    it("is what it expects, and what it would get", () => {
        assert.equal(check({}, off), "expects a reply, and would get none (router does not forward IPv4)");
        assert.equal(check({ expectTtl: 64 }), "expects a reply with ttl 64, and would get one with ttl 63");
        assert.equal(check({ expect: "no-reply" }), "expects no reply, and would get a reply with ttl 63");
        const change = {
            operation: "update",
            kind: "Reachability",
            name: "there",
            before: {},
            after: { fromNamespace: "ns1", to: "10.2.0.2" },
            isGone: false,
            isRenamed: false,
        } as const;
        assert.deepEqual(describeChange(change, forecastOf(off)), [
            {
                sign: "?",
                text: "check ns1 → 10.2.0.2: expects a reply, and would get none (router does not forward IPv4)",
                name: "there",
            },
        ]);
    });

    it("is nothing where the program does not know all", () => {
        assert.equal(check({ to: UNKNOWN }, off), undefined);
        assert.equal(check({ packetBytes: 1500 }, off), undefined);
        assert.equal(check({ to: "8.8.8.8" }, off), undefined);
        assert.equal(check({}, changed(off, "router", undefined)), undefined);
        assert.equal(check({}, changed(off, "link2", { leftAddresses: UNKNOWN })), undefined);
        assert.equal(check({ fromNamespace: undefined, to: "10.1.0.2" }, off), undefined);
    });
});
