import * as linuxnet from "pulumi-linuxnet";

const ns1 = new linuxnet.Namespace("ns1");
const ns2 = new linuxnet.Namespace("ns2");
const ns3 = new linuxnet.Namespace("ns3");

// A switch: neither it nor its ports need an address.
const bridge = new linuxnet.Bridge("virtual-bridge");

// The ports are on the host, where stacks meet, and so get the stack's name: veth-ns1-br-dev.
new linuxnet.VethPair("veth-ns1-br", {
    left: { namespace: ns1, name: "veth-ns1", addresses: ["192.168.1.1/24"] },
    right: { bridge },
});
new linuxnet.VethPair("veth-ns2-br", {
    left: { namespace: ns2, name: "veth-ns2", addresses: ["192.168.1.2/24"] },
    right: { bridge },
});
new linuxnet.VethPair("veth-ns3-br", {
    left: { namespace: ns3, name: "veth-ns3", addresses: ["192.168.1.3/24"] },
    right: { bridge },
});

// A bridge is no router: the ttl arrives as it was sent.
const expect = { ttl: 64 };
new linuxnet.Reachability("ns1-reaches-ns2", { from: ns1, to: "192.168.1.2", expect });
new linuxnet.Reachability("ns1-reaches-ns3", { from: ns1, to: "192.168.1.3", expect });
new linuxnet.Reachability("ns2-reaches-ns1", { from: ns2, to: "192.168.1.1", expect });
new linuxnet.Reachability("ns2-reaches-ns3", { from: ns2, to: "192.168.1.3", expect });
new linuxnet.Reachability("ns3-reaches-ns1", { from: ns3, to: "192.168.1.1", expect });
new linuxnet.Reachability("ns3-reaches-ns2", { from: ns3, to: "192.168.1.2", expect });

export const namespaces = [ns1.name, ns2.name, ns3.name];
export const bridgeName = bridge.name;
