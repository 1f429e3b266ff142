import * as pulumi from "@pulumi/pulumi";
import * as linuxnet from "pulumi-linuxnet";

// The host has an address in both subnets, so a second stack needs two others: this one (/24) and the next.
const subnet = new pulumi.Config().get("subnet") ?? "192.168.1.0/24";
const [a, b, c] = subnet.split(/[./]/).map(Number);
const net1 = `${a}.${b}.${c}`;
const net2 = `${a}.${b}.${Number(c) + 1}`;

const ns1 = new linuxnet.Namespace("ns1");
const ns2 = new linuxnet.Namespace("ns2");

// An end without a namespace is on the host: ns1-router-dev, for the stack dev.
const link1 = new linuxnet.VethPair("ns1-router", {
    left: { namespace: ns1, name: "veth-ns1", addresses: [`${net1}.2/24`] },
    right: { addresses: [`${net1}.1/24`] },
});
const link2 = new linuxnet.VethPair("ns2-router", {
    left: { namespace: ns2, name: "veth-ns2", addresses: [`${net2}.2/24`] },
    right: { addresses: [`${net2}.1/24`] },
});

// The host's own setting: what it was before comes back when no stack asks for it any more.
new linuxnet.ForwardingSetting("forwarding", { ipv4: true });

new linuxnet.Route("to-ns2", { namespace: ns1, destination: `${net2}.0/24`, gateway: `${net1}.1` });
new linuxnet.Route("to-ns1", { namespace: ns2, destination: `${net1}.0/24`, gateway: `${net2}.1` });

// One router in between, the host: the ttl of 64 arrives as 63.
const there = new linuxnet.Reachability("ns1-reaches-ns2", { from: ns1, to: `${net2}.2`, expect: { ttl: 63 } });
const back = new linuxnet.Reachability("ns2-reaches-ns1", { from: ns2, to: `${net1}.2`, expect: { ttl: 63 } });

export const namespaces = [ns1.name, ns2.name];
export const routerEnds = [link1.right.name, link2.right.name];
export const ns1ToNs2 = there.result;
export const ns2ToNs1 = back.result;
