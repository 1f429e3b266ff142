import * as pulumi from "@pulumi/pulumi";
import * as linuxnet from "pulumi-linuxnet";

// The host has an address in both subnets, so a second stack needs two others.
const config = new pulumi.Config();
const [a, b, c] = (config.get("subnet") ?? "192.168.1.0/24").split(/[./]/).map(Number);
const lan = `${a}.${b}.${c}`;
const wan = `10.0.${Number(c) + 1}`;

const ns1 = new linuxnet.Namespace("ns1");
const ns2 = new linuxnet.Namespace("ns2");

// With an address, the bridge is a network card of the host too: the host becomes part of the network.
const br0 = new linuxnet.Bridge("br0", { addresses: [`${lan}.1/24`] });
new linuxnet.VethPair("veth-ns1-br", {
    left: { namespace: ns1, name: "veth-ns1", addresses: [`${lan}.2/24`] },
    right: { bridge: br0 },
});
new linuxnet.VethPair("veth-ns2-br", {
    left: { namespace: ns2, name: "veth-ns2", addresses: [`${lan}.3/24`] },
    right: { bridge: br0 },
});
new linuxnet.ForwardingSetting("forwarding", { ipv4: true });

// The host's way out, and a neighbour there. A stand-in, so that the machine's own network card is left alone.
const outside = new linuxnet.Namespace("outside");
const uplink = new linuxnet.VethPair("uplink", {
    left: { addresses: [`${wan}.15/24`] },
    right: { namespace: outside, name: "veth-outside", addresses: [`${wan}.2/24`] },
});

new linuxnet.Route("ns1-default", { namespace: ns1, destination: "default", gateway: `${lan}.1` });
new linuxnet.Route("ns2-default", { namespace: ns2, destination: "default", gateway: `${lan}.1` });
new linuxnet.Route("outside-back", { namespace: outside, destination: `${lan}.0/24`, gateway: `${wan}.15` });

// On one bridge, and the gateway's own addresses: no router in between. What lies behind it is one router away.
for (const [from, neighbour] of [[ns1, `${lan}.3`] as const, [ns2, `${lan}.2`] as const]) {
    const name = from === ns1 ? "ns1" : "ns2";
    new linuxnet.Reachability(`${name}-reaches-neighbour`, { from, to: neighbour, expect: { ttl: 64 } });
    new linuxnet.Reachability(`${name}-reaches-gateway`, { from, to: `${lan}.1`, expect: { ttl: 64 } });
    new linuxnet.Reachability(`${name}-reaches-uplink`, { from, to: `${wan}.15`, expect: { ttl: 64 } });
    new linuxnet.Reachability(`${name}-reaches-outside`, { from, to: `${wan}.2`, expect: { ttl: 63 } });
}
new linuxnet.Reachability("outside-reaches-ns1", { from: outside, to: `${lan}.2`, expect: { ttl: 63 } });
new linuxnet.Reachability("outside-reaches-ns2", { from: outside, to: `${lan}.3`, expect: { ttl: 63 } });

export const namespaces = [ns1.name, ns2.name, outside.name];
export const bridge = br0.name;
export const uplinkName = uplink.left.name;
