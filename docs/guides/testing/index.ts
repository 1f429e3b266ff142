import * as linuxnet from "pulumi-linuxnet";

// A client, ns1, and two servers on one switch, which has a namespace to itself: nothing of the lab is on the host.
const place = new linuxnet.Namespace("switch");
const bridge = new linuxnet.Bridge("br0", { namespace: place });

function machine(number: number): linuxnet.Namespace {
    const namespace = new linuxnet.Namespace(`ns${number}`);
    new linuxnet.VethPair(`cable${number}`, {
        left: { namespace, name: `veth-ns${number}`, addresses: [`192.168.1.${number}/24`] },
        right: { bridge, name: `port${number}` },
    });
    return namespace;
}
const [client, ...servers] = [machine(1), machine(2), machine(3)] as const;

// A lab that does not work is told from software that does not work: up fails, and no test is run.
new linuxnet.Reachability("ns1-reaches-ns2", { from: client, to: "192.168.1.2", expect: { ttl: 64 } });
new linuxnet.Reachability("ns1-reaches-ns3", { from: client, to: "192.168.1.3", expect: { ttl: 64 } });

export const namespaces = [client, ...servers].map(({ name }) => name);
