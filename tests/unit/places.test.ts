import assert from "node:assert/strict";
import { placeNamed, placesOf } from "../../cli/places";
import { placeName } from "../../model/place";
import { type Resource, Topology } from "../../model/topology/topology";
import { Failure } from "../../toolchain/failure.mjs";

const namespace = (name: string, own = `${name}-dev`, host = "local"): Resource => ({
    kind: "Namespace",
    name,
    inputs: { name: own, host },
});

/** What is said of a name that none of them has. */
function refusal(resources: readonly Resource[], name: string, hosts: readonly string[] = []): string {
    try {
        placeNamed(placesOf(resources, new Topology(resources), hosts), name, "this lab");
    } catch (error) {
        assert.ok(error instanceof Failure);
        assert.equal(error.exitCode, 2);
        return error.message;
    }
    return "accepted";
}

describe("a place by its name", () => {
    const left: Resource = { kind: "SimulatedHost", name: "left", inputs: { name: "left-dev" } };

    it("is found by the program's name, and by its own", () => {
        const resources = [namespace("ns1"), left, namespace("far", "ns1-dev", "local/left-dev")];
        const places = placesOf(resources, new Topology(resources));
        for (const [name, title] of [
            ["ns1", "ns1-dev"],
            ["far", "ns1-dev of left-dev"],
            ["ns1-dev of left-dev", "ns1-dev of left-dev"],
            ["left", "left-dev"],
            ["host", "the host"],
        ] as const)
            assert.equal(placeName(placeNamed(places, name)), title);
    });

    it("is told once where another was asked for: by the program's name, or else by its own", () => {
        const bridge: Resource = { kind: "Bridge", name: "switch", inputs: { name: "br0", namespace: "hand-made" } };
        assert.equal(
            refusal([namespace("ns10"), namespace("ns2"), left, bridge], "nobody", ["far"]),
            "linuxnet: there is no nobody in this lab. There is far, hand-made, host, left, ns2, ns10.",
        );
    });

    it("is asked back about where it is misspelt, also where it is its own", () => {
        const resources = [namespace("ns-router"), namespace("ns1")];
        assert.match(refusal(resources, "ns-roter"), /in this lab\. Did you mean ns-router\? There is host, ns-router/);
        assert.match(refusal(resources, "ns-roter-dev"), /Did you mean ns-router-dev\?/);
    });

    it("is one of the first twelve where there are many", () => {
        const many = Array.from({ length: 40 }, (_, index) => namespace(`n${index}`));
        assert.match(refusal(many, "router"), /There is host, n0, n1, .*, n9, n10, and 29 more\.$/);
        assert.match(refusal(many.slice(0, 12), "router"), /There is host, n0, .*, n10, n11\.$/);
    });
});
