import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { placesOf } from "../../cli/places";
import { Topology } from "../../model/topology/topology";
import { attachmentTo, within } from "../../provider/host/attach";
import { sudoersLine } from "../../provider/host/sudo";

describe("the way into a place", () => {
    it("is that of ip netns exec where there is a name for it", () => {
        assert.deepEqual(within("ns1", ["ls", "-l"]).slice(0, 4), ["ip", "netns", "exec", "ns1"]);
        assert.deepEqual(within("left:ns1", ["ls"]).slice(0, 4), ["ip", "netns", "exec", "ns1"]);
        assert.deepEqual(within("sim/ns1", ["ls"]).slice(0, 2), ["nsenter", "--net=/run/linuxnet/hosts/sim/netns/ns1"]);
        assert.equal(within("left:", ["ls", "-l"]).at(0), "/bin/sh");
        for (const place of ["", "ns1", "sim/", "left:sim/ns1"])
            assert.deepEqual(within(place, ["ls", "-l"]).slice(-2), ["ls", "-l"], place);
    });

    const argv = ["printf", "%s|", "it's $HOME", "two\nlines", "", "a\\b"];

    it("keeps every word as it is", () => {
        const { argv: shell, opening } = attachmentTo({ ssh: undefined, isSudo: false }, argv, false);
        assert.equal(opening, "");
        const { stdout, stderr } = spawnSync(shell[0] ?? "", shell.slice(1), { encoding: "utf8" });
        assert.equal(stdout, "it's $HOME|two\nlines||a\\b|", stderr);
    });

    it("is by sudo the one that sudoers may allow, with what to do as the beginning of the input", () => {
        const { argv: shell, opening } = attachmentTo({ ssh: undefined, isSudo: true }, argv, false);
        assert.deepEqual(shell.slice(0, 3), ["sudo", "-n", "--"]);
        assert.ok(sudoersLine("carol").endsWith(shell.slice(3).join(" ")));
        const { stdout } = spawnSync(shell[3] ?? "", shell.slice(4), { encoding: "utf8", input: opening });
        assert.equal(stdout, "it's $HOME|two\nlines||a\\b|");
    });
});

describe("the names of places", () => {
    it("are those of their resources, and their own; a namespace's alone where only one host has it", () => {
        const namespace = (name: string, host: string, own: string) => ({
            kind: "Namespace",
            name,
            inputs: { name: own, host },
        });
        const resources = [
            namespace("left-ns", "left", "ns1"),
            namespace("sim-ns", "local/sim-dev", "ns1"),
            namespace("other", "left", "ns2"),
            { kind: "SimulatedHost", name: "sim", inputs: { name: "sim-dev" } },
        ];
        const places = placesOf(resources, new Topology(resources), ["local", "left", "right"]);
        const names = ["left-ns", "ns1 of left", "ns1@left", "ns1", "ns2", "sim", "sim-dev", "right", "left", "host"];
        assert.deepEqual(
            names.map((name) => places.get(name)),
            ["left:ns1", "left:ns1", "left:ns1", undefined, "left:ns2", "sim-dev/", "sim-dev/", "right:", "left:", ""],
        );
    });
});
