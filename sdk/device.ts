import * as pulumi from "@pulumi/pulumi";
import { joinList } from "../model/schema";
import { agree, hostOf, type Place } from "./place";

/** A network device of this program: an end of a veth pair, a bridge, or a VXLAN. */
export interface Device {
    /** The name that `ip link` shows. */
    readonly name: pulumi.Output<string>;
    /** `02:…`: the same for the same resource, unless given. */
    readonly macAddress: pulumi.Output<string>;
    /** In bytes. */
    readonly mtu: pulumi.Output<number>;
    /** With their prefix lengths, without the kernel's own link-local ones. */
    readonly addresses: pulumi.Output<string[]>;
    /** Where it lives. */
    readonly place: Place;
    /** What creates it. */
    readonly resource: pulumi.Resource;
}

/** A device's computed properties, as the provider tells them. */
export interface DeviceProperties {
    readonly macAddress: string;
    readonly mtu: number;
    readonly addresses: string[];
}

/** Wherever a device is asked for, the name of an existing one will do. */
export type DeviceInput = Device | pulumi.Input<string>;

export function isDevice(value: unknown): value is Device {
    return typeof value === "object" && value !== null && "resource" in value && "place" in value;
}

export const deviceName = (device: DeviceInput | undefined): pulumi.Input<string> | undefined =>
    isDevice(device) ? device.name : device;

/** What is referred to, for whom, and by which property: for a message. */
export interface Reference {
    readonly resource: string;
    readonly property: string;
}

/** Where something on a device lives, unless it is said; then both have to be on the same host. */
export function placeOnDevice(given: Place, device: DeviceInput | undefined, { resource, property }: Reference): Place {
    const place = { namespace: given.namespace, host: given.host };
    if (!isDevice(device)) return place;
    if (place.namespace === undefined && place.host === undefined) return device.place;
    agree(resource, property, hostOf(device.place), place);
    return place;
}

/** A list as one text: it reads as one change wherever an element is added. */
export function listInput(list: pulumi.Input<pulumi.Input<string>[]> | undefined): pulumi.Input<string> | undefined {
    if (list === undefined) return undefined;
    const isPlain = Array.isArray(list) && list.every((item) => typeof item === "string");
    if (isPlain) return joinList(list as string[]);
    // Programs are not type-checked at every start: one text where a list belongs is a list of one.
    return pulumi.output(list).apply((items: unknown) => (Array.isArray(items) ? joinList(items) : String(items)));
}

/** What the program says of a device itself: known in a preview, where computed properties are not. */
export interface GivenProperties {
    readonly addresses?: pulumi.Input<pulumi.Input<string>[]> | undefined;
    readonly mtu?: pulumi.Input<number> | undefined;
    readonly macAddress?: pulumi.Input<string> | undefined;
}

/** Made for the first who asks. */
function once<T>(make: () => T): () => T {
    let made: { readonly value: T } | undefined;
    return () => {
        made ??= { value: make() };
        return made.value;
    };
}

/** The device that a resource describes. Few programs read its properties, and each takes the SDK several promises. */
export function deviceOf(
    resource: pulumi.Resource,
    name: pulumi.Output<string>,
    computed: pulumi.Output<DeviceProperties>,
    given: GivenProperties,
    place: Place,
): Device {
    // By way of the name, what is made of it comes after the resource.
    const known = <T>(value: pulumi.Input<T>): pulumi.Output<T> => pulumi.all([value, name]).apply(([one]) => one as T);
    const macAddress = once(() =>
        given.macAddress ? known(given.macAddress) : computed.apply((device) => device.macAddress),
    );
    const mtu = once(() => (given.mtu ? known(given.mtu) : computed.apply((device) => device.mtu)));
    const addresses = once(() =>
        given.addresses
            ? known(pulumi.output(given.addresses as pulumi.Input<string[]>))
            : computed.apply((device) => device.addresses),
    );
    return {
        name,
        get macAddress() {
            return macAddress();
        },
        get mtu() {
            return mtu();
        },
        get addresses() {
            return addresses();
        },
        place,
        resource,
    };
}
