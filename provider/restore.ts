import { type Owner, parseOwner, sameStack } from "../model/owner";
import type { Place } from "../model/place";
import { routeSchema } from "../model/route";
import { type IpCommand, ip } from "./host/command";
import type { Query } from "./host/query";
import type { Session } from "./host/session";
import { type LinkState, linkQuery } from "./link";
import { recordsQuery, type StoredRecord } from "./record";
import { wantedRoute } from "./route";
import {
    KERNEL_PROTOCOL,
    objectWords,
    parseEveryRoute,
    ROUTE_PROTOCOL,
    type RouteState,
    routeKey,
    routeWords,
} from "./route-state";

type Device = { readonly place: Place; readonly name: string };

/** The routes over devices that are about to change. */
export interface Routes {
    readonly devices: readonly Device[];
    /** Those that there are, where the change may take them away. */
    readonly before?: ReadonlyMap<Place, readonly RouteState[]>;
}

/** All routes of a place. */
export const routesQuery = (place: Place): Query<readonly RouteState[]> => ({
    source: "ip",
    place,
    ask: "route show table all",
    read: parseEveryRoute,
});

async function routesIn(session: Session, devices: readonly Device[]): Promise<Map<Place, readonly RouteState[]>> {
    const places = [...new Set(devices.map(({ place }) => place))];
    const answers = await session.ask(Object.fromEntries(places.map((place) => [place, routesQuery(place)])));
    return new Map(Object.entries(answers));
}

export async function routesOf(session: Session, devices: readonly Device[]): Promise<Routes> {
    return { devices, before: await routesIn(session, devices) };
}

/** A recorded route may leave its device to the kernel. */
const over = (route: RouteState, name: string): boolean =>
    route.hops.some(({ device }) => device === undefined || device === name);

/** Routes that are recorded, and whose they are. */
const recorded = (records: readonly StoredRecord[]): { owner: Owner; route: RouteState }[] =>
    records
        .flatMap(({ claims }) => claims)
        .map(({ owner, spec }) => ({ owner: parseOwner(owner), route: wantedRoute(routeSchema.parse(spec)) }));

const gateways = ({ hops }: RouteState): string => hops.map(({ gateway }) => gateway).join(" ");

/** IPv6 lets a route stand whose source goes, without it: fib6_remove_prefsrc, net/ipv6/route.c. */
const hasLostSource = (route: RouteState, standing: RouteState): boolean =>
    route.family === 6 &&
    route.preferredSource !== undefined &&
    standing.preferredSource === undefined &&
    standing.protocol === route.protocol &&
    gateways(standing) === gateways(route);

/** Over its next hop object, or where that has gone with its device, by its way. */
export const waysOf = (route: RouteState): (string | number)[][] =>
    [objectWords(route), routeWords(route)].filter((words) => words !== undefined);

/** How each device is now, and what is recorded of routes beside it: one question each, however many there are. */
async function look(session: Session, devices: readonly Device[]) {
    const links = devices.map(({ place, name }, index) => [`link${index}`, linkQuery(place, name)] as const);
    const records = devices.map(({ place }, index) => [`records${index}`, recordsQuery(place, "Route")] as const);
    const routes = devices.map(({ place }, index) => [`routes${index}`, routesQuery(place)] as const);
    const linkAnswers = Object.fromEntries(links);
    const answers = await session.ask({
        ...linkAnswers,
        ...Object.fromEntries(records),
        ...Object.fromEntries(routes),
    });
    return devices.map((device, index) => ({
        ...device,
        link: answers[`link${index}`] as LinkState | undefined,
        records: answers[`records${index}`] as StoredRecord[],
        routes: answers[`routes${index}`] as readonly RouteState[],
    }));
}

/**
 * Puts back what a change of a device has taken away: a link set down loses its routes, an address those through its
 * subnet. What has no way any more stays away; the resource it belongs to will say so.
 */
export async function restore(session: Session, owner: Owner, { devices, before }: Routes): Promise<void> {
    const commands: IpCommand[] = [];
    const restored = new Set<string>();
    for (const { place, name, link, records, routes } of await look(session, devices)) {
        if (!link?.up) continue;
        const present = new Map(routes.toReversed().map((route) => [routeKey(route), route]));
        const all = recorded(records);
        const claimed = new Set(all.map(({ route }) => routeKey(route)));
        // Those of this stack come back even if it was killed before it could put them back.
        const own = all.filter((one) => sameStack(one.owner, owner)).map(({ route }) => route);
        for (const route of [...own, ...(before?.get(place) ?? [])]) {
            const key = `${place} ${routeKey(route)}`;
            const standing = present.get(routeKey(route));
            if (!over(route, name) || route.protocol === KERNEL_PROTOCOL) continue;
            if (standing && !hasLostSource(route, standing)) continue;
            // Another stack may have removed its own meanwhile.
            if (restored.has(key) || (route.protocol === ROUTE_PROTOCOL && !claimed.has(routeKey(route)))) continue;
            restored.add(key);
            const back = standing ? waysOf(route).slice(0, 1) : waysOf(route);
            const words = standing ? ["route", "replace"] : ["route", "add"];
            commands.push(...back.map((way) => ({ ...ip(place, ...words, ...way), optional: true }) as const));
        }
    }
    if (commands.length > 0) await session.runAndAsk(commands, {});
}
