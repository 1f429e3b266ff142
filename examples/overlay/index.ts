import * as pulumi from "@pulumi/pulumi";
import * as linuxnet from "pulumi-linuxnet";

// Two machines, if the stack's configuration says how they are reached; if not, two simulated ones.
const left = linuxnet.configuredHost("left") ?? new linuxnet.SimulatedHost("left");
const right = linuxnet.configuredHost("right") ?? new linuxnet.SimulatedHost("right");

if (typeof left !== typeof right) throw new pulumi.RunError("Configure both hosts, left and right, or neither.");

const config = new pulumi.Config();
const leftUplink = config.get("leftUplink") ?? "10.0.2.15";
const rightUplink = config.get("rightUplink") ?? "10.0.3.16";

// Real machines have their uplinks, and a way from one to the other. Between simulated ones, a third one is the router.
if (typeof left === "object" && typeof right === "object") {
    const router = new linuxnet.SimulatedHost("router");
    new linuxnet.ForwardingSetting("router-forwarding", { host: router, ipv4: true });
    for (const [side, host, uplink] of [["left", left, leftUplink] as const, ["right", right, rightUplink] as const]) {
        const gateway = uplink.replace(/\d+$/, "1");
        new linuxnet.VethPair(`${side}-uplink`, {
            left: { host, name: "enp0s3", addresses: [`${uplink}/24`] },
            right: { host: router, name: `to-${side}`, addresses: [`${gateway}/24`] },
        });
        new linuxnet.Route(`${side}-default`, { host, destination: "default", gateway });
    }
}
new linuxnet.Reachability("left-reaches-right", { from: { host: left }, to: rightUplink });

// Around each packet VXLAN puts 50 bytes, and the uplinks take 1500: so much is left to the containers.
const mtu = 1450;

// One switch on two hosts: behind vx0 is all that is plugged into the other host's br0. The names are the same on both.
function site(side: string, host: linuxnet.HostInput, local: string, remotes: string[], addresses: string[]) {
    const br0 = new linuxnet.Bridge(`${side}-br0`, { host, name: "br0" });
    new linuxnet.Vxlan(`${side}-vx0`, { bridge: br0, name: "vx0", vni: 42, local, remotes });
    return addresses.map((address, index) => {
        const name = `ns${index + 1}`;
        const namespace = new linuxnet.Namespace(`${side}-${name}`, { host, name });
        new linuxnet.VethPair(`${side}-veth-${name}`, {
            left: { namespace, name: `veth-${name}`, addresses: [`${address}/24`], mtu },
            right: { bridge: br0, name: `veth-${name}-br` },
        });
        return namespace;
    });
}
const leftNamespaces = site("left", left, leftUplink, [rightUplink], ["192.168.1.2", "192.168.1.3"]);
const rightNamespaces = site("right", right, rightUplink, [leftUplink], ["192.168.1.4", "192.168.1.5"]);

// No router in between that the containers could notice: the ttl arrives as it was sent, and a full packet in one piece.
function reach(side: string, namespaces: linuxnet.Namespace[], addresses: string[]): pulumi.Output<string>[] {
    return namespaces.flatMap((from, index) =>
        addresses.map((to) => {
            const args = { from, to, packetBytes: mtu, dontFragment: true, expect: { ttl: 64 } };
            return new linuxnet.Reachability(`${side}-ns${index + 1}-reaches-${to}`, args).result;
        }),
    );
}
export const leftToRight = reach("left", leftNamespaces, ["192.168.1.4", "192.168.1.5"]);
export const rightToLeft = reach("right", rightNamespaces, ["192.168.1.2", "192.168.1.3"]);
