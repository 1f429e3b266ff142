import assert from "node:assert/strict";
import { Deployed, type DeployedResource } from "../../cli/deployed";
import { accountOf, type Findings } from "../../cli/inspect/account";
import { driftWords, placeLines } from "../../cli/inspect/words";
import type { Finding } from "../../provider/drift";
import type { LinkState } from "../../provider/link";

const resource = (kind: string, name: string, inputs: DeployedResource["inputs"]): DeployedResource => ({
    kind,
    name,
    inputs,
    owner: `lab/dev/${name}`,
});
const link = (name: string, kind: string, more: Partial<LinkState>): LinkState => ({
    name,
    index: 2,
    kind,
    alias: undefined,
    group: 0,
    mtu: 1500,
    macAddress: "",
    up: true,
    carrier: true,
    master: undefined,
    peerIndex: undefined,
    stp: false,
    portState: undefined,
    addresses: [],
    ...more,
});

const TUNNEL = { namespace: "left", name: "vx0", vni: 42, local: "10.0.2.15", remotes: "10.0.3.16, 10.0.4.17" };
const tunnel = resource("Vxlan", "left-vx0", TUNNEL);
const route = resource("Route", "out", { namespace: "left", destination: "default", gateway: "10.0.2.1" });
const forwarding = resource("ForwardingSetting", "on", { namespace: "left", ipv4: true, ipv6: true });

describe("the account of a deployed place", () => {
    const lab = new Deployed({ project: "lab", stack: "dev", name: "" }, [tunnel, route, forwarding], []);
    const findings: Findings = new Map<DeployedResource, Finding>([
        [tunnel, { standing: "as deployed", found: TUNNEL }],
        [route, { standing: "gone", found: {} }],
        [forwarding, { standing: "changed", found: { namespace: "left", ipv4: false, ipv6: true } }],
    ]);
    const vxlan = { vni: 42, local: "10.0.2.15", port: 4790, device: undefined, learning: true };
    const account = accountOf(lab, findings, {
        place: "left",
        links: [link("br0", "bridge", { stp: true }), link("vx0", "vxlan", { master: "br0", vxlan })],
        routes: [],
        forwarding: { ipv4: false, ipv6: true },
    });

    it("has what makes a tunnel, and whether a bridge speaks STP", () => {
        const [bridge, device] = account.devices;
        assert.deepEqual([bridge?.stp, bridge?.tunnel, device?.stp], [true, undefined, undefined]);
        const remotes = ["10.0.3.16", "10.0.4.17"];
        assert.deepEqual(device?.tunnel, { vni: 42, local: "10.0.2.15", port: 4790, remotes });
    });

    it("is told in lines, marked where something is gone or turned off", () => {
        const lines = placeLines([account], (_, text) => text).map((line) => line.replace(/ +/g, " "));
        assert.deepEqual(lines.slice(1), [
            "left",
            " br0 up 1500 stp not of this lab",
            " vx0 up 1500 in br0, vxlan 42: 10.0.2.15 port 4790 → 10.0.3.16, 10.0.4.17 (left-vx0)",
            "! route default via 10.0.2.1 is gone (out)",
            " forwards IPv6",
            "! does not forward IPv4",
        ]);
    });

    it("marks a loopback that is down, where it was not deployed so", () => {
        const lineOf = (deployed: object, found: Finding["found"]): string => {
            const ns1 = resource("Namespace", "ns1", { name: "ns1", ...deployed });
            const own = new Deployed({ project: "lab", stack: "dev", name: "" }, [ns1], []);
            const standing = "loopback" in deployed ? "as deployed" : "changed";
            const down = link("lo", "device", { up: false });
            const now = { place: "ns1", links: [down], routes: [], forwarding: { ipv4: false, ipv6: false } };
            const one = accountOf(own, new Map([[ns1, { standing, found }]]), now);
            return (placeLines([one], (_, text) => text)[2] ?? "").replace(/ +/g, " ").trim();
        };
        assert.equal(lineOf({}, { name: "ns1", loopback: "down" }), "! lo down 1500");
        assert.equal(lineOf({ loopback: "down" }, { name: "ns1", loopback: "down" }), "lo down 1500");
    });

    it("says in words what of a list is missing, and what is not the program's", () => {
        const words = (remotes: string) => driftWords(tunnel, { standing: "changed", found: { ...TUNNEL, remotes } });
        assert.deepEqual(words("10.0.3.16, 10.0.4.17, 10.0.9.9"), ["left: vx0 remotes 10.0.9.9 is not the program's"]);
        assert.deepEqual(words("10.0.3.16, 10.0.9.9"), [
            "left: vx0 remotes 10.0.4.17 is missing, 10.0.9.9 is not the program's",
        ]);
    });
});
