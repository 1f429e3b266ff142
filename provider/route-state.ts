import * as v from "valibot";
import type { Place } from "../model/place";
import { defaultDestination, parseAddress, parsePrefix } from "../model/prefix";
import type { RouteType } from "../model/route";
import { type IpCommand, ip } from "./host/command";
import { remember } from "./host/query";
import { extraWords, keyWords, realmWords } from "./route-extras";

/** The mark of our routes: a number of `proto` that nobody else has taken (rt_protos of iproute2). */
export const ROUTE_PROTOCOL = 157;

/** The kernel's own routes, such as those of a subnet (RTPROT_KERNEL, linux/rtnetlink.h). */
export const KERNEL_PROTOCOL = 2;

/** Routes from router advertisements (RTPROT_RA). */
export const ADVERTISED_PROTOCOL = 9;

const flowJson = v.optional(v.object({ from: v.optional(v.string()), to: v.optional(v.string()) }));

const hopJson = v.object({
    gateway: v.optional(v.string()),
    /** A gateway of another family than the destination's (RFC 5549). */
    via: v.optional(v.object({ family: v.string(), host: v.string() })),
    dev: v.optional(v.string()),
    weight: v.optional(v.number()),
    flow: flowJson,
    encap: v.optional(v.string()),
    flags: v.optional(v.array(v.string()), []),
});

const routeJson = v.object({
    type: v.optional(v.string(), "1"),
    dst: v.string(),
    gateway: v.optional(v.string()),
    via: v.optional(v.object({ family: v.string(), host: v.string() })),
    dev: v.optional(v.string()),
    table: v.optional(v.string(), "254"),
    protocol: v.optional(v.string(), "0"),
    scope: v.optional(v.string(), "0"),
    prefsrc: v.optional(v.string()),
    metric: v.optional(v.number(), 0),
    flags: v.optional(v.array(v.string()), []),
    metrics: v.optional(v.array(v.record(v.string(), v.unknown())), []),
    nexthops: v.optional(v.array(hopJson)),
    pref: v.optional(v.string()),
    tos: v.optional(v.string()),
    from: v.optional(v.string()),
    expires: v.optional(v.number()),
    nhid: v.optional(v.number()),
    flow: flowJson,
    encap: v.optional(v.string()),
});

/** RTN_* of linux/rtnetlink.h. */
const TYPES: Record<string, RouteType | "local" | "broadcast" | "multicast" | "other"> = {
    "1": "unicast",
    "2": "local",
    "3": "broadcast",
    "5": "multicast",
    "6": "blackhole",
    "7": "unreachable",
    "8": "prohibit",
};

export interface RouteHop {
    readonly gateway: string | undefined;
    readonly device: string | undefined;
    readonly weight: number;
    readonly realms?: string;
}

/** A route as the kernel has it. */
export interface RouteState {
    readonly type: string;
    readonly destination: string;
    readonly family: 4 | 6;
    readonly table: number;
    readonly metric: number;
    readonly protocol: number;
    readonly scope: number;
    readonly preferredSource: string | undefined;
    readonly mtu: number | undefined;
    readonly onlink: boolean;
    readonly hops: readonly RouteHop[];
    /** What none of ours has, and is a part of the key, in the words of `ip`. */
    readonly selector?: readonly string[];
    /** What none of ours has beside it. */
    readonly extras?: readonly string[];
    /** The next hop object that it leads over (ip-nexthop(8)). */
    readonly nhid?: number;
}

/** `ip` writes a host's route without its prefix length. */
function canonical(dst: string, family: 4 | 6): string {
    if (dst === "default") return defaultDestination(family);
    return parsePrefix(dst.includes("/") ? dst : `${dst}/${family === 4 ? 32 : 128}`).text;
}

function toState(json: v.InferOutput<typeof routeJson>): RouteState {
    const family = json.dst.includes(":") || json.pref !== undefined ? 6 : 4;
    const type = TYPES[json.type] ?? "other";
    const hops: v.InferOutput<typeof hopJson>[] = json.nexthops ?? [json];
    const mtu = json.metrics.map((metric) => metric["mtu"]).find((value) => typeof value === "number");
    const [selector, extras] = [keyWords(json), extraWords(json)];
    return {
        type,
        destination: canonical(json.dst, family),
        family,
        table: Number(json.table),
        metric: json.metric,
        protocol: Number(json.protocol),
        scope: Number(json.scope),
        preferredSource: json.prefsrc && parseAddress(json.prefsrc).address,
        mtu,
        onlink: hops.some(({ flags }) => flags.includes("onlink")),
        // IPv6 shows lo as the device of a route that has none.
        hops:
            type === "unicast"
                ? hops.map(({ gateway, via, dev, weight, flow }) => ({
                      gateway: gateway ? parseAddress(gateway).address : via && `${via.family} ${via.host}`,
                      device: dev,
                      weight: weight ?? 1,
                      ...(flow && { realms: realmWords(flow) }),
                  }))
                : [],
        ...(selector.length > 0 && { selector }),
        ...(extras.length > 0 && { extras }),
        ...(json.nhid !== undefined && { nhid: json.nhid }),
    };
}

/** `ip` writes where the encapsulation leads over where the route does: nobody can tell such a one by its answer. */
const isEncapsulated = ({ encap, nexthops = [] }: v.InferOutput<typeof routeJson>): boolean =>
    encap !== undefined || nexthops.some((hop) => hop.encap !== undefined);

/** The routes in an answer of `ip -N -j -d route show` that words can make again. */
export const parseEveryRoute = remember((answer): readonly RouteState[] =>
    answer === undefined
        ? []
        : v
              .parse(v.array(routeJson), JSON.parse(answer))
              .filter((json) => !isEncapsulated(json))
              .map(toState),
);

/** Those whose key is as that of a Route: the others are beside it. */
export const parseRoutes = remember((answer): readonly RouteState[] =>
    parseEveryRoute(answer).filter(({ selector }) => selector === undefined),
);

const hopWords = ({ gateway, device, realms }: RouteHop): string[] => [
    ...(gateway === undefined ? [] : ["via", ...gateway.split(" ")]),
    ...(device === undefined ? [] : ["dev", device]),
    ...(realms === undefined ? [] : ["realms", realms]),
];

/** The words after `ip route add` that make this route. */
export function routeWords(route: RouteState): (string | number)[] {
    const [only, ...more] = route.hops;
    const way = more.length > 0 || !only ? [] : hopWords(only);
    const several = more.length > 0 ? route.hops : [];
    return [
        ...(route.type === "unicast" ? [] : [route.type]),
        route.destination,
        ...(route.selector ?? []),
        ...way,
        ...(route.table === 254 ? [] : ["table", route.table]),
        ...(route.metric === 0 ? [] : ["metric", route.metric]),
        "proto",
        route.protocol,
        ...(route.scope === 0 ? [] : ["scope", route.scope]),
        ...(route.preferredSource === undefined ? [] : ["src", route.preferredSource]),
        ...(route.mtu === undefined ? [] : ["mtu", route.mtu]),
        ...(route.extras ?? []),
        ...(route.onlink && several.length === 0 ? ["onlink"] : []),
        ...several.flatMap((hop) => [
            "nexthop",
            ...hopWords(hop),
            "weight",
            hop.weight,
            ...(route.onlink ? ["onlink"] : []),
        ]),
    ];
}

/** The words for what leads over a next hop object as it did: where that is gone with its device, only those of its way are left. */
export const objectWords = ({ nhid, hops: _, onlink: __, ...route }: RouteState): (string | number)[] | undefined =>
    nhid === undefined
        ? undefined
        : routeWords({ ...route, hops: [], onlink: false, extras: [...(route.extras ?? []), "nhid", String(nhid)] });

/** Takes away exactly this route, by its whole key. */
export function routeRemoval(
    place: Place,
    { destination, type, table, metric, protocol, hops }: RouteState,
): IpCommand {
    const [only, ...more] = hops;
    return ip(
        place,
        "route",
        "del",
        ...(type === "unicast" ? [] : [type]),
        destination,
        ...(more.length > 0 || !only ? [] : hopWords(only)),
        "table",
        table,
        ...(metric === 0 ? [] : ["metric", metric]),
        "proto",
        protocol,
    );
}

/** Where routes are the same for the kernel. */
export const routeKey = ({ family, table, destination, metric, selector = [] }: RouteState): string =>
    [family, table, destination, metric, ...selector].join(" ");
