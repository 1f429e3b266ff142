import { star } from "../../benches/topologies";
import { arrange } from "../../cli/graph/arrange";
import { collapse } from "../../cli/graph/collapse";
import { drawLab, type Lab } from "../../cli/graph/draw";
import type { Picture } from "../../cli/graph/picture";
import type { Resource } from "../../model/topology/topology";

type Inputs = Resource["inputs"];

export const resource = (kind: string, name: string, inputs: Inputs): Resource => ({ kind, name, inputs });

export function pair(name: string, left: Inputs, right: Inputs): Resource {
    const side = (word: string, end: Inputs) =>
        Object.entries(end).map(([key, value]) => [word + key.charAt(0).toUpperCase() + key.slice(1), value]);
    return resource("VethPair", name, Object.fromEntries([...side("left", left), ...side("right", right)]));
}

/** Two namespaces and the router between them. */
export const ROUTER: readonly Resource[] = [
    ...["ns1", "ns2", "router"].map((name) => resource("Namespace", name, { name })),
    pair(
        "link1",
        { namespace: "ns1", name: "eth0", addresses: "10.1.0.2/24" },
        { namespace: "router", name: "r1", addresses: "10.1.0.1/24" },
    ),
    pair(
        "link2",
        { namespace: "ns2", name: "eth0", addresses: "10.2.0.2/24" },
        { namespace: "router", name: "r2", addresses: "10.2.0.1/24" },
    ),
    resource("ForwardingSetting", "forwarding", { namespace: "router", ipv4: true }),
    resource("Route", "to-ns2", { namespace: "ns1", destination: "10.2.0.0/24", gateway: "10.1.0.1" }),
    resource("Route", "to-ns1", { namespace: "ns2", destination: "default", gateway: "10.2.0.1" }),
];

/** One host of two, with a bridge over both of them. */
const site = (side: string, local: string, remotes: string): Resource[] => {
    const host = `local/${side}`;
    return [
        resource("SimulatedHost", side, { name: side }),
        resource("Bridge", `${side}-br0`, { host, name: "br0" }),
        resource("Vxlan", `${side}-vx0`, { host, bridge: "br0", name: "vx0", vni: 42, local, remotes }),
        resource("Namespace", `${side}-ns1`, { host, name: "ns1" }),
        pair(
            `${side}-link`,
            { host, namespace: "ns1", name: "eth0", addresses: `192.168.1.${local.slice(-1)}/24` },
            { host, name: "port", bridge: "br0" },
        ),
    ];
};
export const OVERLAY: readonly Resource[] = [
    ...site("left", "10.0.2.1", "10.0.2.2"),
    ...site("right", "10.0.2.2", "10.0.2.1"),
    pair(
        "cable",
        { host: "local/left", name: "up0", addresses: "10.0.2.1/24" },
        { host: "local/right", name: "up0", addresses: "10.0.2.2/24" },
    ),
];

/** Namespaces around a bridge. */
export const starOf = (size: number): Resource[] =>
    star(size)
        .waves.flat()
        .map(({ kind, name, inputs }) => {
            const given = Object.entries(inputs).filter(([, value]) => value !== undefined);
            return { kind, name, inputs: Object.fromEntries(given) };
        });

/** What a name may be that someone has thought of: the ends of texts, tags and scripts, of HTML, DOT and Mermaid. */
export const HOSTILE: readonly string[] = [
    "</script><script>window.hit = 1</script>",
    '<img src=x onerror="window.hit = 1">',
    '"];x--y["',
    'a\\"]; b [label="c',
    "\\N\\",
    "`**bold**`",
    "#quot;&amp;%%$&$1",
    "--><!--]]>",
    "{a|b}<BR/>",
    "end",
    "line\nbreak\u0000\u001b\ud800",
    "σ日本",
];

/** A lab in which everything bears one of these names. */
export const HOSTILE_LAB: readonly Resource[] = HOSTILE.flatMap((hostile, at) => {
    const namespace = hostile.replaceAll("/", "∕");
    return [
        resource("Namespace", hostile, { name: namespace, host: `local/${namespace}` }),
        pair(
            `link ${hostile}`,
            { host: `local/${namespace}`, namespace, name: hostile, addresses: `10.0.${at}.1/24` },
            { name: `x${hostile}`, addresses: `10.0.${at}.2/24` },
        ),
        resource("Route", hostile, {
            ...{ host: `local/${namespace}`, namespace, destination: "default", gateway: `10.0.${at}.2` },
        }),
    ];
});

export const draw = (resources: readonly Resource[], more: Partial<Lab> = {}): Picture =>
    drawLab({ title: "lab/dev", state: "declared", drifts: [], ...more, resources });

/** As the command draws it. */
export const picture = (resources: readonly Resource[], more: Partial<Lab> = {}): Picture =>
    arrange(collapse(draw(resources, more)));
