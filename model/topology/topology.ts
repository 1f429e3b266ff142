import type { BridgeSpec } from "../bridge";
import { type ForwardingSettingSpec, parseExceptions } from "../forwarding-setting";
import { type Place, placeOf, placeParts } from "../place";
import { type Prefix, parseAddress, parseDeviceAddress, parsePrefix } from "../prefix";
import { kernelDestination, kernelMetric, MAIN_TABLE, parseNexthop, type RouteSpec, routeFamily } from "../route";
import { splitList, UNKNOWN } from "../schema";
import { endOf, SIDES, type VethPairSpec } from "../veth-pair";
import { VXLAN_PORT, type VxlanSpec } from "../vxlan";
import { type Device, Node } from "./node";

/** A resource as the engine knows it: its flat inputs, and those that are not known yet as UNKNOWN. */
export interface Resource {
    /** `VethPair` */
    readonly kind: string;
    readonly name: string;
    readonly inputs: Readonly<Record<string, unknown>>;
}

type Inputs = Readonly<Record<string, unknown>>;

/** Without what is not known yet, which is told apart by being absent. */
const known = (inputs: Inputs): Inputs =>
    Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== UNKNOWN));

const prefixes = (list: string | undefined): Prefix[] => splitList(list ?? "").map(parseDeviceAddress);
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

    /** Whether all that is in a place is declared: a machine, or a namespace that somebody else has made, may have more. */
    isWhole(place: Place): boolean {
        const { namespace, simulated } = placeParts(place);
        return namespace === undefined ? simulated.length > 0 : this.nodes.get(place)?.resource !== undefined;
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
            resourceKind: kind,
            side: undefined,
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
                resourceKind: "VethPair",
                side,
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
            const nothing = { side: undefined, mtu: undefined, bridge: undefined, stp: false, tunnel: undefined };
            const existing = {
                place: node.place,
                name,
                kind: "existing",
                resource,
                resourceKind: "Address",
                isUp: true,
                isOpen: true,
            } as const;
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

    #addForwarding(resource: string, spec: ForwardingSettingSpec & { exceptions?: string }): void {
        const node = this.node(placeOf(spec));
        for (const { device, family } of parseExceptions(spec.exceptions))
            if (family === 4) node.exceptions.add(device);
        if (spec.ipv4 !== undefined) node.forwarding.set(4, { isOn: spec.ipv4, resource });
        if (spec.ipv6 !== undefined) node.forwarding.set(6, { isOn: spec.ipv6, resource });
    }
}
