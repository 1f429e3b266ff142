import type { BridgeSpec } from "../bridge";
import type { ForwardingSettingSpec } from "../forwarding-setting";
import { type Place, placeOf } from "../place";
import { contains, type Family, networkOf, type Prefix, parseAddress, parsePrefix } from "../prefix";
import {
    kernelDestination,
    kernelMetric,
    MAIN_TABLE,
    parseNexthop,
    type RouteSpec,
    type RouteType,
    routeFamily,
} from "../route";
import { splitList, UNKNOWN } from "../schema";
import { endOf, SIDES, type VethPairSpec } from "../veth-pair";
import { VXLAN_PORT, type VxlanSpec } from "../vxlan";

/** A resource as the engine knows it: its flat inputs, and those that are not known yet as UNKNOWN. */
export interface Resource {
    /** `VethPair` */
    readonly kind: string;
    readonly name: string;
    readonly inputs: Readonly<Record<string, unknown>>;
}

/** A tunnel to other hosts. */
export interface Tunnel {
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
    /** The name of the resource that makes it, or that gives it an address. */
    readonly resource: string;
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

/** One way of a route. */
export interface Way {
    readonly gateway: Prefix | undefined;
    readonly device: string | undefined;
}

/** A route, declared or an address's own. */
export interface RouteEntry {
    readonly place: Place;
    /** Undefined: it comes with an address. */
    readonly resource: string | undefined;
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
    /** The resource that makes it; undefined is a host's own, or one that exists. */
    resource: string | undefined;

    constructor(readonly place: Place) {}

    forwards(family: Family): boolean {
        return this.forwarding.get(family)?.isOn === true;
    }

    /** The device that has an address and takes packets for it: an IPv6 address goes when its device is down. */
    holderOf(address: string): Device | undefined {
        return [...this.devices.values()].find(({ isUp, addresses }) =>
            addresses.some((one) => one.address === address && (isUp || one.family === 4)),
        );
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

type Inputs = Readonly<Record<string, unknown>>;

/** Without what is not known yet, which is told apart by being absent. */
const known = (inputs: Inputs): Inputs =>
    Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== UNKNOWN));

const prefixes = (list: string | undefined): Prefix[] => splitList(list ?? "").map(parsePrefix);
const optional = (address: string | undefined): Prefix | undefined =>
    address === undefined ? undefined : parseAddress(address);

/** All that is declared, as a network. */
export class Topology {
    readonly nodes = new Map<Place, Node>();

    constructor(readonly resources: readonly Resource[]) {
        for (const resource of resources) this.#add(resource);
        for (const resource of resources) if (resource.kind === "Address") this.#addAddress(resource);
    }

    get devices(): readonly Device[] {
        return [...this.nodes.values()].flatMap((node) => [...node.devices.values()]);
    }

    node(place: Place): Node {
        const found = this.nodes.get(place) ?? new Node(place);
        this.nodes.set(place, found);
        return found;
    }

    #add({ kind, name: resource, inputs }: Resource): void {
        const spec = known(inputs);
        if (kind === "Namespace" && typeof spec["name"] === "string") {
            const { name, host } = spec as { name: string; host?: string };
            this.node(placeOf({ namespace: name, ...(host === undefined ? {} : { host }) })).resource = resource;
        }
        if (kind === "Bridge" || kind === "Vxlan") this.#addDevice(kind, resource, spec);
        if (kind === "VethPair") this.#addPair(resource, spec as VethPairSpec);
        if (kind === "Route") this.#addRoute(resource, spec as RouteSpec);
        if (kind === "ForwardingSetting") this.#addForwarding(resource, spec as ForwardingSettingSpec);
    }

    #addDevice(kind: "Bridge" | "Vxlan", resource: string, inputs: Inputs): void {
        const spec = inputs as Partial<BridgeSpec & VxlanSpec>;
        if (spec.name === undefined) return;
        const { vni, local, port = VXLAN_PORT, remotes, learning = true } = spec;
        const isTunnel = kind === "Vxlan" && vni !== undefined && local !== undefined;
        this.#put({
            place: placeOf(spec),
            name: spec.name,
            kind: kind === "Bridge" ? "bridge" : "vxlan",
            resource,
            isUp: spec.up !== false,
            mtu: spec.mtu,
            bridge: spec.bridge,
            stp: spec.stp === true,
            tunnel: isTunnel ? { vni, local, port, remotes: splitList(remotes ?? ""), learning } : undefined,
            addresses: prefixes(spec.addresses),
            isOpen: spec.addresses === undefined,
        });
    }

    #addPair(resource: string, spec: VethPairSpec): void {
        const [left, right] = SIDES.map((side) => {
            const { name, addresses, bridge, mtu, up, ...place } = endOf(spec, side);
            const device: Device = {
                place: placeOf(place),
                name: name ?? "",
                kind: "veth",
                resource,
                isUp: up !== false,
                mtu,
                bridge,
                stp: false,
                tunnel: undefined,
                addresses: prefixes(addresses),
                isOpen: addresses === undefined,
            };
            return device;
        });
        if (left === undefined || right === undefined || left.name === "" || right.name === "") return;
        left.peer = right;
        right.peer = left;
        this.#put(left);
        this.#put(right);
    }

    #put(device: Device): void {
        this.node(device.place).devices.set(device.name, device);
    }

    #addAddress({ name: resource, inputs }: Resource): void {
        const { device: name, address, ...place } = known(inputs) as { device?: string; address?: string };
        if (name === undefined || address === undefined) return;
        const node = this.node(placeOf(place));
        const found = node.devices.get(name);
        if (found === undefined) {
            const nothing = { mtu: undefined, bridge: undefined, stp: false, tunnel: undefined };
            const existing = { place: node.place, name, kind: "existing", resource, isUp: true, isOpen: true } as const;
            node.devices.set(name, { ...existing, ...nothing, addresses: [parsePrefix(address)] });
        } else found.addresses.push(parsePrefix(address));
    }

    #addRoute(resource: string, spec: RouteSpec): void {
        if (spec.destination === undefined || routeFamily(spec) === undefined) return;
        if ((spec.table ?? MAIN_TABLE) !== MAIN_TABLE) return;
        const place = placeOf(spec);
        const hops = splitList(spec.nexthops ?? "").map(parseNexthop);
        const ways = hops.length > 0 ? hops : [{ gateway: spec.gateway, device: spec.device }];
        this.node(place).routes.push({
            place,
            resource,
            destination: parsePrefix(kernelDestination(spec)),
            metric: kernelMetric(spec),
            type: spec.type ?? "unicast",
            ways: ways.map(({ gateway, device }) => ({ gateway: optional(gateway), device })),
            source: optional(spec.preferredSource),
        });
    }

    #addForwarding(resource: string, spec: ForwardingSettingSpec): void {
        const node = this.node(placeOf(spec));
        if (spec.ipv4 !== undefined) node.forwarding.set(4, { isOn: spec.ipv4, resource });
        if (spec.ipv6 !== undefined) node.forwarding.set(6, { isOn: spec.ipv6, resource });
    }
}
