import { type After, AT_REST, BESIDE, BESIDE_IT, type Before, declare, inTheWay } from "./scene";

/** A device of somebody else's that has addresses, with a carrier, and another one. */
const DEVICES = `
ip link add name eth7 type veth peer name eth8
ip link add name eth9 up type bridge
ip link set dev eth8 up
ip link set dev eth7 up
ip address add 10.6.0.1/24 dev eth7
ip address add fd06::1/64 dev eth7
until ip -6 route show table local | grep -q fd06::1; do sleep 0.05; done
${AT_REST}`;

const on = (address: string, device = "eth7") => declare("Address", { device, address });
const found = (address: string) => inTheWay(`the address ${address} on eth7 on the host`);

const SCENES: readonly Before[] = [
    { title: "somebody's same one, of IPv4", theirs: DEVICES, ours: [on("10.6.0.1/24")], ...found("10.6.0.1/24") },
    { title: "somebody's same one, of IPv6", theirs: DEVICES, ours: [on("fd06::1/64")], ...found("fd06::1/64") },
    {
        title: "somebody's with another prefix length, of IPv6, which the kernel has once",
        theirs: DEVICES,
        ours: [on("fd06::1/48")],
        ...found("fd06::1/64"),
    },
    {
        title: "somebody's with another prefix length, of IPv4",
        theirs: DEVICES,
        ours: [on("10.6.0.1/16")],
        ...BESIDE,
    },
    { title: "somebody's in the same subnet", theirs: DEVICES, ours: [on("10.6.0.9/24")], ...BESIDE },
    { title: "somebody's same one on another device", theirs: DEVICES, ours: [on("10.6.0.1/24", "eth9")], ...BESIDE },
    {
        title: "somebody's same one on another device, of IPv6",
        theirs: DEVICES,
        ours: [on("fd06::1/64", "eth9")],
        ...BESIDE,
    },
    {
        title: "somebody's with a label and a peer",
        theirs: `${DEVICES}; ip address add 10.6.1.1 peer 10.6.1.2 dev eth7 label eth7:one`,
        ours: [on("10.6.1.1/32")],
        // Another one to the kernel: that of its peer's subnet (devinet.c).
        ...BESIDE,
    },
    {
        title: "another stack's same one",
        given: DEVICES,
        others: [on("10.6.0.9/24")],
        ours: [on("10.6.0.9/24")],
        ...inTheWay("the address 10.6.0.9/24 on eth7 on the host", "it belongs to lab/other/Address0"),
    },
];

export const ADDRESSES = SCENES.map(
    (scene): Before =>
        scene.theirs === undefined ? scene : { ...scene, away: "ip link del dev eth7; ip link del dev eth9" },
);

export const ADDRESSES_AFTER: readonly After[] = [
    {
        title: "somebody's in the same subnet, behind it",
        given: DEVICES,
        ours: [on("10.66.0.1/24")],
        theirs: "ip address add 10.66.0.2/24 dev eth7",
        away: "ip address del 10.66.0.2/24 dev eth7",
        ...BESIDE_IT,
        // The first one of a subnet goes: the next one takes its place.
        yields: /host (address eth7 .*10\.66\.0\.2|route .*10\.66\.0\.)/,
    },
    {
        title: "somebody's same one on another device",
        given: DEVICES,
        ours: [on("10.66.0.1/24")],
        theirs: "ip address add 10.66.0.1/24 dev eth9",
        away: "ip address del 10.66.0.1/24 dev eth9",
        ...BESIDE_IT,
    },
    {
        title: "somebody's route through its subnet",
        given: DEVICES,
        ours: [on("10.66.0.1/24")],
        theirs: "ip address add 10.66.0.7/24 dev eth7; ip route add 10.67.0.0/16 via 10.66.0.2",
        away: "ip route del 10.67.0.0/16; ip address del 10.66.0.7/24 dev eth7",
        ...BESIDE_IT,
        yields: /host (address eth7 .*10\.66\.0\.7|route .*10\.66\.0\.[07])/,
    },
];
