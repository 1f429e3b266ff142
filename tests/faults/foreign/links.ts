import type { Feature } from "../../support/features";
import {
    type After,
    AT_REST,
    BESIDE,
    BESIDE_IT,
    type Before,
    type Declared,
    declare,
    inItsPlace,
    inTheWay,
} from "./scene";

const pair = declare("VethPair", { leftName: "cable-l", rightName: "cable-r" });
const bridge = declare("Bridge", { name: "br7", addresses: "10.7.0.1/24" });
const namespace = declare("Namespace", { name: "ns1" });
const port = declare("VethPair", { leftName: "cable-l", leftBridge: "br7", rightName: "cable-r" });
const tunnel = declare("Vxlan", { name: "vx7", vni: 42, local: "10.6.0.1", remotes: "10.6.0.2" });

/** The device whose address the tunnel has. */
const UNDERLAY = `
ip link add name eth7 type veth peer name eth8
ip address add 10.6.0.1/24 dev eth7
ip link set dev eth7 up
ip link set dev eth8 up
${AT_REST}`;
const VXLAN = "type vxlan id 42 local 10.6.0.1 dstport 4789";

/** What may have a name already. */
const KINDS: readonly (readonly [kind: string, words: string, needs?: Feature])[] = [
    ["bridge", "type bridge"],
    ["veth", "type veth peer name theirs0"],
    ["vxlan", "type vxlan id 7 local 127.0.0.1 dstport 4790"],
    ["ifb", "type ifb", "ifb"],
    ["dummy", "type dummy", "dummy"],
];

const named = KINDS.flatMap(([kind, words, needs]): Before[] =>
    ([pair, bridge, tunnel] as const).map((wanted) => {
        const name = String(wanted.inputs.leftName ?? wanted.inputs.name);
        const article = kind === "ifb" ? "an" : "a";
        return {
            title: `${article} ${kind} of its name`,
            ...(needs === undefined ? {} : { needs }),
            given: wanted === tunnel ? UNDERLAY : "",
            ours: [wanted],
            theirs: `ip link add name ${name} ${words}; ip link set dev ${name} mtu 1400`,
            away: `ip link del dev ${name}`,
            ...inTheWay(`${article} ${kind} named ${name} on the host`),
        };
    }),
);

const altname = ([pair, bridge, tunnel] as const).map((wanted): Before => {
    const name = String(wanted.inputs.leftName ?? wanted.inputs.name);
    return {
        title: "an altname that is its name",
        given: wanted === tunnel ? UNDERLAY : "",
        ours: [wanted],
        theirs: `ip link add name theirs0 type bridge; ip link property add dev theirs0 altname ${name}`,
        away: "ip link del dev theirs0",
        ...inTheWay(`a bridge named theirs0 on the host (altname "${name}")`),
    };
});

export const LINKS: readonly Before[] = [
    ...named,
    ...altname,
    {
        title: "a tap of its other end's name",
        needs: "tun",
        ours: [pair],
        theirs: "ip tuntap add dev cable-r mode tap",
        away: "ip tuntap del dev cable-r mode tap",
        ...inTheWay("a tun named cable-r on the host"),
    },
    {
        title: "a link of its name in the namespace of ours that it goes into",
        ours: [namespace, declare("VethPair", { leftName: "cable-l", rightName: "eth0", rightNamespace: "ns1" })],
        theirs: "ip -n ns1 link add name eth0 type bridge; ip -n ns1 link set dev eth0 alias mine",
        away: "ip -n ns1 link del dev eth0",
        ...inTheWay('a bridge named eth0 in namespace ns1 (alias "mine")'),
    },
    {
        title: "another stack's of its name",
        others: [pair],
        ours: [pair],
        ...inTheWay("a veth named cable-l on the host", "it belongs to lab/other/VethPair0"),
    },
    {
        title: "a pair of somebody's that becomes a port of his own bridge",
        ours: [pair],
        theirs: "ip link add name br7 type bridge; ip link add name cable-r type veth peer name theirs0; ip link set dev cable-r master br7 up",
        away: "ip link del dev cable-r; ip link del dev br7",
        ...inTheWay("a veth named cable-r on the host"),
    },
    {
        title: "what is to be its bridge is none",
        ours: [port],
        theirs: "ip link add name br7 type veth peer name theirs0",
        away: "ip link del dev br7",
        check: /^left\.bridge: given "br7"\nexpected a bridge on the host\nbr7 is a veth there$/,
        create: /^ip link set dev cable-l master br7: .+\nRunning again continues from here\.$/s,
    },
    {
        title: "somebody's bridge that is to be its bridge",
        ours: [port],
        theirs: "ip link add name br7 address 02:00:00:00:00:07 type bridge; ip address add 10.7.0.1/24 dev br7",
        away: "ip link del dev br7",
        ...BESIDE,
    },
    {
        title: "a bridge of its name, with an address and a port",
        ours: [bridge],
        theirs: `ip link add name br7 type bridge; ip address add 10.7.0.1/24 dev br7; ip link set dev br7 up
            ip link add name theirs0 type veth peer name theirs1; ip link set dev theirs0 master br7 up
            ip link set dev theirs1 up; until ip link show dev br7 | grep -q "state UP"; do sleep 0.1; done`,
        away: "ip link del dev theirs0; ip link del dev br7",
        ...inTheWay("a bridge named br7 on the host"),
    },
    {
        title: "another stack's of its name",
        others: [declare("Bridge", { name: "br7" })],
        ours: [bridge],
        ...inTheWay("a bridge named br7 on the host", "it belongs to lab/other/Bridge0"),
    },
    {
        title: "somebody's tunnel of its network and port",
        given: UNDERLAY,
        ours: [tunnel],
        theirs: `ip link add name flannel.1 ${VXLAN}; ip link set dev flannel.1 up`,
        away: "ip link del dev flannel.1",
        check: /^vni: given 42\nexpected a network identifier of its own on the host\nflannel\.1 has it already$/,
        create: /^ip link add name vx7 .*VNI already exists.*\nRunning again continues from here\.$/s,
    },
    {
        title: "somebody's process at its port",
        given: UNDERLAY,
        ours: [tunnel],
        theirs: `node -e 'require("node:dgram").createSocket("udp4").bind(4789)' </dev/null >/dev/null 2>&1 &
            echo $! > /run/theirs.pid; until ss -Huln sport = 4789 | grep -q 4789; do sleep 0.1; done`,
        away: "[ ! -e /run/theirs.pid ] || { kill -9 $(cat /run/theirs.pid); rm /run/theirs.pid; }",
        check: /^ip link set dev vx7 up: .*Address already in use/s,
        create: /^ip link set dev vx7 up: .*Address already in use/s,
    },
    {
        title: "somebody's tunnel of its network at another port",
        given: UNDERLAY,
        ours: [tunnel],
        theirs: "ip link add name flannel.1 type vxlan id 42 local 10.6.0.1 dstport 8472; ip link set dev flannel.1 up",
        away: "ip link del dev flannel.1",
        ...BESIDE,
    },
    {
        title: "somebody's tunnel of another network at its port",
        given: UNDERLAY,
        ours: [tunnel],
        theirs: "ip link add name flannel.1 type vxlan id 43 local 10.6.0.1 dstport 4789; ip link set dev flannel.1 up",
        away: "ip link del dev flannel.1",
        ...BESIDE,
    },
];

/** A device of somebody's that lives on one of ours, and would go with it. */
const upper = (ours: Declared, device: string, type: Feature, words = ""): After => ({
    title: `somebody's ${type} on ${device}`,
    needs: type,
    ours: [ours],
    theirs: `ip link add link ${device} name theirs0 type ${type} ${words}`,
    away: "ip link del dev theirs0",
    ...BESIDE_IT,
    destroy: new RegExp(
        `^found an? ${type} named theirs0 on the host, which is on ${device}: linuxnet did not create it\\.\n` +
            `${device} was not deleted: what is on it would go along\\. Remove it \\(ip link del dev theirs0\\), and run again\\.$`,
    ),
});

export const LINKS_AFTER: readonly After[] = [
    upper(pair, "cable-l", "macvlan"),
    upper(pair, "cable-r", "ipvlan"),
    upper(pair, "cable-r", "vlan", "id 7"),
    upper(bridge, "br7", "macvlan"),
    {
        title: "a bridge of its name has taken its place",
        ours: [pair],
        theirs: "ip link del dev cable-l; ip link add name cable-l type bridge",
        away: "ip link del dev cable-l",
        ...inItsPlace("a bridge named cable-l on the host"),
    },
    {
        title: "a pair of both its names has taken its place",
        ours: [pair],
        theirs: "ip link del dev cable-l; ip link add name cable-l type veth peer name cable-r; ip link set dev cable-l up",
        away: "ip link del dev cable-l",
        ...inItsPlace("a veth named cable-l on the host"),
    },
    {
        title: "an altname that is its name has taken its place",
        ours: [pair],
        theirs: `ip link del dev cable-l
            ip link add name theirs0 type bridge; ip link property add dev theirs0 altname cable-l`,
        away: "ip link del dev theirs0",
        ...inItsPlace('a bridge named theirs0 on the host (altname "cable-l")'),
    },
    {
        title: "one end was moved away, and somebody's link has its name",
        given: "ip netns add theirs",
        ours: [pair],
        theirs: "ip link set dev cable-r netns theirs; ip link add name cable-r type bridge",
        away: "ip link del dev cable-r",
        ...inItsPlace("a bridge named cable-r on the host"),
        // The rest of ours.
        yields: /theirs .*cable-r|host .*cable-l/,
    },
    {
        title: "one end was moved into somebody's namespace",
        given: "ip netns add theirs; ip -n theirs link add name theirs0 type bridge",
        ours: [pair],
        theirs: "ip link set dev cable-r netns theirs",
        update: "works",
        refresh: [["gone"], "works"],
        destroy: "works",
        yields: /(theirs|host) .*cable-[lr]|host route/,
    },
    {
        title: "one end that somebody has made his, by an alias and an address",
        ours: [pair],
        theirs: "ip address add 10.66.0.1/24 dev cable-l; ip link set dev cable-l alias mine",
        away: "ip link del dev cable-l",
        ...inItsPlace('a veth named cable-l on the host (alias "mine")'),
    },
    {
        title: "a bridge of its name, with a port, has taken its place",
        ours: [bridge],
        theirs: `ip link del dev br7; ip link add name br7 up type bridge; ip address add 10.7.0.1/24 dev br7
            ip link add name theirs0 type veth peer name theirs1; ip link set dev theirs0 master br7 up
            ip link set dev theirs1 up; until ip link show dev br7 | grep -q "state UP"; do sleep 0.1; done`,
        away: "ip link del dev theirs0; ip link del dev br7",
        ...inItsPlace("a bridge named br7 on the host"),
    },
    {
        title: "a veth of its name has taken its place",
        ours: [bridge],
        theirs: "ip link del dev br7; ip link add name br7 type veth peer name theirs0; ip link set dev br7 up",
        away: "ip link del dev br7",
        ...inItsPlace("a veth named br7 on the host"),
    },
    {
        title: "somebody's tunnel on it",
        needs: "vxlan",
        ours: [pair],
        theirs: "ip link add name theirs0 type vxlan id 43 local 10.6.0.1 dstport 4790 dev cable-l",
        away: "ip link del dev theirs0",
        ...BESIDE_IT,
        destroy: /^found a vxlan named theirs0 on the host, which is on cable-l: /,
    },
    {
        title: "somebody's link was put into it",
        given: `ip link add name theirs0 up type veth peer name theirs1; ip link set dev theirs1 up
            until [ "$(ip -o addr show | grep -c "theirs.*fe80")" = 2 ]; do sleep 0.1; done; sleep 0.2`,
        ours: [bridge],
        // The bridge has its first port then, and is up a moment later.
        theirs: "ip link set dev theirs0 master br7; until ip -o addr show dev br7 | grep -q fe80; do sleep 0.1; done; sleep 0.2",
        away: "ip link set dev theirs0 nomaster",
        ...BESIDE_IT,
        // It would let the port go.
        destroy:
            /^found a veth named theirs0 on the host, a port of br7: linuxnet did not create it\.\nbr7 was not deleted\. Take the port out \(ip link set dev theirs0 nomaster\), and run again\.$/,
    },
    {
        title: "a tunnel of its name and network has taken its place",
        given: UNDERLAY,
        ours: [tunnel],
        theirs: `ip link del dev vx7; ip link add name vx7 ${VXLAN}; ip link set dev vx7 up
            bridge fdb append 00:00:00:00:00:00 dev vx7 dst 10.6.0.3`,
        away: "ip link del dev vx7",
        ...inItsPlace("a vxlan named vx7 on the host"),
    },
    {
        title: "a tunnel of its network has taken its place, under another name",
        given: UNDERLAY,
        ours: [tunnel],
        theirs: `ip link del dev vx7; ip link add name flannel.1 ${VXLAN}`,
        away: "ip link del dev flannel.1",
        update: /^ip link add name vx7 .*VNI already exists/s,
        refresh: [["gone"], /^vni: given 42\n.*\nflannel\.1 has it already$/],
        destroy: "works",
    },
];
