import type { Place } from "../model/place";
import { type FoundRoute, parseFoundRoutes } from "./found-route";
import { ask, survey } from "./host/machines";
import type { Query } from "./host/query";
import { type LinkState, linksQuery } from "./link";
import { HostProblem } from "./problem";
import { KERNEL_PROTOCOL, type RouteState } from "./route-state";

/** What is to be seen of a namespace, or of a host's own. */
export interface View {
    readonly place: Place;
    /** All devices, `lo` too; none where there is no such namespace. */
    readonly links: readonly LinkState[];
    /** Those that somebody has made: the kernel's own follow from the addresses. */
    readonly routes: readonly RouteState[];
    /** Undefined where the kernel lacks the family. */
    readonly forwarding: { readonly ipv4: boolean | undefined; readonly ipv6: boolean | undefined };
    /** Why nothing was seen of it. */
    readonly problem?: string;
}

const isOn = (place: Place, ask: string): Query<boolean | undefined> => ({
    source: "settings",
    place,
    ask,
    read: (answer) => (answer === undefined ? undefined : answer.endsWith(" 1")),
});

const isMade = ({ state: { type, protocol } }: FoundRoute): boolean =>
    protocol !== KERNEL_PROTOCOL && !["local", "broadcast", "multicast"].includes(type);

/** Looks at a place, by the same surveys as those who look at single objects of it. */
export async function view(place: Place): Promise<View> {
    const routes = { source: "ip" as const, place, ask: "route show table all", read: parseFoundRoutes };
    try {
        const [found, forwarding] = await Promise.all([
            survey({ links: linksQuery(place), routes }),
            ask(place, {
                ipv4: isOn(place, "net/ipv4/ip_forward"),
                ipv6: isOn(place, "net/ipv6/conf/all/forwarding"),
            }),
        ]);
        return { place, links: found.links, routes: found.routes.filter(isMade).map(({ state }) => state), forwarding };
    } catch (error) {
        if (!(error instanceof HostProblem)) throw error;
        return {
            place,
            links: [],
            routes: [],
            forwarding: { ipv4: undefined, ipv6: undefined },
            problem: error.message,
        };
    }
}
