import type * as pulumi from "@pulumi/pulumi";
import { INTERFACE_NAME_BYTES } from "../model/name";
import type { Side } from "../model/veth-pair";
import { declareDevice, deviceNamed } from "./declared";
import {
    type Device,
    type DeviceInput,
    type DeviceProperties,
    deviceName,
    deviceOf,
    isDevice,
    listInput,
    placeOnDevice,
} from "./device";
import { containerOf, defaultName, type Place, placeInputs, placeKey } from "./place";
import { LinuxnetResource } from "./resource";
import type { Silence } from "./silence";

/** One end of a veth pair. */
export interface Endpoint extends Place {
    /**
     * `ip link add name NAME`: 1 to 15 of letters, digits, `_ . -`.
     * @default the resource's name; on a host, where stacks meet, with the stack's: `link1-dev`
     */
    name?: pulumi.Input<string> | undefined;
    /**
     * Exactly these, with prefix lengths: `ip addr add ADDRESS dev NAME`. The first of an IPv4 subnet is its primary,
     * the source of what is sent. IPv6 addresses work at once: duplicate address detection is off on the pair.
     * @default not looked at
     */
    addresses?: pulumi.Input<pulumi.Input<string>[]> | undefined;
    /**
     * The bridge whose port this end is: `ip link set NAME master BRIDGE`. The end lives where the bridge does.
     * @default not looked at
     */
    bridge?: DeviceInput | undefined;
    /**
     * In bytes, 68 to 65535; at least 1280 with IPv6: `ip link set NAME mtu MTU`
     * @default not looked at; the kernel's 1500
     */
    mtu?: pulumi.Input<number> | undefined;
    /**
     * `ip link set NAME address MAC`
     * @default not looked at; 02:… made of the resource's and the device's name, the same at every deployment
     */
    macAddress?: pulumi.Input<string> | undefined;
    /**
     * `ip link set NAME up`. With either end down, the link is down.
     * @default true
     */
    up?: pulumi.Input<boolean> | undefined;
}

/** The two ends; which is left and which is right makes no difference. */
export interface VethPairArgs extends Silence {
    /** One end. */
    left: Endpoint;
    /** The other end. */
    right: Endpoint;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const placeOf = (resource: string, side: Side, { namespace, host, bridge }: Endpoint): Place =>
    placeOnDevice({ namespace, host }, bridge, { resource, property: `${side}.bridge` });

/** The bridge of this program, given itself or by its name. */
const bridgeOf = ({ bridge }: Endpoint, place: Place): pulumi.Resource | undefined =>
    (isDevice(bridge) ? bridge : deviceNamed(placeKey(place), bridge))?.resource;

/** An end's inputs, its names begun with the side's. */
function endInputs(side: Side, resource: string, end: Endpoint, place: Place): pulumi.Inputs {
    const { name, addresses, bridge, namespace: _namespace, host: _host, ...rest } = end;
    const inputs = {
        ...rest,
        ...placeInputs(place),
        name: name ?? defaultName(resource, place, INTERFACE_NAME_BYTES),
        addresses: listInput(addresses),
        bridge: deviceName(bridge),
    };
    return Object.fromEntries(Object.entries(inputs).map(([key, value]) => [side + capital(key), value]));
}

/**
 * Two devices joined like the ends of a cable: `ip link add NAME type veth peer name NAME`. veth(4)
 *
 * Each end lives in a namespace or on the host. Addresses, MTU, MAC address, state and bridge change in place; another
 * name or place replaces the pair, and the routes over it with it.
 */
export class VethPair extends LinuxnetResource {
    /** @internal */ declare readonly leftName: pulumi.Output<string>;
    /** @internal */ declare readonly rightName: pulumi.Output<string>;
    /** @internal */ declare readonly leftDevice: pulumi.Output<DeviceProperties>;
    /** @internal */ declare readonly rightDevice: pulumi.Output<DeviceProperties>;
    /** The left end, as a device. */
    readonly left: Device;
    /** The right end, as a device. */
    readonly right: Device;

    constructor(name: string, args: VethPairArgs, options?: pulumi.CustomResourceOptions) {
        const { left, right, ...rest } = args;
        const [leftPlace, rightPlace] = [placeOf(name, "left", left), placeOf(name, "right", right)];
        const together = placeKey(leftPlace) === placeKey(rightPlace);
        const leftInputs = endInputs("left", together ? `${name}-left` : name, left, leftPlace);
        const rightInputs = endInputs("right", together ? `${name}-right` : name, right, rightPlace);
        const inputs = { ...rest, ...leftInputs, ...rightInputs };

        super(
            name,
            {
                kind: "VethPair",
                factory: "vethPair",
                inputs,
                computed: ["leftDevice", "rightDevice"],
                dependsOn: [bridgeOf(left, leftPlace), bridgeOf(right, rightPlace)].flatMap((one) => one ?? []),
                deletedWith: containerOf(leftPlace) ?? containerOf(rightPlace),
            },
            options,
        );
        this.left = deviceOf(this, this.leftName, this.leftDevice, left, leftPlace);
        this.right = deviceOf(this, this.rightName, this.rightDevice, right, rightPlace);
        const ends = [
            [this.left, left, leftInputs["leftName"]] as const,
            [this.right, right, rightInputs["rightName"]] as const,
        ];
        for (const [device, end, plainName] of ends) {
            declareDevice({
                resource: this,
                place: placeKey(device.place),
                name: device.name,
                plainName,
                master: bridgeOf(end, device.place),
                addresses: end.addresses,
                mtu: end.mtu,
            });
        }
    }
}
