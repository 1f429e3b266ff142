import { ip, run } from "./kernel";
import { withPlace } from "./place";
import { skip } from "./skip";

/** What some kernels lack, each with the command that needs it, run in a namespace that has a link `left` with the peer `right`. */
const probes = {
    netem: "tc qdisc add dev left root netem delay 1ms",
    tbf: "tc qdisc add dev left root tbf rate 1mbit burst 32kbit latency 400ms",
    htb: "tc qdisc add dev left root handle 1: htb",
    vlan: "ip link add link left name probe type vlan id 7",
    "bridge vlan filtering": "ip link add name probe type bridge vlan_filtering 1",
    dummy: "ip link add name probe type dummy",
    ifb: "ip link add name probe type ifb",
    vxlan: "ip link add name probe type vxlan id 7 local 127.0.0.1 dstport 4789",
    macvlan: "ip link add link left name probe type macvlan",
    ipvlan: "ip link add link left name probe type ipvlan",
    wireguard: "ip link add name probe type wireguard",
    gre: "ip link add name probe type gre local 127.0.0.1 remote 127.0.0.2",
    vrf: "ip link add name probe type vrf table 7",
    tun: "ip tuntap add dev probe mode tun",
    "nexthop objects": "ip nexthop add id 7 blackhole",
    "policy routing": "ip rule add to 10.0.0.0/8 lookup 7",
    nftables: "nft add table inet probe",
    br_netfilter: "cat /proc/sys/net/bridge/bridge-nf-call-iptables",
} as const;

export type Feature = keyof typeof probes;

export const features = Object.keys(probes) as readonly Feature[];

const known = new Map<Feature, Promise<boolean>>();

export function hasFeature(feature: Feature): Promise<boolean> {
    const answer = known.get(feature) ?? probe(feature);
    known.set(feature, answer);
    return answer;
}

/** In a test or a hook: skips it by name where this kernel cannot do it. */
export async function requireFeature(context: Mocha.Context, feature: Feature): Promise<void> {
    if (!(await hasFeature(feature))) skip(context, `this kernel has no ${feature}`);
}

/** Any other failure than the kernel's "there is no such thing" is a failure of the probe, and not an absent feature. */
function probe(feature: Feature): Promise<boolean> {
    return withPlace(async ({ name }) => {
        await ip("-n", name, "link", "add", "name", "left", "type", "veth", "peer", "name", "right");
        const { code, stderr } = await run(probes[feature].split(" "), { where: name });
        const isAbsent =
            /not supported|Unknown device type|^open: No such file|^cat: .*No such file|qdisc kind is unknown/im.test(
                stderr,
            );
        if (code !== 0 && !isAbsent) {
            throw new Error(`${probes[feature]} (${code}): ${stderr}`);
        }
        return code === 0;
    }, "probe");
}
