import type { Place } from "../place";
import { contains, type Family, networkOf, type Prefix } from "../prefix";
import type { RouteType } from "../route";
import type { Side } from "../veth-pair";

/** A tunnel to other hosts. */
interface Tunnel {
    readonly vni: number;
    readonly local: string;
    readonly port: number;
    readonly remotes: readonly string[];
    readonly learning: boolean;
}

/** A network device. */
export interface Device {
    readonly place: Place;
    readonly name: string;
    readonly kind: "veth" | "bridge" | "vxlan" | "existing";
    /** The resource that makes it, or that gives it an address. */
    readonly resource: string;
    readonly resourceKind: string;
    /** Which end of a pair it is. */
    readonly side: Side | undefined;
    readonly isUp: boolean;
    readonly mtu: number | undefined;
    /** The bridge whose port it is. */
    readonly bridge: string | undefined;
    /** A bridge's: loops do it no harm. */
    readonly stp: boolean;
    /** The other end of a pair. */
    peer?: Device;
    readonly tunnel: Tunnel | undefined;
    /** In their order: the first of an IPv4 subnet is its primary. */
    readonly addresses: Prefix[];
    /** Its addresses are not all known: not given, or not yet. */
    isOpen: boolean;
}

/** A property of a device as its user writes it: `left.addresses`. */
export const propertyOf = ({ side }: Device, property: string): string => (side ? `${side}.${property}` : property);

/** One way of a route. */
export interface Way {
    readonly gateway: Prefix | undefined;
    readonly device: string | undefined;
}

/** A route, declared or an address's own. */
export interface RouteEntry {
    readonly place: Place;
    /** Undefined: it comes with an address, or is somebody else's. */
    readonly resource: string | undefined;
    readonly isForeign?: true;
    readonly destination: Prefix;
    readonly metric: number;
    readonly type: RouteType;
    readonly ways: readonly Way[];
    readonly source: Prefix | undefined;
}

/** A namespace, or a host's own, with all that is declared in it. */
export class Node {
    readonly devices = new Map<string, Device>();
    /** Those of the table "main" that are declared. */
    readonly routes: RouteEntry[] = [];
    /** By family: on or off as declared, and the resource that says so. */
    readonly forwarding = new Map<Family, { readonly isOn: boolean; readonly resource: string }>();
    /** Of IPv4, devices for which somebody has said otherwise. */
    readonly exceptions = new Set<string>();
    /** The resource that makes it; undefined is a host's own, or one that exists. */
    resource: string | undefined;

    constructor(readonly place: Place) {}

    forwards(family: Family): boolean {
        return this.forwarding.get(family)?.isOn === true;
    }

    /** Whether what comes in by a device is passed on: of IPv4 each device's own setting decides, of IPv6 that of all (ip6_forward). */
    forwardsFrom({ name }: Device, family: Family): boolean {
        return this.forwards(family) !== (family === 4 && this.exceptions.has(name));
    }

    /** The device that has an address and takes packets for it: an IPv6 address goes when its device is down. */
    holderOf(address: string): Device | undefined {
        this.#holders ??= new Map(
            [...this.devices.values()]
                .toReversed()
                .flatMap((device) =>
                    device.addresses
                        .filter(({ family }) => device.isUp || family === 4)
                        .map((one): [string, Device] => [one.address, device]),
                ),
        );
        return this.#holders.get(address);
    }
    #holders: ReadonlyMap<string, Device> | undefined;

    /** The device to which an address was given, whether it is up or not. */
    ownerOf(address: string): Device | undefined {
        return [...this.devices.values()].find(({ addresses }) => addresses.some((one) => one.address === address));
    }

    /** The device in one of whose subnets an address lies, the longest prefix first. */
    neighbourDevice(address: Prefix): Device | undefined {
        const [first] = [...this.devices.values()]
            .filter(({ isUp }) => isUp)
            .flatMap((device) => device.addresses.map((subnet) => ({ device, subnet })))
            .filter(({ subnet }) => contains(subnet, address))
            .toSorted((a, b) => b.subnet.length - a.subnet.length);
        return first?.device;
    }

    /** All routes that a packet may take, the best of a destination first. */
    get table(): readonly RouteEntry[] {
        this.#table ??= [...this.#connected(), ...this.routes].toSorted(
            (a, b) => b.destination.length - a.destination.length || a.metric - b.metric,
        );
        return this.#table;
    }
    #table: readonly RouteEntry[] | undefined;

    *#connected(): Iterable<RouteEntry> {
        for (const device of this.devices.values()) {
            if (!device.isUp) continue;
            for (const address of device.addresses) {
                yield {
                    place: this.place,
                    resource: undefined,
                    destination: networkOf(address),
                    metric: address.family === 6 ? 256 : 0,
                    type: "unicast",
                    ways: [{ gateway: undefined, device: device.name }],
                    source: address.family === 4 ? address : undefined,
                };
            }
        }
    }
}
