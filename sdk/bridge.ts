import type * as pulumi from "@pulumi/pulumi";
import { INTERFACE_NAME_BYTES } from "../model/name";
import { declareDevice } from "./declared";
import { type Device, type DeviceProperties, deviceOf, listInput } from "./device";
import { containerOf, defaultName, type Place, placeInputs, placeKey } from "./place";
import { LinuxnetResource } from "./resource";
import type { Silence } from "./silence";

/** What a Bridge is made of. */
export interface BridgeArgs extends Place, Silence {
    /**
     * `ip link add name NAME type bridge`: 1 to 15 of letters, digits, `_ . -`.
     * @default the resource's name; on a host, where stacks meet, with the stack's: `br0-dev`
     */
    name?: pulumi.Input<string> | undefined;
    /**
     * Exactly these, with prefix lengths: the place becomes part of the layer-2 network. `ip addr add ADDRESS dev NAME`
     * @default not looked at
     */
    addresses?: pulumi.Input<pulumi.Input<string>[]> | undefined;
    /**
     * In bytes, 68 to 65535: `ip link set NAME mtu MTU`
     * @default not looked at; the kernel follows the smallest port. Where one was given before, it does so no more: then it is what
     * the ports have when it is dropped, 1500 at most.
     */
    mtu?: pulumi.Input<number> | undefined;
    /**
     * `ip link set NAME address MAC`
     * @default not looked at; 02:… made of the resource's and the device's name, so that it does not follow the ports
     */
    macAddress?: pulumi.Input<string> | undefined;
    /**
     * The Spanning Tree Protocol (IEEE 802.1D): `ip link set NAME type bridge stp_state 1`. A port then listens and
     * learns for about 30 seconds before it forwards.
     * @default false
     */
    stp?: pulumi.Input<boolean> | undefined;
    /**
     * `ip link set NAME up`
     * @default true
     */
    up?: pulumi.Input<boolean> | undefined;
}

/**
 * A layer-2 switch that is also a network device of the place it lives in: `ip link add NAME type bridge`. ip-link(8)
 *
 * Veth pairs join it by `bridge:` on an end. Everything but its name and place changes in place. It is not deleted while
 * it has a port that this stack did not create.
 */
export class Bridge extends LinuxnetResource implements Device {
    /** The name that `ip link` shows. */
    declare readonly name: pulumi.Output<string>;
    /** @internal */ declare readonly device: pulumi.Output<DeviceProperties>;
    /** As given, or made of the resource's and the device's name. */
    readonly macAddress: pulumi.Output<string>;
    /** In bytes. */
    readonly mtu: pulumi.Output<number>;
    /** With their prefix lengths, without the kernel's own link-local ones. */
    readonly addresses: pulumi.Output<string[]>;
    /** Where it lives. */
    readonly place: Place;
    /** Itself: a bridge is a device. */
    readonly resource: pulumi.Resource;

    constructor(name: string, args: BridgeArgs = {}, options?: pulumi.CustomResourceOptions) {
        const { namespace, host, name: given, addresses, ...rest } = args;
        const place = { namespace, host };
        const plainName = given ?? defaultName(name, place, INTERFACE_NAME_BYTES);
        const inputs = {
            ...rest,
            ...placeInputs(place),
            name: plainName,
            addresses: listInput(addresses),
        };
        const deletedWith = containerOf(place);
        super(name, { kind: "Bridge", factory: "bridge", inputs, computed: ["device"], deletedWith }, options);
        const device = deviceOf(this, this.name, this.device, args, place);
        this.macAddress = device.macAddress;
        this.mtu = device.mtu;
        this.addresses = device.addresses;
        this.place = place;
        this.resource = this;
        const declared = { resource: this, place: placeKey(place), name: this.name, plainName };
        declareDevice({ ...declared, addresses, mtu: args.mtu });
    }
}
