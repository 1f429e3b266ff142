import type * as pulumi from "@pulumi/pulumi";
import { containerOf, type Place, placeInputs } from "./place";
import { LinuxnetResource } from "./resource";

/** What a ForwardingSetting is made of: ipv4, ipv6 or both. */
export interface ForwardingSettingArgs extends Place {
    /**
     * `sysctl net.ipv4.ip_forward`: true is on, false is off and kept off.
     * @default not looked at
     */
    ipv4?: pulumi.Input<boolean> | undefined;
    /**
     * `sysctl net.ipv6.conf.all.forwarding`: true is on, false is off and kept off.
     * @default not looked at
     */
    ipv6?: pulumi.Input<boolean> | undefined;
    /**
     * Also write a file below /etc/sysctl.d, so that it outlives a boot; only for a host's own namespace.
     * @default false
     */
    persist?: pulumi.Input<boolean> | undefined;
}

/**
 * Whether a place routes between its devices. Linux has no other router: the kernel is it.
 * (Linux Documentation/networking/ip-sysctl.rst)
 *
 * What was there before is put back when the last resource of any stack that asks for it is gone, with the settings that
 * the kernel itself changes on the way (each device's forwarding, accept_redirects).
 *
 * In a namespace or a simulated host of the stack each device forwards as it does: one that somebody has set otherwise
 * shows in a refresh (`exceptions`) and is set right. Elsewhere a device's own setting is its owner's.
 */
export class ForwardingSetting extends LinuxnetResource {
    /** Whether IPv4 is forwarded; undefined if it is not looked at. */
    declare readonly ipv4: pulumi.Output<boolean | undefined>;
    /** Whether IPv6 is forwarded; undefined if it is not looked at. */
    declare readonly ipv6: pulumi.Output<boolean | undefined>;

    constructor(name: string, args: ForwardingSettingArgs, options?: pulumi.CustomResourceOptions) {
        const { namespace, host, ...rest } = args;
        const place = { namespace, host };
        const inputs = { ...rest, ...placeInputs(place) };
        const deletedWith = containerOf(place);
        super(name, { kind: "ForwardingSetting", factory: "forwardingSetting", inputs, deletedWith }, options);
    }
}
