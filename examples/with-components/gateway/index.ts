import * as linuxnet from "pulumi-linuxnet";

// A bridge on the host, which has 192.168.1.1 and forwards; ns1 has .2, ns2 has .3.
const lan = new linuxnet.Lan("lab", { subnet: "192.168.1.0/24" });
const ns1 = lan.attach("ns1");
const ns2 = lan.attach("ns2");

// The host's way out, and a neighbour there. A stand-in, so that the machine's own network card is left alone.
const uplink = new linuxnet.PointToPoint("uplink", {
    left: { host: "local" },
    right: "outside",
    subnet: "10.0.2.0/24",
});
const { left: host, right: outside } = uplink;
new linuxnet.Route("back", { ...outside.place, destination: lan.subnet, gateway: host.address });

// The gateway's own addresses are not behind it; what lies behind it is one router away.
for (const from of [ns1, ns2]) {
    const neighbour = from === ns1 ? ns2 : ns1;
    new linuxnet.Reachability(`${from.name}-to-${neighbour.name}`, {
        from,
        to: neighbour.address,
        expect: { ttl: 64 },
    });
    new linuxnet.Reachability(`${from.name}-to-host`, { from, to: host.address, expect: { ttl: 64 } });
    new linuxnet.Reachability(`${from.name}-to-outside`, { from, to: outside.address, expect: { ttl: 63 } });
    new linuxnet.Reachability(`outside-to-${from.name}`, { from: outside, to: from.address, expect: { ttl: 63 } });
}
