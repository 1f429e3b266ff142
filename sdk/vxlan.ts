import * as pulumi from "@pulumi/pulumi";
import { INTERFACE_NAME_BYTES } from "../model/name";
import { vxlanOverhead } from "../model/vxlan";
import { declarationOf, declareDevice, deviceNamed, holderOf, portsOf } from "./declared";
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

/** What a Vxlan is made of. */
export interface VxlanArgs extends Place, Silence {
    /** The VXLAN network identifier, 0 to 16777215: the same at all ends. `ip link add … type vxlan id VNI` */
    vni: pulumi.Input<number>;
    /** The address that this end sends from, one of the place's own: `local ADDRESS` */
    local: pulumi.Input<string>;
    /**
     * The addresses of the other ends: `bridge fdb append 00:00:00:00:00:00 dev NAME dst ADDRESS` for each. What has no
     * known place, broadcasts among it, goes to all of them. They change in place.
     */
    remotes: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * The device that it sends over, and goes with: `dev DEVICE`
     * @default whichever the routes say
     */
    device?: DeviceInput | undefined;
    /**
     * Learn behind which remote a MAC address is from what comes in; without, everything goes to all remotes: `[no]learning`
     * @default true
     */
    learning?: pulumi.Input<boolean> | undefined;
    /**
     * The UDP port of all ends: `dstport PORT`
     * @default 4789 (RFC 7348)
     */
    port?: pulumi.Input<number> | undefined;
    /**
     * `ip link add name NAME`: 1 to 15 of letters, digits, `_ . -`.
     * @default the resource's name; on a machine, where stacks meet, with the stack's: `vx0-dev`
     */
    name?: pulumi.Input<string> | undefined;
    /**
     * The bridge whose port it is: `ip link set NAME master BRIDGE`. It lives where the bridge does.
     * @default not looked at
     */
    bridge?: DeviceInput | undefined;
    /**
     * Exactly these, with prefix lengths: `ip addr add ADDRESS dev NAME`
     * @default not looked at
     */
    addresses?: pulumi.Input<pulumi.Input<string>[]> | undefined;
    /**
     * In bytes: `ip link set NAME mtu MTU`. What is sent into it must not be larger: it would be dropped without a word.
     * @default what the underlay leaves: its MTU less 50 (IPv4) or 70 (IPv6)
     */
    mtu?: pulumi.Input<number> | undefined;
    /**
     * `ip link set NAME address MAC`
     * @default not looked at; 02:… made of the resource's and the device's name
     */
    macAddress?: pulumi.Input<string> | undefined;
    /**
     * `ip link set NAME up`
     * @default true
     */
    up?: pulumi.Input<boolean> | undefined;
}

/**
 * One end of a VXLAN: a layer-2 network between hosts over any layer-3 path, whose routers know nothing of it.
 * RFC 7348, ip-link(8), `ip link add NAME type vxlan`
 *
 * Remotes, learning, bridge, addresses, MTU and state change in place; another name, place, vni, local address, port or
 * device replaces it.
 */
export class Vxlan extends LinuxnetResource implements Device {
    /** The name that `ip link` shows. */
    declare readonly name: pulumi.Output<string>;
    /** @internal */ declare readonly link: pulumi.Output<DeviceProperties>;
    /** As given, or made of the resource's and the device's name. */
    readonly macAddress: pulumi.Output<string>;
    /** In bytes: what may be sent into it. */
    readonly mtu: pulumi.Output<number>;
    /** With their prefix lengths, without the kernel's own link-local ones. */
    readonly addresses: pulumi.Output<string[]>;
    /** Where it lives. */
    readonly place: Place;
    /** Itself: a VXLAN is a device. */
    readonly resource: pulumi.Resource;

    constructor(name: string, args: VxlanArgs, options?: pulumi.CustomResourceOptions) {
        const { namespace, host, name: given, addresses, remotes, bridge, device, mtu, ...rest } = args;
        const onDevice = placeOnDevice({ namespace, host }, device, { resource: name, property: "device" });
        const place = placeOnDevice(onDevice, bridge, { resource: name, property: "bridge" });
        const named = (given: DeviceInput | undefined) => deviceNamed(placeKey(place), given);
        const declared = isDevice(device) ? declarationOf(device) : named(device);
        const over = isDevice(device) ? device : declared;
        const master = named(bridge);
        const underlay = holderOf(placeKey(place), args.local);
        // Its room is known when they have all their ports.
        const below = [underlay, over].flatMap((one) => one?.resource ?? []);
        const size = mtu ?? roomOver((device === undefined ? underlay : declared)?.mtu, args.local);
        const plainName = given ?? defaultName(name, place, INTERFACE_NAME_BYTES);
        const inputs = {
            ...rest,
            ...placeInputs(place),
            name: plainName,
            remotes: listInput(remotes),
            addresses: listInput(addresses),
            bridge: deviceName(bridge),
            device: deviceName(device),
            mtu: size,
        };
        const registration = {
            kind: "Vxlan",
            factory: "vxlan",
            inputs,
            computed: ["link"],
            dependsOn: [...below, ...below.flatMap(portsOf), ...(master ? [master.resource] : [])],
            // The kernel takes it away with the device that it sends over.
            replaceWith: over ? [over.resource] : [],
            deletedWith: containerOf(place),
        };
        super(name, registration, options);
        const self = deviceOf(this, this.name, this.link, { addresses, mtu: size, macAddress: args.macAddress }, place);
        this.macAddress = self.macAddress;
        this.mtu = self.mtu;
        this.addresses = self.addresses;
        this.place = place;
        this.resource = this;
        declareDevice({ resource: this, place: placeKey(place), name: this.name, plainName, addresses, mtu: size });
    }
}

/** What an underlay leaves whose MTU the program gives; of any other, the provider looks at the MTU. */
function roomOver(mtu: pulumi.Input<number> | undefined, local: unknown): pulumi.Input<number> | undefined {
    if (mtu === undefined || typeof local !== "string") return undefined;
    if (typeof mtu === "number") return mtu - vxlanOverhead(local);
    return pulumi.output(mtu).apply((bytes) => bytes - vxlanOverhead(local));
}
