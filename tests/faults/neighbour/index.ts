import { execFileSync } from "node:child_process";
import * as linuxnet from "pulumi-linuxnet";

/** Which lab this is: what no two may share is made of it. */
const NUMBER: number = 0;
const CHANGED: boolean = false;
/** What two labs may want. */
const BRIDGE: string | undefined = undefined;

// Holds the engine, and its lock, for as long as a test needs it.
execFileSync("sh", ["-c", "while [ -e hold ]; do sleep 0.1; done"], { cwd: __dirname });

const net = `10.${100 + NUMBER}`;

const namespace = new linuxnet.Namespace("inside", { name: `t${NUMBER}-a` });
const bridge = new linuxnet.Bridge("switch", { name: BRIDGE ?? `t${NUMBER}-br`, addresses: [`${net}.0.1/24`] });
const port = new linuxnet.VethPair("port", {
    left: { namespace, name: "eth0", addresses: [`${net}.0.2/24`] },
    right: { name: `t${NUMBER}-p`, bridge },
});
new linuxnet.VethPair("cable", {
    left: { namespace, name: "eth1", addresses: [`${net}.1.2/24`] },
    right: { name: `t${NUMBER}-q`, addresses: [`${net}.1.1/24`], mtu: CHANGED ? 1400 : 1500 },
});
new linuxnet.ForwardingSetting("forwarding", { ipv4: true });
new linuxnet.Address("extra", { device: "lo", address: `${net}.9.${CHANGED ? 2 : 1}/32` });
new linuxnet.Route("out", { namespace, destination: "default", gateway: `${net}.0.1` }, { dependsOn: port });
new linuxnet.Route("in", { destination: `10.${200 + NUMBER}.0.0/16`, gateway: `${net}.0.2` });
