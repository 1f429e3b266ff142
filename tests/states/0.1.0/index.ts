import * as linuxnet from "pulumi-linuxnet";
import "./components";

// As a user of this version wrote it: every kind of resource, and every property in one of them.
const outer = new linuxnet.SimulatedHost("outer", { name: "outer" });
const inner = new linuxnet.SimulatedHost("inner", { host: outer });
const ns1 = new linuxnet.Namespace("ns1", { name: "left" });
const ns2 = new linuxnet.Namespace("ns2");
const ns3 = new linuxnet.Namespace("ns3", { host: inner, loopback: "down" });

const br0 = new linuxnet.Bridge("br0", {
    ...{ host: outer, name: "br0", addresses: ["192.0.2.254/24", "2001:db8:2::fe/64"], mtu: 1400 },
    ...{ macAddress: "02:00:00:00:00:fe", stp: false, up: true, silence: ["overlapping-subnets"] },
});
const br1 = new linuxnet.Bridge("br1", { namespace: ns1 });

const link = new linuxnet.VethPair("link", {
    left: {
        ...{ namespace: ns1, name: "eth0", addresses: ["192.0.2.1/24", "2001:db8:2::1/64"], mtu: 1400 },
        ...{ macAddress: "02:00:00:00:00:01", up: true },
    },
    right: { host: outer, name: "port1", bridge: br0, mtu: 1400, macAddress: "02:00:00:00:00:11", up: true },
    silence: ["overlapping-subnets"],
});
new linuxnet.VethPair("port", {
    left: { bridge: br1, mtu: 1350 },
    right: { namespace: ns2, addresses: ["198.51.100.2/24"], mtu: 1350 },
});
new linuxnet.VethPair("patch", {
    left: { host: outer, addresses: ["198.18.0.1/30"], up: false },
    right: { namespace: ns2, addresses: ["198.18.0.2/30"], up: false },
});
const cable = new linuxnet.VethPair("cable", {
    left: { namespace: ns2, name: "up0", addresses: ["192.0.2.129/30"] },
    right: { host: inner, name: "down0", addresses: ["192.0.2.130/30"], up: true },
});

new linuxnet.Vxlan("tunnel", {
    ...{ namespace: ns1, name: "vx0", vni: 42, local: "192.0.2.1", remotes: ["192.0.2.8", "192.0.2.9"] },
    ...{ device: link.left, learning: false, port: 4790, mtu: 1350, macAddress: "02:00:00:00:00:42", up: true },
    ...{ bridge: br1, addresses: ["203.0.113.42/32"], silence: ["address-on-port"] },
});
new linuxnet.Vxlan("other", { host: outer, vni: 43, local: "192.0.2.254", remotes: [] });
const own = new linuxnet.Address("own", { namespace: ns1, device: "lo", address: "203.0.113.1/32" });
new linuxnet.Address("third", { host: outer, device: "lo", address: "203.0.113.200/32" });
new linuxnet.Address("second", { device: br1, address: "198.51.100.1/24" });

new linuxnet.ForwardingSetting("forwards", { ipv4: true, ipv6: true, persist: true });
new linuxnet.ForwardingSetting("ns2-forwards", { namespace: ns2, ipv6: false });
new linuxnet.ForwardingSetting("outer-forwards", { host: outer, ipv4: true });

new linuxnet.Route(
    "way",
    {
        ...{ namespace: ns1, destination: "203.0.113.128/25", gateway: "192.0.2.254", device: link.left },
        ...{ metric: 50, table: 254, preferredSource: "203.0.113.1", mtu: 1300, silence: ["no-way-back"] },
    },
    { dependsOn: own },
);
new linuxnet.Route("onlink", {
    ...{ namespace: ns2, destination: "203.0.113.2/32", gateway: "203.0.113.3", device: cable.left, onlink: true },
});
new linuxnet.Route("ways", {
    ...{ namespace: ns1, destination: "203.0.113.64/27" },
    nexthops: [
        { gateway: "192.0.2.254", weight: 2 },
        { gateway: "198.51.100.2", device: br1 },
    ],
});
new linuxnet.Route("nowhere", { host: inner, destination: "2001:db8:99::/48", type: "unreachable" });

const reply = new linuxnet.Reachability("replies", {
    ...{ from: ns1, to: "192.0.2.254", expect: { ttl: 64 }, packetBytes: 1400, dontFragment: true, timeoutSeconds: 5 },
});
new linuxnet.Reachability("refuses", { from: { host: inner }, to: "2001:db8:99::1", expect: "unreachable" });
new linuxnet.Reachability("dark", { from: ns3, to: "192.0.2.1", expect: "unreachable" });

export const result = reply.result;
