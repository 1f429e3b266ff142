import * as linuxnet from "pulumi-linuxnet";

const lab = new linuxnet.Switch("lab");

const ns1 = lab.attach("ns1", { addresses: ["192.168.1.1/24"] });
const ns2 = lab.attach("ns2", { addresses: ["192.168.1.2/24"] });
const ns3 = lab.attach("ns3", { addresses: ["192.168.1.3/24"] });

// A switch is no router: the ttl arrives as it was sent.
for (const from of [ns1, ns2, ns3]) {
    for (const to of [ns1, ns2, ns3].filter((other) => other !== from)) {
        const name = `${from.name}-reaches-${to.name}`;
        new linuxnet.Reachability(name, { from, to: to.address, expect: { ttl: 64 } });
    }
}
