import { atPlace, type Place, placeOf, placeValues, where } from "../model/place";
import {
    formatNexthop,
    kernelDestination,
    kernelMetric,
    MAIN_TABLE,
    parseNexthop,
    type RouteSpec,
    routeFamily,
    routeMistakes,
    routeSchema,
} from "../model/route";
import { joinList, splitList } from "../model/schema";
import { type IpCommand, ip } from "./host/command";
import type { Query } from "./host/query";
import type { Kind } from "./kind";
import { parseRoutes, ROUTE_PROTOCOL, type RouteHop, type RouteState, routeRemoval, routeWords } from "./route-state";

type RouteQueries = { routes: Query<readonly RouteState[]> };

interface OurRoute {
    readonly route: RouteState;
    /** `ip route replace` would hit this one: no foreign route of the same key stands before it. */
    readonly first: boolean;
}

function hopsOf({ gateway, device, nexthops, type = "unicast" }: RouteSpec): RouteHop[] {
    if (type !== "unicast") return [];
    if (nexthops === undefined) return [{ gateway, device, weight: 1 }];
    return splitList(nexthops)
        .map(parseNexthop)
        .map((hop) => ({ gateway: hop.gateway, device: hop.device ?? device, weight: hop.weight ?? 1 }));
}

/** The route that a spec asks for. */
export function wantedRoute(spec: RouteSpec): RouteState {
    const family = routeFamily(spec) ?? 4;
    const hops = hopsOf(spec);
    const isDirect = hops.length > 0 && hops.every(({ gateway }) => gateway === undefined);
    return {
        type: spec.type ?? "unicast",
        destination: kernelDestination(spec),
        family,
        table: spec.table ?? MAIN_TABLE,
        metric: kernelMetric(spec),
        protocol: ROUTE_PROTOCOL,
        // A destination on the link itself (RT_SCOPE_LINK), as `ip` sets it for IPv4.
        scope: isDirect && family === 4 ? 253 : 0,
        preferredSource: spec.preferredSource,
        mtu: spec.mtu,
        onlink: spec.onlink ?? false,
        hops,
    };
}

const sameKey = (route: RouteState, wanted: RouteState): boolean =>
    route.destination === wanted.destination && route.table === wanted.table && route.metric === wanted.metric;

function sameHops(found: readonly RouteHop[], wanted: readonly RouteHop[]): boolean {
    if (found.length !== wanted.length) return false;
    const matches = (a: RouteHop, b: RouteHop) =>
        a.gateway === b.gateway && a.weight === b.weight && (b.device === undefined || a.device === b.device);
    const left = [...found];
    return wanted.every((hop) => {
        const at = left.findIndex((other) => matches(other, hop));
        return at >= 0 && left.splice(at, 1).length > 0;
    });
}

const same = (found: RouteState, wanted: RouteState): boolean =>
    found.type === wanted.type &&
    found.preferredSource === wanted.preferredSource &&
    found.mtu === wanted.mtu &&
    found.onlink === wanted.onlink &&
    sameHops(found.hops, wanted.hops);

/**
 * What takes away of a route what is ours of it. IPv6 takes another gateway that a person appends for one of our route; where it is
 * named in the removal, a gateway goes alone (ip6_route_del, net/ipv6/route.c).
 */
function removal(place: Place, found: RouteState, asked: readonly RouteSpec[]): IpCommand[] {
    const own = asked.flatMap(hopsOf).map(({ gateway }) => gateway);
    const hops = found.hops.filter(({ gateway }) => own.includes(gateway));
    const isShared = found.family === 6 && hops.length > 0 && hops.length < found.hops.length;
    return (isShared ? hops.map((hop) => ({ ...found, hops: [hop] })) : [found]).map((one) => routeRemoval(place, one));
}

const describeRoute = (route: RouteState, place: Place): string =>
    `a route "${routeWords(route).join(" ")}" ${where(place)}`;

const formatHops = (hops: readonly RouteHop[], { device }: RouteSpec): string =>
    joinList(hops.map((hop) => formatNexthop(hop.device === device ? { ...hop, device: undefined } : hop)));

/** A route: ip-route(8). Its key is the destination, the table and the metric. */
export const route: Kind<RouteSpec, RouteQueries, OurRoute> = {
    name: "Route",
    schema: routeSchema,
    identity: ["namespace", "host", "destination", "table", "metric", "device"],
    // "default" is one of IPv4 or of IPv6 by its gateway.
    implied: routeFamily,
    exclusive: true,
    mistakes: routeMistakes,

    id: (spec) => atPlace(kernelDestination(spec), placeOf(spec)),
    record: (spec) => ({
        place: placeOf(spec),
        key: [kernelDestination(spec), spec.table ?? MAIN_TABLE, kernelMetric(spec)].join(" "),
    }),

    queries: (spec) => ({
        routes: {
            source: "ip",
            place: placeOf(spec),
            ask: `route show table all exact ${kernelDestination(spec)}`,
            survey: "route show table all",
            read: parseRoutes,
        },
    }),

    observe({ routes }, spec) {
        const wanted = wantedRoute(spec);
        const candidates = routes.filter((found) => sameKey(found, wanted));
        const found = candidates.findIndex(({ protocol }) => protocol === ROUTE_PROTOCOL);
        const [first] = candidates;
        const ours = candidates[found];
        if (ours) return { state: { route: ours, first: found === 0 } };
        if (!first) return { state: undefined };
        return { state: undefined, foreign: { property: "destination", what: describeRoute(first, placeOf(spec)) } };
    },

    plan(state, wanted, spec, { mine }) {
        const place = placeOf(spec);
        // What a refresh has found may be in the spec; what is recorded is what we have asked for.
        const asked = [mine?.spec, mine?.previous].flatMap((one) => (one ? [routeSchema.parse(one)] : []));
        if (!wanted) return state ? removal(place, state.route, asked.length > 0 ? asked : [spec]) : [];
        const target = wantedRoute(wanted);
        const words = routeWords(target);
        if (!state) return [ip(place, "route", "add", ...words)];
        if (same(state.route, target)) return [];
        if (state.first && state.route.type === target.type) return [ip(place, "route", "replace", ...words)];
        // `replace` would swap a route that is not ours, or cannot: ours is added behind and the old one taken away.
        if (state.route.type === target.type && target.family === 4) {
            return [ip(place, "route", "append", ...words), routeRemoval(place, state.route)];
        }
        return [routeRemoval(place, state.route), ip(place, "route", "add", ...words)];
    },

    adopt({ routes }, spec) {
        const candidates = routes.filter((found) => sameKey(found, wantedRoute(spec)));
        const [found] = candidates;
        if (found === undefined || candidates.length > 1) return undefined;
        const ours = { ...found, protocol: ROUTE_PROTOCOL };
        // The kernel swaps one for the other: no packet finds none.
        const marks =
            found.protocol === ROUTE_PROTOCOL ? [] : [ip(placeOf(spec), "route", "replace", ...routeWords(ours))];
        return { answers: { routes: routes.map((one) => (one === found ? ours : one)) }, marks };
    },

    inputs({ route: found }, spec) {
        const [hop] = found.hops;
        const target = wantedRoute(spec);
        const hops = sameHops(found.hops, target.hops) ? spec.nexthops : formatHops(found.hops, spec);
        return {
            ...placeValues(spec),
            destination: spec.destination,
            ...(spec.table === undefined ? {} : { table: spec.table }),
            ...(spec.metric === undefined ? {} : { metric: spec.metric }),
            // Of several hops each has its own.
            ...(spec.device === undefined ? {} : { device: (spec.nexthops ? undefined : hop?.device) ?? spec.device }),
            ...(spec.nexthops === undefined && found.hops.length <= 1
                ? hop?.gateway === undefined
                    ? {}
                    : { gateway: hop.gateway }
                : { nexthops: hops ?? "" }),
            ...(found.preferredSource === undefined ? {} : { preferredSource: found.preferredSource }),
            ...(found.mtu === undefined ? {} : { mtu: found.mtu }),
            ...(spec.onlink === undefined && !found.onlink ? {} : { onlink: found.onlink }),
            ...(spec.type === undefined && found.type === "unicast" ? {} : { type: found.type }),
        };
    },

    outputs: () => ({}),
};
