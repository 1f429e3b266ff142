import { byNumber } from "../../model/order.js";
import { type Place, placeMade, placeName, placeParts } from "../../model/place.js";
import { kernelDestination, kernelMetric, MAIN_TABLE, type RouteSpec } from "../../model/route.js";
import { splitList } from "../../model/schema.js";
import type { Device, Node } from "../../model/topology/node.js";
import type { Finding } from "../../provider/drift.js";
import type { LinkState } from "../../provider/link.js";
import type { RouteState } from "../../provider/route-state.js";
import type { View } from "../../provider/view.js";
import { type Deployed, type DeployedResource, placeOfInputs } from "../deployed.js";
import { routeWords } from "../preview/words.js";

/** A device as it stands there; one that is gone stands as it was deployed. */
export interface DeviceAccount {
    readonly name: string;
    /** `veth`; of one that is gone, as it was. */
    readonly kind: string;
    readonly state: "up" | "down" | "no-carrier" | "gone";
    readonly addresses: readonly string[];
    readonly macAddress: string;
    readonly mtu: number | undefined;
    readonly bridge: string | undefined;
    readonly peer: { readonly place: string; readonly device: string } | undefined;
    /** A bridge's: whether it speaks the Spanning Tree Protocol. */
    readonly stp: boolean | undefined;
    readonly tunnel: TunnelAccount | undefined;
    /** The resource that has made it; none has made what is not of this lab. */
    readonly resource: string | undefined;
    readonly hasDrift: boolean;
}

/** What a VXLAN carries, and between which addresses. */
interface TunnelAccount {
    readonly vni: number;
    readonly local: string | undefined;
    readonly port: number;
    /** Known of those of the lab. */
    readonly remotes: readonly string[] | undefined;
}

interface RouteAccount {
    readonly text: string;
    /** One of the lab that is not is shown as it was deployed. */
    readonly isThere: boolean;
    readonly resource: string | undefined;
    readonly hasDrift: boolean;
}

export interface PlaceAccount {
    readonly place: Place;
    /** For people: `ns1 of left`. */
    readonly name: string;
    readonly resource: string | undefined;
    readonly isThere: boolean;
    readonly problem: string | undefined;
    readonly devices: readonly DeviceAccount[];
    readonly routes: readonly RouteAccount[];
    readonly forwarding: View["forwarding"];
    /** The families whose forwarding is not as it was deployed. */
    readonly forwardingDrift: readonly ("ipv4" | "ipv6")[];
}

export type Findings = ReadonlyMap<DeployedResource, Finding>;

/** Tunnels that the kernel itself puts into every namespace, while they are down. */
const isKernels = ({ kind, up }: LinkState): boolean =>
    !up && ["ipip", "sit", "gre", "gretap", "erspan", "vti", "vti6", "ip6tnl", "ip6gre", "ip6gretap"].includes(kind);

const stateOf = ({ up, carrier }: LinkState): DeviceAccount["state"] => (up ? (carrier ? "up" : "no-carrier") : "down");

const peerOf = (device: Device | undefined): DeviceAccount["peer"] =>
    device?.peer && { place: placeName(device.peer.place), device: device.peer.name };

function tunnelOf({ vxlan }: LinkState, found: Finding["found"] | undefined): TunnelAccount | undefined {
    if (vxlan === undefined) return undefined;
    const { vni, local, port } = vxlan;
    const remotes = found?.["remotes"];
    return { vni, local, port, remotes: typeof remotes === "string" ? splitList(remotes) : undefined };
}

function standing(
    link: LinkState,
    device: Device | undefined,
    { hasDrift, found }: { hasDrift: boolean; found: Finding["found"] | undefined },
): DeviceAccount {
    const { name, kind, macAddress, mtu, master, addresses } = link;
    const { resource } = device ?? {};
    const shown = addresses.filter(({ automatic }) => !automatic).map(({ text }) => text);
    const rest = { addresses: shown, macAddress, mtu, bridge: master, peer: peerOf(device), resource, hasDrift };
    const stp = kind === "bridge" ? link.stp : undefined;
    return { name, kind, state: stateOf(link), ...rest, stp, tunnel: tunnelOf(link, found) };
}

const gone = (device: Device): DeviceAccount => ({
    name: device.name,
    kind: device.kind,
    state: "gone",
    addresses: [],
    macAddress: "",
    mtu: undefined,
    bridge: undefined,
    peer: peerOf(device),
    stp: undefined,
    tunnel: undefined,
    resource: device.resource,
    hasDrift: true,
});

/** On a host only what is of the lab: all else there is nobody's business. `lo` only where there is something to say of it. */
function isShown(link: LinkState, device: Device | undefined, { place }: View): boolean {
    if (device !== undefined) return true;
    if (placeParts(place).namespace === undefined) return false;
    if (link.name === "lo") return !link.up || link.addresses.some(({ text }) => !OWN.includes(text));
    return !isKernels(link);
}

/** Addresses of every `lo` that is up. */
const OWN = ["127.0.0.1/8", "::1/128"];

/** As `ip route` writes it. */
function routeText(route: RouteState): string {
    const { type, destination, hops, metric, table, preferredSource, mtu, onlink, family } = route;
    const way = ({ gateway, device }: RouteState["hops"][number]): string[] => [
        ...(gateway === undefined ? [] : ["via", gateway]),
        ...(device === undefined ? [] : ["dev", device]),
    ];
    const ways =
        hops.length > 1
            ? hops.flatMap((hop) => ["nexthop", ...way(hop), "weight", String(hop.weight)])
            : hops.flatMap(way);
    return [
        ...(type === "unicast" ? [] : [type]),
        /^(0\.0\.0\.0|::)\/0$/.test(destination) ? "default" : destination,
        ...ways,
        ...(preferredSource === undefined ? [] : ["src", preferredSource]),
        ...(metric === (family === 6 ? 1024 : 0) ? [] : ["metric", String(metric)]),
        ...(table === MAIN_TABLE ? [] : ["table", String(table)]),
        ...(mtu === undefined ? [] : ["mtu", String(mtu)]),
        ...(onlink ? ["onlink"] : []),
    ].join(" ");
}

/** Whether a resource asks for the route. */
function asksFor({ kind, inputs }: DeployedResource, place: Place, route: RouteState): boolean {
    if (kind !== "Route" || placeOfInputs(inputs) !== place) return false;
    const spec = inputs as unknown as RouteSpec;
    const isSameTable = (spec.table ?? MAIN_TABLE) === route.table;
    return isSameTable && kernelDestination(spec) === route.destination && kernelMetric(spec) === route.metric;
}

/** What one place has, and how that stands to what was deployed there. */
export function accountOf(lab: Deployed, findings: Findings, now: View): PlaceAccount {
    const { place, links, routes, forwarding, problem } = now;
    const node: Node | undefined = lab.topology.nodes.get(place);
    const drifted = (kind: string | undefined, name: string | undefined, side = ""): boolean =>
        [...findings].some(
            ([one, finding]) => one.kind === kind && one.name === name && hasDrifted(one, finding, side),
        );
    const isLoopbackChanged = [...findings].some(
        ([{ kind, inputs }, { standing, found }]) =>
            placeMade(kind, inputs) === place && standing === "changed" && found["loopback"] !== inputs["loopback"],
    );
    const shown = links.filter((link) => isShown(link, node?.devices.get(link.name), now));
    const devices = shown.map((link) => {
        const device = node?.devices.get(link.name);
        const of = [...findings].find(([one]) => one.kind === "Vxlan" && one.name === device?.resource);
        const isChanged = drifted(device?.resourceKind, device?.resource, device?.side);
        const hasDrift = isChanged || (link.name === "lo" && isLoopbackChanged);
        return standing(link, device, { hasDrift, found: of?.[1].found });
    });
    const missing = [...(node?.devices.values() ?? [])].filter(({ name }) => !links.some((link) => link.name === name));
    return {
        place,
        name: placeName(place),
        resource: lab.resourceOf(place),
        isThere: links.length > 0,
        problem,
        devices:
            problem === undefined
                ? [...devices, ...missing.map(gone)].toSorted((a, b) => byNumber(a.name, b.name))
                : [],
        routes: [
            ...routes.flatMap((route) => {
                const resource = lab.resources.find((one) => asksFor(one, place, route))?.name;
                const isOfLab = resource !== undefined || placeParts(place).namespace !== undefined;
                const hasDrift = drifted("Route", resource);
                return isOfLab ? [{ text: routeText(route), isThere: true, resource, hasDrift }] : [];
            }),
            ...goneRoutes(findings, place),
        ],
        forwarding,
        forwardingDrift: forwardingDrift(findings, place),
    };
}

const goneRoutes = (findings: Findings, place: Place): RouteAccount[] =>
    [...findings]
        .filter(
            ([{ kind, inputs }, { standing: now }]) =>
                kind === "Route" && now === "gone" && placeOfInputs(inputs) === place,
        )
        .map(([{ name, inputs }]) => ({ text: routeWords(inputs), isThere: false, resource: name, hasDrift: true }));

function forwardingDrift(findings: Findings, place: Place): PlaceAccount["forwardingDrift"] {
    const changed = [...findings].filter(
        ([{ kind, inputs }, finding]) =>
            kind === "ForwardingSetting" && finding.standing === "changed" && placeOfInputs(inputs) === place,
    );
    const families = ["ipv4", "ipv6"] as const;
    return families.filter((family) => changed.some(([{ inputs }, { found }]) => found[family] !== inputs[family]));
}

/** Whether a resource has drifted, or that end of a pair. */
function hasDrifted({ inputs }: DeployedResource, { standing, found }: Finding, side: string): boolean {
    if (standing !== "changed") return isDrift(standing);
    const keys = Object.keys({ ...inputs, ...found }).filter((key) => key.startsWith(side));
    return keys.some((key) => found[key] !== inputs[key]);
}

export const isDrift = (standing: Finding["standing"]): boolean => !["as deployed", "unseen"].includes(standing);
