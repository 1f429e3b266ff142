import * as pulumi from "@pulumi/pulumi";
import * as linuxnet from "pulumi-linuxnet";

// Two machines, if the stack's configuration says how they are reached; if not, two simulated ones.
const left = linuxnet.configuredHost("left") ?? new linuxnet.SimulatedHost("left");
const right = linuxnet.configuredHost("right") ?? new linuxnet.SimulatedHost("right");

if (typeof left !== typeof right) throw new pulumi.RunError("Configure both hosts, left and right, or neither.");

const config = new pulumi.Config();
const leftUplink = config.get("leftUplink") ?? "10.0.2.15";
const rightUplink = config.get("rightUplink") ?? "10.0.2.16";

// Real machines have their uplinks, with these addresses. Simulated ones get a cable.
if (typeof left === "object" && typeof right === "object") {
    new linuxnet.VethPair("uplink", {
        left: { host: left, name: "enp0s3", addresses: [`${leftUplink}/24`] },
        right: { host: right, name: "enp0s3", addresses: [`${rightUplink}/24`] },
    });
}

// Each host is the router of its own network, behind a bridge with an address. The names are the same on both.
function network(side: string, host: linuxnet.HostInput, lan: string): linuxnet.Namespace[] {
    const br0 = new linuxnet.Bridge(`${side}-br0`, { host, name: "br0", addresses: [`${lan}.1/24`] });
    new linuxnet.ForwardingSetting(`${side}-forwarding`, { host, ipv4: true });
    return ["ns1", "ns2"].map((name, index) => {
        const namespace = new linuxnet.Namespace(`${side}-${name}`, { host, name });
        new linuxnet.VethPair(`${side}-veth-${name}`, {
            left: { namespace, name: `veth-${name}`, addresses: [`${lan}.${index + 2}/24`] },
            right: { bridge: br0, name: `veth-${name}-br` },
        });
        new linuxnet.Route(`${side}-${name}-default`, { namespace, destination: "default", gateway: `${lan}.1` });
        return namespace;
    });
}
const leftNamespaces = network("left", left, "192.168.1");
const rightNamespaces = network("right", right, "192.168.2");

// The network behind the other host is reached by way of the other host's uplink.
new linuxnet.Route("left-to-right", { host: left, destination: "192.168.2.0/24", gateway: rightUplink });
new linuxnet.Route("right-to-left", { host: right, destination: "192.168.1.0/24", gateway: leftUplink });

// Two routers in between, the hosts: the ttl of 64 arrives as 62.
function reach(side: string, namespaces: linuxnet.Namespace[], addresses: string[]): pulumi.Output<string>[] {
    return namespaces.flatMap((from, index) =>
        addresses.map((to) => {
            const name = `${side}-ns${index + 1}-reaches-${to}`;
            return new linuxnet.Reachability(name, { from, to, expect: { ttl: 62 } }).result;
        }),
    );
}
export const leftToRight = reach("left", leftNamespaces, ["192.168.2.2", "192.168.2.3"]);
export const rightToLeft = reach("right", rightNamespaces, ["192.168.1.2", "192.168.1.3"]);
