import * as linuxnet from "pulumi-linuxnet";

// A fat-tree of switches with k ports each: k pods, each with k/2 edge switches below k/2 aggregation switches,
// and (k/2)² core switches above them all. k = 4 makes 20 switches and 16 hosts; k is even, up to 16.
const k = 4;

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const half = upTo(k / 2);

interface Switch {
    readonly name: string;
    readonly namespace: linuxnet.Namespace;
}

/** A switch that routes: a namespace that forwards. */
function makeSwitch(name: string): Switch {
    const namespace = new linuxnet.Namespace(name);
    new linuxnet.ForwardingSetting(`${name}-forwards`, { namespace, ipv4: true });
    return { name, namespace };
}

/** A cable between two switches; the lower one has the even address of a network of two. */
function connect(lower: Switch, upper: Switch, net: string, at: number): { low: string; high: string } {
    const [low, high] = [`${net}.${2 * at}`, `${net}.${2 * at + 1}`];
    new linuxnet.VethPair(`${lower.name}-${upper.name}`, {
        left: { namespace: lower.namespace, name: upper.name, addresses: [`${low}/31`] },
        right: { namespace: upper.namespace, name: lower.name, addresses: [`${high}/31`] },
    });
    return { low, high };
}

/** What a switch does not know below itself goes up, by all the ways there are. */
function routeUp({ name, namespace }: Switch, gateways: readonly string[]): void {
    const nexthops = gateways.map((gateway) => ({ gateway }));
    new linuxnet.Route(`${name}-up`, { namespace, destination: "0.0.0.0/0", nexthops });
}

function routeDown({ name, namespace }: Switch, destination: string, gateway: string): void {
    new linuxnet.Route(`${name}-${destination}`, { namespace, destination, gateway });
}

/** An edge switch's rack: a bridge, which is the gateway of the hosts in it. */
function makeRack({ name, namespace: edge }: Switch, id: string, lan: string): linuxnet.Namespace[] {
    const bridge = new linuxnet.Bridge(`${name}-br0`, { namespace: edge, name: "br0", addresses: [`${lan}.1/24`] });
    return half.map((index) => {
        const namespace = new linuxnet.Namespace(`h${id}-${index}`);
        new linuxnet.VethPair(`h${id}-${index}-${name}`, {
            left: { namespace, name: "eth0", addresses: [`${lan}.${index + 2}/24`] },
            right: { bridge, name: `h${index}` },
        });
        new linuxnet.Route(`h${id}-${index}-default`, { namespace, destination: "default", gateway: `${lan}.1` });
        return namespace;
    });
}

const cores = half.map((row) => half.map((column) => makeSwitch(`core${row}-${column}`)));

const hosts = upTo(k).flatMap((pod) => {
    // Each aggregation switch of a pod is joined to the core switches of one row; they know one way down to each pod.
    const aggregations = cores.map((row, at) => {
        const aggregation = makeSwitch(`agg${pod}-${at}`);
        const gateways = row.map((core, column) => {
            const { low, high } = connect(aggregation, core, `172.17.${pod}`, at * half.length + column);
            routeDown(core, `10.${pod}.0.0/16`, low);
            return high;
        });
        routeUp(aggregation, gateways);
        return aggregation;
    });
    return half.flatMap((rack) => {
        const edge = makeSwitch(`edge${pod}-${rack}`);
        const gateways = aggregations.map((aggregation, at) => {
            const { low, high } = connect(edge, aggregation, `172.16.${pod}`, rack * half.length + at);
            routeDown(aggregation, `10.${pod}.${rack}.0/24`, low);
            return high;
        });
        routeUp(edge, gateways);
        return makeRack(edge, `${pod}-${rack}`, `10.${pod}.${rack}`);
    });
});

// Each switch on the way takes one from the ttl of 64: none within a rack, three within a pod, five from pod to pod.
const [from] = hosts;
function check(name: string, to: string, ttl: number) {
    return new linuxnet.Reachability(name, { from: from as linuxnet.Namespace, to, expect: { ttl } }).result;
}
export const withinTheRack = check("within-the-rack", "10.0.0.3", 64);
export const withinThePod = check("within-the-pod", "10.0.1.2", 61);
export const toAnotherPod = check("to-another-pod", "10.1.0.2", 59);
