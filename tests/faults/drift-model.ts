import type { Declared } from "./reference/lab";

type Args = Declared["args"];

/** RFC 8200, section 5. */
const IPV6_MTU = 1280;

/** One end of a pair, or a bridge, as the kernel has it. */
export interface ModelDevice {
    readonly resource: string;
    /** What the resource's properties begin with: left, right, or nothing. */
    readonly side: string;
    readonly namespace: string | undefined;
    /** As declared. */
    readonly name: string;
    shownName: string;
    readonly args: Args;
    readonly isBridge: boolean;
    isThere: boolean;
    isUp: boolean;
    mtu: number | undefined;
    macAddress: string | undefined;
    bridge: string | undefined;
    stp: boolean;
    /** In the kernel's order: IPv4 as they come, of IPv6 the newest first. */
    ipv4: readonly string[];
    ipv6: readonly string[];
}

export interface ModelRoute {
    readonly resource: string;
    readonly namespace: string | undefined;
    readonly device: string | undefined;
    readonly args: Args;
    readonly isIpv6: boolean;
    isThere: boolean;
    gateway: string | undefined;
    type: string | undefined;
}

export interface ModelPlace {
    readonly resource: string;
    readonly name: string;
    isThere: boolean;
    isLoopbackUp: boolean;
}

export interface ModelForwarding {
    readonly resource: string;
    readonly namespace: string | undefined;
    readonly args: Args;
    isThere: boolean;
    ipv4: boolean;
    ipv6: boolean;
}

export interface ModelAddress {
    readonly resource: string;
    readonly args: Args;
    isThere: boolean;
}

export const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
export const text = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));
const isIpv6 = (address: string): boolean => address.includes(":");

function deviceOf(resource: string, side: string, args: Args): ModelDevice {
    const addresses = texts(args.addresses);
    return {
        resource,
        side,
        namespace: text(args.namespace),
        name: String(args.name),
        shownName: String(args.name),
        args,
        isBridge: side === "",
        isThere: true,
        isUp: true,
        mtu: args.mtu === undefined ? undefined : Number(args.mtu),
        macAddress: text(args.macAddress),
        bridge: text(args.bridge),
        stp: args.stp === true,
        ipv4: addresses.filter((address) => !isIpv6(address)),
        ipv6: addresses.filter(isIpv6),
    };
}

/**
 * The lab as the kernel has it, by rules of our own: what somebody does to it by hand, and what the kernel does then by itself.
 * What a refresh has to show follows from it, and not from anything that the provider says.
 */
export class LabModel {
    readonly devices: readonly ModelDevice[];
    readonly routes: readonly ModelRoute[];
    readonly places: readonly ModelPlace[];
    readonly forwardings: readonly ModelForwarding[];
    readonly addresses: readonly ModelAddress[];

    constructor(lab: readonly Declared[]) {
        const of = (kind: Declared["kind"]) => lab.filter((one) => one.kind === kind);
        this.places = of("Namespace").map(({ name }) => ({
            resource: name,
            name,
            isThere: true,
            isLoopbackUp: true,
        }));
        this.devices = [
            ...of("Bridge").map(({ name, args }) => deviceOf(name, "", args)),
            ...of("VethPair").flatMap(({ name, args }) =>
                ["left", "right"].map((side) => deviceOf(name, side, Object(args[side]))),
            ),
        ];
        this.routes = of("Route").map(({ name, args }) => ({
            resource: name,
            namespace: text(args.namespace),
            device: text(args.device),
            args,
            isIpv6: isIpv6(`${args.destination} ${args.gateway}`),
            isThere: true,
            gateway: text(args.gateway),
            type: text(args.type),
        }));
        this.forwardings = of("ForwardingSetting").map(({ name, args }) => ({
            resource: name,
            namespace: text(args.namespace),
            args,
            isThere: true,
            ipv4: args.ipv4 === true,
            ipv6: args.ipv6 === true,
        }));
        this.addresses = of("Address").map(({ name, args }) => ({ resource: name, args, isThere: true }));
    }

    device(resource: string, side: string): ModelDevice {
        const found = this.devices.find((one) => one.resource === resource && one.side === side);
        if (found === undefined) throw new Error(`The lab has no ${resource} ${side}.`);
        return found;
    }

    routesOver({ namespace, name }: ModelDevice): readonly ModelRoute[] {
        return this.routes.filter((route) => route.namespace === namespace && route.device === name);
    }

    /** A device that is down has no routes, and IPv6 gives its addresses up (ip-sysctl, keep_addr_on_down). */
    setDown(device: ModelDevice): void {
        device.isUp = false;
        device.ipv6 = [];
        for (const route of this.routesOver(device)) route.isThere = false;
    }

    /** A device gets another name while it is down (dev_change_name); then it is up again. Its ports go with a bridge. */
    rename(device: ModelDevice, name: string): void {
        this.setDown(device);
        device.isUp = true;
        for (const port of this.#portsOf(device)) port.bridge = name;
        device.shownName = name;
    }

    #portsOf({ isBridge, namespace, shownName }: ModelDevice): readonly ModelDevice[] {
        return this.devices.filter((one) => isBridge && one.namespace === namespace && one.bridge === shownName);
    }

    /** Where IPv6 does not fit, the kernel takes it off the device altogether (addrconf_notify). */
    setMtu(device: ModelDevice, mtu: number): void {
        device.mtu = mtu;
        if (mtu >= IPV6_MTU) return;
        device.ipv6 = [];
        for (const route of this.routesOver(device)) if (route.isIpv6) route.isThere = false;
    }

    addAddress(device: ModelDevice, address: string): void {
        if (isIpv6(address)) device.ipv6 = [address, ...device.ipv6];
        else device.ipv4 = [...device.ipv4, address];
    }

    /** With its last address IPv4 is off the device, and so are its routes (fib_inetaddr_event); IPv6 has a link-local one left. */
    removeAddress(device: ModelDevice, address: string): void {
        device.ipv4 = device.ipv4.filter((one) => one !== address);
        device.ipv6 = device.ipv6.filter((one) => one !== address);
        if (isIpv6(address) || device.ipv4.length > 0) return;
        for (const route of this.routesOver(device)) if (!route.isIpv6) route.isThere = false;
    }

    /** An end takes the other along; a bridge gives its ports up. */
    removeLink(device: ModelDevice): void {
        for (const one of this.devices.filter(({ resource }) => resource === device.resource)) {
            one.isThere = false;
            for (const route of this.routesOver(one)) route.isThere = false;
        }
        for (const port of this.#portsOf(device)) port.bridge = undefined;
    }

    /** It takes along what is in it, and the other ends of its pairs. */
    removeNamespace(place: ModelPlace): void {
        place.isThere = false;
        const isInside = ({ namespace }: { readonly namespace: string | undefined }) => namespace === place.name;
        for (const device of this.devices.filter(isInside)) this.removeLink(device);
        for (const one of [...this.routes, ...this.forwardings].filter(isInside)) one.isThere = false;
    }

    /** All is gone but the host, which forwards nothing. */
    reboot(): void {
        for (const place of this.places) this.removeNamespace(place);
        for (const device of this.devices) this.removeLink(device);
        for (const one of [...this.routes, ...this.addresses]) one.isThere = false;
        for (const one of this.forwardings) Object.assign(one, { ipv4: false, ipv6: false });
    }
}
