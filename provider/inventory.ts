import * as v from "valibot";
import { isNamespaceName } from "../model/name";
import { HOST, type Place } from "../model/place";
import { ask } from "./host/machines";
import { netnsPath } from "./host/place";
import { pairs, type Query, remember } from "./host/query";
import { type LinkState, linksQuery } from "./link";
import { presenceQuery } from "./namespace";
import { routesQuery } from "./restore";
import type { RouteState } from "./route-state";
import { parseRemotes, type Remote } from "./vxlan";

/** What is beside a device's state: what the resources of this package say nothing of. */
export interface LinkExtras {
    /** Of a veth whose peer is elsewhere: the number of that namespace in this one. */
    readonly peerNamespace: number | undefined;
    /** What it has that no program could say, so that it cannot be taken in. */
    readonly obstacles: readonly string[];
    /** What it has beside what a program says of it. */
    readonly peculiarities: readonly string[];
}

/** A route, and whether it has something that no Route can have: taken in, that would be lost. */
export interface FoundRoute {
    readonly state: RouteState;
    readonly isPeculiar: boolean;
}

/** All that is looked at in one namespace, or on the host itself. */
export interface Inventory {
    readonly place: Place;
    readonly links: readonly LinkState[];
    /** By the device's name. */
    readonly extras: ReadonlyMap<string, LinkExtras>;
    /** To whom each VXLAN sends what has no known place. */
    readonly remotes: ReadonlyMap<string, readonly Remote[]>;
    /** The names of other namespaces, by their numbers here; the host has none. */
    readonly neighbours: ReadonlyMap<number, string>;
    readonly routes: readonly FoundRoute[];
    /** Every forwarding setting, by its path. */
    readonly forwarding: ReadonlyMap<string, string>;
    /** What is there and has no resource at all, for people: `rule 100 …`. */
    readonly others: readonly string[];
}

/** The answers to one question, as they are: what is read of them here, nobody else needs. */
const objects = <T>(schema: v.GenericSchema<unknown, T>) =>
    remember((answer): readonly T[] => (answer === undefined ? [] : v.parse(v.array(schema), JSON.parse(answer))));

const linkJson = v.object({
    ifname: v.string(),
    link_netnsid: v.optional(v.number()),
    linkinfo: v.optional(
        v.object({
            info_data: v.optional(
                v.object({
                    vlan_filtering: v.optional(v.number(), 0),
                    group: v.optional(v.string()),
                    group6: v.optional(v.string()),
                    external: v.optional(v.boolean(), false),
                }),
            ),
        }),
    ),
    addr_info: v.optional(v.array(v.object({ local: v.optional(v.string()), address: v.optional(v.string()) })), []),
});

function toExtras({ link_netnsid: peerNamespace, linkinfo, addr_info: addresses }: v.InferOutput<typeof linkJson>) {
    const data = linkinfo?.info_data;
    const group = data?.group ?? data?.group6;
    const withPeer = addresses.find(({ local, address }) => local !== undefined && address !== undefined);
    return {
        peerNamespace,
        peculiarities: data?.vlan_filtering ? ["filters VLANs"] : [],
        obstacles: [
            ...(group === undefined ? [] : [`sends to the multicast group ${group}`]),
            ...(data?.external ? ["takes its tunnels from somewhere else (external)"] : []),
            ...(withPeer ? [`has the address ${withPeer.local} with the peer ${withPeer.address}`] : []),
        ],
    };
}

const parseExtras = objects(linkJson);

const namesJson = v.object({ nsid: v.number(), name: v.optional(v.string()) });
const parseNames = objects(namesJson);

const PLAIN_KEYS = [
    "tos",
    "type",
    "dst",
    "gateway",
    "dev",
    "table",
    "protocol",
    "scope",
    "prefsrc",
    "metric",
    "flags",
    "pref",
];
const PLAIN_FLAGS = ["linkdown", "onlink", "offload", "trap", "rt_offload", "rt_trap"];
const PLAIN_HOP_KEYS = ["gateway", "dev", "weight", "flags"];

const routeJson = v.looseObject({
    tos: v.optional(v.string()),
    pref: v.optional(v.string(), "medium"),
    flags: v.optional(v.array(v.string()), []),
    metrics: v.optional(v.array(v.record(v.string(), v.unknown())), []),
    nexthops: v.optional(v.array(v.looseObject({ flags: v.optional(v.array(v.string()), []) })), []),
});
const parseRawRoutes = objects(routeJson);

function isPeculiar({ metrics, nexthops, ...rest }: v.InferOutput<typeof routeJson>): boolean {
    const hasMore = (one: object, known: readonly string[]) => Object.keys(one).some((key) => !known.includes(key));
    return (
        hasMore(rest, PLAIN_KEYS) ||
        rest.pref !== "medium" ||
        [rest, ...nexthops].some(({ flags }) => flags.some((flag) => !PLAIN_FLAGS.includes(flag))) ||
        metrics.some((metric) => hasMore(metric, ["mtu"])) ||
        nexthops.some((hop) => hasMore(hop, PLAIN_HOP_KEYS))
    );
}

const anything = objects(v.record(v.string(), v.unknown()));
const asText = (one: object): string =>
    Object.entries(one)
        .map(([key, value]) => `${key} ${Array.isArray(value) ? value.join(",") : value}`)
        .join(" ");

const ruleJson = v.looseObject({ priority: v.number() });
const parseRules = objects(ruleJson);
/** The kernel's own: local, main, default (ip-rule(8)). */
const OWN_RULES = [0, 32766, 32767];

const ipQuery = <T>(place: Place, line: string, read: Query<T>["read"]): Query<T> => ({
    source: "ip",
    place,
    ask: line,
    read,
});

const settingsQuery = (place: Place, path: string): Query<Map<string, string>> => ({
    source: "settings",
    place,
    ask: path,
    read: pairs,
});

/** Looks at one place. */
export async function takeInventory(place: Place): Promise<Inventory> {
    const now = await ask(place, {
        links: linksQuery(place),
        extras: ipQuery(place, "addr show", parseExtras),
        names: ipQuery(place, "netns list-id", parseNames),
        routes: routesQuery(place),
        raw: ipQuery(place, "route show table all", parseRawRoutes),
        rules: ipQuery(place, "rule show", parseRules),
        neighbours: ipQuery(place, "neigh show nud permanent", anything),
        nexthops: ipQuery(place, "nexthop show", anything),
        ipv4: settingsQuery(place, "net/ipv4/ip_forward"),
        ipv4Devices: settingsQuery(place, "net/ipv4/conf/*/forwarding"),
        ipv6: settingsQuery(place, "net/ipv6/conf/*/forwarding"),
    });
    const tunnels = now.links.filter(({ kind }) => kind === "vxlan").map(({ name }) => name);
    const remotes = await Promise.all(
        tunnels.map(async (name) => {
            const query = { source: "bridge" as const, place, ask: `fdb show dev ${name}`, read: parseRemotes };
            return [name, (await ask(place, { found: query })).found] as const;
        }),
    );
    const peculiar = now.raw.filter(({ tos }) => tos === undefined).map(isPeculiar);
    const rules = now.rules.filter(({ priority }) => !OWN_RULES.includes(priority));
    return {
        place,
        links: now.links,
        extras: new Map(now.extras.map((link) => [link.ifname, toExtras(link)])),
        remotes: new Map(remotes),
        neighbours: new Map(now.names.flatMap(({ nsid, name }) => (name === undefined ? [] : [[nsid, name]]))),
        routes: now.routes.map((state, at) => ({ state, isPeculiar: peculiar[at] ?? true })),
        forwarding: new Map([...now.ipv4, ...now.ipv4Devices, ...now.ipv6]),
        others: [
            ...now.raw.filter(({ tos }) => tos !== undefined).map((route) => `the route ${asText(route)}`),
            ...rules.map((rule) => `the rule ${asText(rule)}`),
            ...now.neighbours.map((one) => `the neighbour ${asText(one)}`),
            ...now.nexthops.map((one) => `the next hop ${asText(one)}`),
        ],
    };
}

const FOLDER = "/run/netns";

/** The names that `ip netns` has on this machine, of namespaces that are there; and what is in /run/netns and is none. */
export async function namespaceNames(): Promise<{
    readonly names: readonly string[];
    readonly none: readonly string[];
}> {
    const read = (answer: string | undefined): string[] =>
        (answer ?? "").split("\n").flatMap((line) => /^\/run\/netns\/([^/\s]+): /.exec(line)?.[1] ?? []);
    const { files } = await ask(HOST, { files: { source: "files", place: HOST, ask: `${FOLDER}/*`, read } });
    const proper = files.filter(isNamespaceName);
    const present = await ask(HOST, Object.fromEntries(proper.map((name) => [name, presenceQuery(name)])));
    const names = proper.filter((name) => present[name] === "present");
    return { names, none: files.filter((name) => !names.includes(name)).map((name) => netnsPath(name) ?? name) };
}
