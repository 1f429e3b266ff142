import { type Place, placeName } from "../../model/place";
import { contains, parseAddress, parsePrefix } from "../../model/prefix";
import {
    formatNexthop,
    MAIN_TABLE,
    type RouteSpec,
    type RouteType,
    routeMistakes,
    routeSchema,
} from "../../model/route";
import { joinList, splitList } from "../../model/schema";
import type { FoundRoute } from "../../provider/found-route";
import type { Inventory } from "../../provider/inventory";
import { wantedRoute } from "../../provider/route";
import { ROUTE_PROTOCOL, type RouteHop, type RouteState, routeKey, routeWords } from "../../provider/route-state";
import { placeWord } from "./devices";
import type { Names } from "./names";
import { type ResourceOf, specOf } from "./resource";

/** A device of the program that is written, as a route needs it. */
export interface DeclaredDevice {
    readonly place: Place;
    readonly name: string;
    /** As the program gives them. */
    readonly addresses: string | undefined;
}

/** RTPROT_BOOT, what `ip route add` gives a route, and RTPROT_STATIC (linux/rtnetlink.h); and ours. */
const SET_BY_PEOPLE = [3, 4, ROUTE_PROTOCOL];
/** What comes and goes by itself: the kernel's own, redirects, router advertisements, DHCP. */
const AUTOMATIC = [1, 2, 9, 16];

/** The first device of the program whose subnet holds the gateway: what a route without a device goes over. */
function holderOf(devices: readonly DeclaredDevice[], gateway: string | undefined): string | undefined {
    if (gateway === undefined) return undefined;
    const target = parseAddress(gateway);
    const holds = ({ addresses = "" }: DeclaredDevice) =>
        splitList(addresses).some((text) => contains(parsePrefix(text), target));
    return devices.find(holds)?.name;
}

const DEFAULTS = ["0.0.0.0/0", "::/0"];

/** A default route is told by that word where its gateway tells the family. */
const destinationOf = ({ destination, hops }: RouteState): string =>
    DEFAULTS.includes(destination) && hops[0]?.gateway !== undefined ? "default" : destination;

function metricOf({ metric, family }: RouteState): number | undefined {
    return metric === (family === 6 ? 1024 : 0) ? undefined : metric;
}

/** The device of a hop is left to the kernel where the program's own devices tell it. */
function hopText({ gateway, device, weight }: RouteHop, devices: readonly DeclaredDevice[]): string {
    const isImplied = gateway !== undefined && holderOf(devices, gateway) === device;
    return formatNexthop({ gateway, device: isImplied ? undefined : device, weight });
}

function toSpec(route: RouteState, place: Place, devices: readonly DeclaredDevice[]): RouteSpec {
    const [hop, ...more] = route.hops;
    const several = more.length > 0;
    return specOf({
        namespace: place === "" ? undefined : place,
        destination: destinationOf(route),
        gateway: several ? undefined : hop?.gateway,
        device: several ? undefined : hop?.device,
        metric: metricOf(route),
        table: route.table === MAIN_TABLE ? undefined : route.table,
        preferredSource: route.preferredSource,
        mtu: route.mtu,
        onlink: route.onlink ? true : undefined,
        nexthops: several ? joinList(route.hops.map((one) => hopText(one, devices))) : undefined,
        type: route.type === "unicast" ? undefined : (route.type as RouteType),
    });
}

function nameOf({ destination, family }: RouteState, place: Place, names: Names): string {
    const isDefault = DEFAULTS.includes(destination);
    const to = isDefault ? (family === 4 ? "default" : "default6") : `to-${destination.replace(/[/:]+/g, "-")}`;
    return names.give("Route", `${placeWord(place)}-${to}`);
}

/** Why a route cannot be in a program. */
function obstacle({ state, isPeculiar }: FoundRoute, all: readonly FoundRoute[]): string | undefined {
    const types = ["unicast", "blackhole", "unreachable", "prohibit"];
    if (!SET_BY_PEOPLE.includes(state.protocol)) return `it is protocol ${state.protocol}'s, of a routing daemon`;
    if (!types.includes(state.type)) return `there is no resource for this type`;
    if (isPeculiar) return "it has what a Route cannot say";
    if (all.filter((other) => routeKey(other.state) === routeKey(state)).length > 1)
        return "there is another one of the same destination, table and metric";
    return undefined;
}

/** The routes of one place that people have set and that go over devices of the program; and what is not taken in, and why. */
export function toRoutes(
    { place, routes }: Inventory,
    devices: readonly DeclaredDevice[],
    names: Names,
): { readonly resources: readonly ResourceOf<"Route">[]; readonly told: readonly string[] } {
    const resources: ResourceOf<"Route">[] = [];
    const told: string[] = [];
    const isOver = (name: string | undefined) =>
        devices.some((device) => device.name === name) || (name === "lo" && place !== "");
    // On the host, what goes nowhere is the host's own.
    const isOurs = ({ hops }: RouteState) =>
        hops.length > 0 ? hops.every(({ device }) => isOver(device)) : place !== "";
    for (const route of routes) {
        const { state } = route;
        if (AUTOMATIC.includes(state.protocol) || !isOurs(state)) continue;
        const barrier = obstacle(route, routes);
        const spec = barrier === undefined ? toSpec(state, place, devices) : undefined;
        if (spec === undefined || !isSame(spec, state)) {
            const why = barrier ?? "it has what a Route cannot say";
            told.push(`${placeName(place)}: the route "${routeWords(state).join(" ")}" is left alone: ${why}`);
            continue;
        }
        const isImplied = spec.gateway !== undefined && holderOf(devices, spec.gateway) === spec.device;
        const implied = isImplied && !spec.onlink ? ["device"] : [];
        resources.push({ kind: "Route", name: nameOf(state, place, names), spec, implied });
    }
    return { resources, told };
}

/** Whether a program can say this, and would mean this one. */
function isSame(spec: RouteSpec, route: RouteState): boolean {
    const { inputs, problems } = routeSchema.check({ ...spec });
    if (problems.length > 0 || routeMistakes(inputs, []).length > 0) return false;
    const wanted = wantedRoute(spec);
    return routeKey(wanted) === routeKey(route) && wanted.scope === route.scope;
}
