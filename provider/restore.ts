import { type Owner, parseOwner, sameStack } from "../model/owner";
import { routeSchema } from "../model/route";
import { type IpCommand, ip, type Place } from "./host/command";
import type { Session } from "./host/host";
import type { Query } from "./host/query";
import { linkQuery } from "./link";
import { recordsQuery, type StoredRecord } from "./record";
import { wantedRoute } from "./route";
import { KERNEL_PROTOCOL, parseRoutes, type RouteState, routeKey, routeWords } from "./route-state";

type Device = { readonly place: Place; readonly name: string };

/** The routes over devices that are about to change. */
export interface Routes {
    readonly devices: readonly Device[];
    readonly before: ReadonlyMap<Place, readonly RouteState[]>;
}

const routesQuery = (place: Place): Query<readonly RouteState[]> => ({
    source: "ip",
    place,
    ask: "route show table all",
    read: parseRoutes,
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

/** Routes that this stack has recorded: they come back even if it was killed before it could put them back. */
async function recorded(session: Session, owner: Owner, { place }: Device): Promise<RouteState[]> {
    const { records } = await session.ask({ records: recordsQuery(place, "Route") as Query<StoredRecord[]> });
    const claims = records.flatMap((record) => record.claims);
    return claims
        .filter((claim) => sameStack(parseOwner(claim.owner), owner))
        .map((claim) => wantedRoute(routeSchema.parse(claim.spec)));
}

/**
 * Puts back what a change of a device has taken away: a link set down loses its routes, an address those through its
 * subnet. What has no way any more stays away; the resource it belongs to will say so.
 */
export async function restore(session: Session, owner: Owner, { devices, before }: Routes): Promise<void> {
    const now = await routesIn(session, devices);
    const commands: IpCommand[] = [];
    for (const device of devices) {
        const { place, name } = device;
        const { link } = await session.ask({ link: linkQuery(place, name) });
        if (!link?.up) continue;
        const present = new Set((now.get(place) ?? []).map(routeKey));
        const wanted = [...(await recorded(session, owner, device)), ...(before.get(place) ?? [])];
        for (const route of wanted) {
            if (!over(route, name) || route.protocol === KERNEL_PROTOCOL || present.has(routeKey(route))) continue;
            present.add(routeKey(route));
            commands.push({ ...ip(place, "route", "add", ...routeWords(route)), optional: true });
        }
    }
    if (commands.length > 0) await session.runAndAsk(commands, {});
}
