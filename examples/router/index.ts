import * as linuxnet from "pulumi-linuxnet";

const ns1 = new linuxnet.Namespace("ns1");
const ns2 = new linuxnet.Namespace("ns2");
const router = new linuxnet.Namespace("ns-router");

const link1 = new linuxnet.VethPair("link1", {
    left: { namespace: ns1, name: "veth-ns1", addresses: ["192.168.1.2/24"] },
    right: { namespace: router, name: "veth-ns1-router", addresses: ["192.168.1.1/24"] },
});
const link2 = new linuxnet.VethPair("link2", {
    left: { namespace: ns2, name: "veth-ns2", addresses: ["192.168.2.2/24"] },
    right: { namespace: router, name: "veth-ns2-router", addresses: ["192.168.2.1/24"] },
});

// Linux has no router device: a namespace with two subnets is one, once it forwards.
new linuxnet.ForwardingSetting("forwarding", { namespace: router, ipv4: true });

new linuxnet.Route("to-ns2", { namespace: ns1, destination: "192.168.2.0/24", gateway: "192.168.1.1" });
new linuxnet.Route("to-ns1", { namespace: ns2, destination: "192.168.1.0/24", gateway: "192.168.2.1" });

// One router in between: the ttl of 64 arrives as 63.
const there = new linuxnet.Reachability("ns1-reaches-ns2", { from: ns1, to: "192.168.2.2", expect: { ttl: 63 } });
const back = new linuxnet.Reachability("ns2-reaches-ns1", { from: ns2, to: "192.168.1.2", expect: { ttl: 63 } });

export const ns1ToNs2 = there.result;
export const ns2ToNs1 = back.result;
export const routerEnds = [link1.right.name, link2.right.name];
