import * as linuxnet from "pulumi-linuxnet";

const ns1 = new linuxnet.Namespace("ns1");
const ns2 = new linuxnet.Namespace("ns2");

// Like a cable: what enters one end leaves the other. There is nothing in between, and so no route to set.
new linuxnet.VethPair("link", {
    left: { namespace: ns1, name: "veth-ns1", addresses: ["192.168.1.1/24"] },
    right: { namespace: ns2, name: "veth-ns2", addresses: ["192.168.1.2/24"] },
});

// No router in between: the ttl arrives as it was sent.
const there = new linuxnet.Reachability("ns1-reaches-ns2", { from: ns1, to: "192.168.1.2", expect: { ttl: 64 } });
const back = new linuxnet.Reachability("ns2-reaches-ns1", { from: ns2, to: "192.168.1.1", expect: { ttl: 64 } });

export const namespaces = [ns1.name, ns2.name];
export const ns1ToNs2 = there.result;
export const ns2ToNs1 = back.result;
