import * as linuxnet from "pulumi-linuxnet";

// Two hosts, and a third one that is the router between them.
const router = new linuxnet.Router("lab", { host: new linuxnet.SimulatedHost("router") });
const left = router.attach("left", { host: new linuxnet.SimulatedHost("left"), subnet: "10.0.2.0/24" });
const right = router.attach("right", { host: new linuxnet.SimulatedHost("right"), subnet: "10.0.3.0/24" });

// A switch on each of them, and a tunnel between the two.
const overlay = new linuxnet.Overlay("containers", { vni: 42, sites: [left, right], subnet: "192.168.1.0/24" });
const ns1 = overlay.attach("ns1", { at: left });
const ns2 = overlay.attach("ns2", { at: left });
const ns3 = overlay.attach("ns3", { at: right });
const ns4 = overlay.attach("ns4", { at: right });

// No router in between that they could notice; and a full packet, less what the tunnel takes, passes in one piece.
const whole = { packetBytes: 1450, dontFragment: true, expect: { ttl: 64 } };
new linuxnet.Reachability("left-reaches-right", { from: left, to: right.address, expect: { ttl: 63 } });
for (const [from, to] of [
    [ns1, ns3],
    [ns2, ns4],
    [ns3, ns2],
    [ns4, ns1],
] as const) {
    new linuxnet.Reachability(`${from.name}-reaches-${to.name}`, { from, to: to.address, ...whole });
}
