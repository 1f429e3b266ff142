import type {
    BridgeWish,
    DeviceWish,
    EndWish,
    ForwardingWish,
    LoopbackWish,
    PairWish,
    RouteWish,
    VxlanWish,
} from "./random-lab";
import { RoutePlan } from "./random-routes";
import { type Declared, declare } from "./reference/lab";

export type Family = 4 | 6;

/** A device of the lab, as far as others have to know it. */
export interface PlannedDevice {
    /** Undefined is the host. */
    readonly place: string | undefined;
    readonly name: string;
    /** The number of its layer-2 network, which is that of its subnets. */
    readonly segment: number;
    readonly addresses: readonly string[];
    /** As declared; a bridge without one follows its ports. */
    readonly mtu: number | undefined;
    readonly isUp: boolean;
    readonly isBridge: boolean;
}

export const familyOf = (address: string): Family => (address.includes(":") ? 6 : 4);

/** RFC 8200, section 5. */
const IPV6_MTU = 1280;
/** What the encapsulation of a Vxlan takes, over IPv6 (RFC 7348). */
const OVERHEAD = 70;

export const pick = <T>(list: readonly T[], which: number): T | undefined => list[which % list.length];

/** The address of a host in a segment. */
export const addressIn = (segment: number, family: Family, host: number): string =>
    family === 4 ? `10.${segment}.0.${host}` : `fd${segment.toString(16).padStart(2, "0")}::${host.toString(16)}`;

/** Makes of wishes what goes together, a resource after the other. */
export class LabPlan {
    readonly #places: readonly (string | undefined)[];
    readonly #namespaces: readonly Declared[];
    readonly #links: Declared[] = [];
    readonly #rest: Declared[] = [];
    readonly #forwardings: { readonly before: number; readonly declared: Declared }[] = [];
    readonly #devices: PlannedDevice[] = [];
    readonly #loopbacks: { readonly place: string | undefined; readonly address: string }[] = [];
    readonly #hosts = new Map<number, number>();
    readonly #routes = new RoutePlan();
    #segments = 0;
    #macs = 0;

    constructor(namespaces: number) {
        const names = Array.from({ length: namespaces }, (_, at) => `ns${at + 1}`);
        this.#places = [undefined, ...names];
        this.#namespaces = names.map((name) => declare("Namespace", name, { name }));
    }

    get declared(): readonly Declared[] {
        const links = this.#links.flatMap((link, at) => [
            ...this.#forwardings.filter(({ before }) => before === at).map(({ declared }) => declared),
            link,
        ]);
        return [...this.#namespaces, ...links, ...this.#rest];
    }

    addBridge({ device, stp }: BridgeWish): void {
        const place = pick(this.#places, device.place);
        const name = `br${this.#devices.length + 1}`;
        const options = this.#options(device, this.#newSegment());
        this.#devices.push({ place, name, ...options.planned, isBridge: true });
        this.#links.push(declare("Bridge", name, { namespace: place, name, ...options.args, stp }));
    }

    /** One end at most is a port: two bridges joined twice are a loop. */
    addPair({ left, right }: PairWish): void {
        const name = `pair${this.#links.length + 1}`;
        const bridge = this.#bridgeFor(left) ?? this.#bridgeFor(right);
        const isLeft = this.#bridgeFor(left) !== undefined;
        const segment = bridge?.segment ?? this.#newSegment();
        const ends = [left, right].map((wish, at) => {
            const isPort = bridge !== undefined && isLeft === (at === 0);
            return this.#end(wish, `${name}-${at === 0 ? "l" : "r"}`, segment, isPort ? bridge : undefined);
        });
        this.#links.push(declare("VethPair", name, { left: ends[0], right: ends[1] }));
    }

    #bridgeFor({ device, port }: EndWish): PlannedDevice | undefined {
        const place = pick(this.#places, device.place);
        const bridges = this.#devices.filter((one) => one.isBridge && one.place === place);
        return port === undefined ? undefined : pick(bridges, port);
    }

    #end({ device }: EndWish, name: string, segment: number, bridge: PlannedDevice | undefined) {
        const place = pick(this.#places, device.place);
        if (bridge === undefined) {
            const { planned, args } = this.#options(device, segment);
            this.#devices.push({ place, name, ...planned, isBridge: false });
            return { namespace: place, name, ...args };
        }
        // A bridge without an MTU of its own follows this one, and loses its IPv6 addresses if it is too small.
        const isTooSmall = device.mtu !== undefined && device.mtu < IPV6_MTU && bridge.mtu === undefined;
        const wish = { ...device, ipv4: 0, ipv6: 0, mtu: isTooSmall ? undefined : device.mtu };
        return { namespace: place, name, ...this.#options(wish, segment).args, bridge: bridge.name };
    }

    /** Over an address that the place has. The room that it leaves is known where the underlay has an MTU of its own, or is no bridge. */
    addVxlan({ underlay, remotes, isBound, learning, device }: VxlanWish): void {
        const over = pick(
            this.#devices.filter(({ addresses }) => addresses.length > 0),
            underlay,
        );
        const local = pick(over?.addresses ?? [], underlay)?.split("/")[0];
        if (over === undefined || local === undefined) return;
        const room = (over.mtu ?? (over.isBridge ? 0 : 1500)) - OVERHEAD;
        const wish = { ...device, mtu: undefined, ipv6: room >= IPV6_MTU ? device.ipv6 : 0 };
        const { planned, args } = this.#options(wish, this.#newSegment());
        const name = `vx${this.#links.length + 1}`;
        // None of ours, but in the subnet of the local one.
        const others = Array.from({ length: remotes }, (_, at) => addressIn(over.segment, familyOf(local), 201 + at));
        const tunnel = { vni: planned.segment, local, remotes: others, learning };
        const bound = isBound ? { device: over.name } : {};
        this.#links.push(declare("Vxlan", name, { namespace: over.place, name, ...tunnel, ...bound, ...args }));
    }

    addLoopback({ place: which, family }: LoopbackWish): void {
        const place = pick(this.#places, which);
        const segment = this.#newSegment();
        const address = `${addressIn(segment, family, 1)}/${family === 4 ? 32 : 128}`;
        this.#loopbacks.push({ place, address });
        const args = { namespace: place, device: "lo", address };
        this.#rest.push(declare("Address", `address${this.#rest.length + 1}`, args));
    }

    /** Two of one place want the same, or something else. */
    addForwarding({ place: which, ipv4, ipv6, persist, before }: ForwardingWish): void {
        const place = pick(this.#places, which);
        const others = this.#forwardings
            .map(({ declared }) => declared.args)
            .filter((args) => args.namespace === place);
        const agreed = (key: "ipv4" | "ipv6", wanted: boolean | undefined) =>
            wanted === undefined
                ? undefined
                : (others.map((args) => args[key]).find((one) => one !== undefined) ?? wanted);
        const values = { ipv4: agreed("ipv4", ipv4), ipv6: agreed("ipv6", ipv4 === undefined ? (ipv6 ?? true) : ipv6) };
        const isFirst = others.length === 0 && place === undefined;
        const args = { namespace: place, ...values, persist: isFirst && persist ? true : undefined };
        const declared = declare("ForwardingSetting", `forwarding${this.#forwardings.length + 1}`, args);
        this.#forwardings.push({ before: before % this.#links.length, declared });
    }

    addRoute(wish: RouteWish): void {
        const place = pick(this.#places, wish.place);
        const devices = this.#devices.filter((device) => device.place === place && device.isUp);
        const loopbacks = this.#loopbacks.filter((one) => one.place === place).map(({ address }) => address);
        const args = this.#routes.plan(wish, place, devices, loopbacks);
        if (args !== undefined) this.#rest.push(declare("Route", `route${this.#rest.length + 1}`, args));
    }

    #newSegment(): number {
        this.#segments += 1;
        return this.#segments;
    }

    #nextHost(segment: number): number {
        const host = (this.#hosts.get(segment) ?? 0) + 1;
        this.#hosts.set(segment, host);
        return host;
    }

    /** An MTU too small for IPv6 goes with no IPv6 address. */
    #options({ ipv4, ipv6, isSingle, mtu, hasMac, up }: DeviceWish, segment: number) {
        const counts: readonly [Family, number][] = [
            [4, ipv4],
            [6, mtu !== undefined && mtu < IPV6_MTU ? 0 : ipv6],
        ];
        const length = (family: Family) => (isSingle ? (family === 4 ? 32 : 128) : family === 4 ? 24 : 64);
        const addresses = counts.flatMap(([family, count]) =>
            Array.from(
                { length: count },
                () => `${addressIn(segment, family, this.#nextHost(segment))}/${length(family)}`,
            ),
        );
        const macAddress = hasMac ? `02:00:00:00:01:${(++this.#macs).toString(16).padStart(2, "0")}` : undefined;
        const given = addresses.length === 0 ? undefined : addresses;
        const planned = { segment, addresses, mtu, isUp: up !== false };
        return { planned, args: { addresses: given, mtu, macAddress, up } };
    }
}
