import * as pulumi from "@pulumi/pulumi";
import { formatNexthop, type RouteType } from "../model/route";
import { joinList } from "../model/schema";
import { declareLink, deviceNamed, holderOf, neighboursOf, type Way, wayTo } from "./declared";
import { type DeviceInput, deviceName, isDevice, placeOnDevice } from "./device";
import { containerOf, type Place, placeInputs, placeKey } from "./place";
import { LinuxnetResource } from "./resource";
import type { Silence } from "./silence";

/** One of several ways of a route: `nexthop via GATEWAY dev DEVICE weight WEIGHT` */
export interface RouteNexthop {
    /** The next router, in a subnet of the place: `via GATEWAY` */
    gateway?: pulumi.Input<string> | undefined;
    /**
     * `dev DEVICE`
     * @default found by the kernel from the gateway
     */
    device?: DeviceInput | undefined;
    /**
     * The share of the flows, 1 to 256.
     * @default 1
     */
    weight?: pulumi.Input<number> | undefined;
}

/** What a Route is made of. */
export interface RouteArgs extends Place, Silence {
    /** A prefix such as `192.168.2.0/24` without host bits, or `default`: `ip route add DESTINATION` */
    destination: pulumi.Input<string>;
    /** The next router, in a subnet of the place: `via GATEWAY` */
    gateway?: pulumi.Input<string> | undefined;
    /**
     * `dev DEVICE`
     * @default the device declared earlier in the same place whose subnet holds the gateway
     */
    device?: DeviceInput | undefined;
    /**
     * The lower wins among routes of one destination: `metric METRIC`
     * @default 0 for IPv4, 1024 for IPv6
     */
    metric?: pulumi.Input<number> | undefined;
    /**
     * The number of the routing table: `table TABLE`
     * @default 254, the main table
     */
    table?: pulumi.Input<number> | undefined;
    /** The source address of what is sent from here, one of the place's own: `src ADDRESS` */
    preferredSource?: pulumi.Input<string> | undefined;
    /** The path's MTU in bytes: `mtu MTU` */
    mtu?: pulumi.Input<number> | undefined;
    /**
     * Take the gateway for a neighbour although no subnet holds it; needs a device: `onlink`
     * @default false
     */
    onlink?: pulumi.Input<boolean> | undefined;
    /** Several ways, in place of a gateway. */
    nexthops?: RouteNexthop[] | undefined;
    /**
     * All but `unicast` drop the packet: silently, or with an ICMP error.
     * @default "unicast"
     */
    type?: pulumi.Input<RouteType> | undefined;
}

function nexthopsInput(nexthops: RouteNexthop[] | undefined): pulumi.Input<string> | undefined {
    if (nexthops === undefined) return undefined;
    const hops = nexthops.map(({ device, ...hop }) => ({ ...hop, device: deviceName(device) }));
    return pulumi.output(hops).apply((known) => joinList(known.map(formatNexthop)));
}

/** A device of this program that is given, be it by its name. */
const declaredDevice = (place: Place) => (device: DeviceInput | undefined) =>
    isDevice(device) ? device : deviceNamed(placeKey(place), device);

/** The devices that the route goes over, found or given. */
function wayOf({ device, gateway, nexthops, type }: RouteArgs, place: Place): Way {
    const given = [device, ...(nexthops ?? []).map((hop) => hop.device)].map(declaredDevice(place));
    const resources = [...new Set(given.flatMap((one) => one?.resource ?? []))];
    if (device !== undefined) return { device: deviceName(device), resources };
    if (gateway !== undefined) return wayTo(placeKey(place), gateway);
    if (nexthops === undefined || type === "blackhole") return { device: undefined, resources };
    const ways = nexthops.map((hop) => (isDevice(hop.device) ? [] : wayTo(placeKey(place), hop.gateway).resources));
    return { device: undefined, resources: [...new Set([...resources, ...ways.flat()])] };
}

/**
 * A route: `ip route add DESTINATION via GATEWAY dev DEVICE`. ip-route(8)
 *
 * Gateway, nexthops, preferred source, MTU and type change in place; destination, table, metric and device replace it.
 * It is refused if a route of the same destination, table and metric exists that this resource did not create.
 */
export class Route extends LinuxnetResource {
    /** As given, in canonical spelling. */
    declare readonly destination: pulumi.Output<string>;
    /** The next router, if there is a single one. */
    declare readonly gateway: pulumi.Output<string | undefined>;
    /** The device found or given. */
    declare readonly device: pulumi.Output<string | undefined>;

    constructor(name: string, args: RouteArgs, options?: pulumi.CustomResourceOptions) {
        const { namespace, host, device, nexthops, ...rest } = args;
        const place = placeOnDevice({ namespace, host }, device, { resource: name, property: "device" });
        const way = wayOf(args, place);
        // The kernel takes no source that is not there, and the route away with it.
        const source = holderOf(placeKey(place), args.preferredSource);
        const resources = [...new Set([...way.resources, ...(source ? [source.resource] : [])])];
        const gateways = [args.gateway, ...(nexthops ?? []).map((hop) => hop.gateway)];
        const neighbours = gateways.flatMap((gateway) => neighboursOf(placeKey(place), gateway));
        const inputs = { ...rest, ...placeInputs(place), device: way.device, nexthops: nexthopsInput(nexthops) };
        super(
            name,
            {
                kind: "Route",
                factory: "route",
                inputs,
                dependsOn: [...new Set([...resources, ...neighbours])],
                replaceWith: resources,
                deletedWith: containerOf(place),
            },
            options,
        );
        if (gateways.every((gateway) => gateway === undefined)) declareLink(this, placeKey(place), args.destination);
    }
}
