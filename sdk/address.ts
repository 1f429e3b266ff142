import type * as pulumi from "@pulumi/pulumi";
import { output } from "@pulumi/pulumi";
import { declareDevice, deviceNamed } from "./declared";
import { type DeviceInput, deviceName, isDevice, placeOnDevice } from "./device";
import { containerOf, type Place, placeInputs, placeKey } from "./place";
import { LinuxnetResource } from "./resource";
import type { Silence } from "./silence";

/** What an Address is made of. */
export interface AddressArgs extends Place, Silence {
    /** The device, which exists: `ip addr add ADDRESS dev DEVICE` */
    device: DeviceInput;
    /** With its prefix length: `192.168.1.1/24`. An IPv6 address is usable when duplicate address detection is over. */
    address: pulumi.Input<string>;
}

/**
 * An address on a device that this program does not manage, such as a machine's own network card:
 * `ip addr add ADDRESS dev DEVICE`. ip-address(8)
 *
 * It is refused if the device has the address already. The device's other addresses stay as they are.
 */
export class Address extends LinuxnetResource {
    /** The name of the device. */
    declare readonly device: pulumi.Output<string>;
    /** With its prefix length. */
    declare readonly address: pulumi.Output<string>;

    constructor(name: string, args: AddressArgs, options?: pulumi.CustomResourceOptions) {
        const { namespace, host, device, ...rest } = args;
        const place = placeOnDevice({ namespace, host }, device, { resource: name, property: "device" });
        const inputs = { ...rest, ...placeInputs(place), device: deviceName(device) };
        const holder = isDevice(device) ? device : deviceNamed(placeKey(place), device);
        const replaceWith = holder ? [holder.resource] : [];
        const deletedWith = containerOf(place);
        super(
            name,
            { kind: "Address", factory: "address", inputs, dependsOn: replaceWith, replaceWith, deletedWith },
            options,
        );
        const addresses =
            typeof args.address === "string" ? [args.address] : output(args.address).apply((one) => [one]);
        declareDevice({ resource: this, place: placeKey(place), name: this.device, addresses, mtu: undefined });
    }
}
