import { type After, AT_REST, BESIDE, BESIDE_IT, type Before, declare, inItsPlace, inTheWay } from "./scene";

/** Neighbours to send to, whoever they are. */
const NEIGHBOURS = `
ip link add name eth7 type veth peer name eth8
ip link set dev eth8 up
ip link set dev eth7 up
ip address add 10.6.0.1/24 dev eth7
ip address add fd06::1/64 dev eth7
until ip -6 route show table local | grep -q fd06::1; do sleep 0.05; done
${AT_REST}`;

const FAMILIES = [
    { ipv: "IPv4", gateway: "10.6.0.2", other: "10.6.0.3", third: "10.6.0.4", to: "10.77.0.0/16", metric: "" },
    { ipv: "IPv6", gateway: "fd06::2", other: "fd06::3", third: "fd06::4", to: "fd77::/48", metric: " metric 1024" },
] as const;

const scenes = ({ ipv, gateway, other, third, to, metric }: (typeof FAMILIES)[number]): Before[] => {
    const ours = [declare("Route", { destination: to, gateway, device: "eth7" })];
    const del = `ip route del ${to}`;
    const found = (words: string) => inTheWay(`a route "${words}" on the host`);
    const scene = (title: string, theirs: string, away: string, outcome: Pick<Before, "check" | "create">): Before => ({
        title: `${title}, of ${ipv}`,
        given: NEIGHBOURS,
        ours,
        theirs,
        away,
        ...outcome,
    });
    return [
        scene(
            "somebody's same one",
            `ip route add ${to} via ${gateway} dev eth7`,
            del,
            found(`${to} via ${gateway} dev eth7${metric} proto 3`),
        ),
        scene(
            "somebody's by another gateway",
            `ip route add ${to} via ${other}`,
            del,
            found(`${to} via ${other} dev eth7${metric} proto 3`),
        ),
        scene(
            "a routing daemon's",
            `ip route add ${to} via ${other} proto bird`,
            del,
            found(`${to} via ${other} dev eth7${metric} proto 12`),
        ),
        scene(
            "somebody's over several gateways",
            `ip route add ${to} nexthop via ${other} weight 2 nexthop via ${third}`,
            del,
            found(
                `${to}${metric} proto 3 nexthop via ${other} dev eth7 weight 2 nexthop via ${third} dev eth7 weight 1`,
            ),
        ),
        scene(
            "somebody's that refuses what goes there",
            `ip route add unreachable ${to}`,
            `ip route del unreachable ${to}`,
            found(`unreachable ${to}${metric} proto 3`),
        ),
        scene(
            "somebody's with another metric",
            `ip route add ${to} via ${other} metric 77`,
            `${del} metric 77`,
            BESIDE,
        ),
        scene("somebody's in another table", `ip route add ${to} via ${other} table 77`, `${del} table 77`, BESIDE),
        scene(
            "somebody's to a part of it",
            `ip route add ${to.replace(/\/.*/, "/64").replace("10.77.0.0/64", "10.77.1.0/24")} via ${other}`,
            `ip route del ${to.replace(/\/.*/, "/64").replace("10.77.0.0/64", "10.77.1.0/24")}`,
            BESIDE,
        ),
    ];
};

const ours4 = declare("Route", { destination: "10.77.0.0/16", gateway: "10.6.0.2", device: "eth7" });
const ours6 = declare("Route", { destination: "fd77::/48", gateway: "fd06::2", device: "eth7" });

export const ROUTES: readonly Before[] = [
    ...FAMILIES.flatMap(scenes),
    {
        title: "somebody's for another type of service",
        given: NEIGHBOURS,
        ours: [ours4],
        theirs: "ip route add 10.77.0.0/16 tos 0x10 via 10.6.0.3",
        away: "ip route del 10.77.0.0/16 tos 0x10",
        ...BESIDE,
    },
    {
        title: "somebody's by a nexthop object",
        needs: "nexthop objects",
        given: NEIGHBOURS,
        ours: [ours4],
        theirs: "ip nexthop add id 7 via 10.6.0.3 dev eth7; ip route add 10.77.0.0/16 nhid 7",
        away: "ip route del 10.77.0.0/16; ip nexthop del id 7",
        ...inTheWay('a route "10.77.0.0/16 via 10.6.0.3 dev eth7 proto 3" on the host'),
    },
    {
        title: "somebody's default route",
        given: NEIGHBOURS,
        ours: [declare("Route", { destination: "default", gateway: "10.6.0.2", device: "eth7" })],
        theirs: "ip route add default via 10.6.0.3 proto dhcp",
        away: "ip route del default",
        ...inTheWay('a route "0.0.0.0/0 via 10.6.0.3 dev eth7 proto 16" on the host'),
    },
    {
        title: "somebody's default route with another metric",
        given: NEIGHBOURS,
        ours: [declare("Route", { destination: "default", gateway: "10.6.0.2", device: "eth7", metric: 50 })],
        theirs: "ip route add default via 10.6.0.3 proto dhcp metric 100",
        away: "ip route del default",
        ...BESIDE,
    },
    {
        title: "another stack's same one",
        given: NEIGHBOURS,
        others: [ours4],
        ours: [ours4],
        ...inTheWay("a claim on 10.77.0.0/16", "it belongs to lab/other/Route0"),
    },
];

export const ROUTES_AFTER: readonly After[] = [
    {
        title: "somebody's has taken its place",
        given: NEIGHBOURS,
        ours: [ours4],
        theirs: "ip route replace 10.77.0.0/16 via 10.6.0.3",
        away: "ip route del 10.77.0.0/16",
        ...inItsPlace('a route "10.77.0.0/16 via 10.6.0.3 dev eth7 proto 3" on the host'),
    },
    {
        title: "somebody's has taken its place, of IPv6",
        given: NEIGHBOURS,
        ours: [ours6],
        theirs: "ip route replace fd77::/48 via fd06::3",
        away: "ip route del fd77::/48",
        ...inItsPlace('a route "fd77::/48 via fd06::3 dev eth7 metric 1024 proto 3" on the host'),
    },
    {
        title: "somebody's over several gateways has taken its place",
        given: NEIGHBOURS,
        ours: [ours4],
        theirs: "ip route replace 10.77.0.0/16 nexthop via 10.6.0.3 nexthop via 10.6.0.4",
        away: "ip route del 10.77.0.0/16",
        ...inItsPlace(
            'a route "10.77.0.0/16 proto 3 nexthop via 10.6.0.3 dev eth7 weight 1 nexthop via 10.6.0.4 dev eth7 weight 1" on the host',
        ),
    },
    {
        title: "somebody's same one in front of it",
        given: NEIGHBOURS,
        ours: [ours4],
        theirs: "ip route prepend 10.77.0.0/16 via 10.6.0.3",
        away: "ip route del 10.77.0.0/16 via 10.6.0.3",
        ...BESIDE_IT,
    },
    {
        title: "somebody's same one behind it",
        given: NEIGHBOURS,
        ours: [ours4],
        theirs: "ip route append 10.77.0.0/16 via 10.6.0.3",
        away: "ip route del 10.77.0.0/16 via 10.6.0.3",
        ...BESIDE_IT,
    },
    {
        title: "somebody's with another metric, in another table and by another protocol",
        given: NEIGHBOURS,
        ours: [ours4],
        theirs: `ip route add 10.77.0.0/16 via 10.6.0.3 metric 7; ip route add 10.77.0.0/16 via 10.6.0.3 table 77
            ip route add 10.77.0.0/17 via 10.6.0.3 proto bird`,
        away: `ip route del 10.77.0.0/16 metric 7; ip route del 10.77.0.0/16 table 77; ip route del 10.77.0.0/17`,
        ...BESIDE_IT,
    },
    {
        title: "somebody's with another metric, of IPv6",
        given: NEIGHBOURS,
        ours: [ours6],
        theirs: "ip route add fd77::/48 via fd06::3 metric 7",
        away: "ip route del fd77::/48 metric 7",
        ...BESIDE_IT,
    },
];
