import type * as pulumi from "@pulumi/pulumi";
import { NAMESPACE_NAME_BYTES } from "../model/name";
import { containerOf, defaultName, type HostInput, hostInput, hostOf, knowNamespace, requireUnused } from "./place";
import { LinuxnetResource } from "./resource";

/** What a Namespace is made of. */
export interface NamespaceArgs {
    /**
     * The name, as `ip netns add NAME` takes it: 1 to 63 of letters, digits, `_ . -`, beginning with a letter or `_`.
     * @default the resource's name and the stack's: `ns1-dev`; on a simulated host, the resource's name alone
     */
    name?: pulumi.Input<string> | undefined;
    /**
     * The host it is made on.
     * @default the configuration's `linuxnet:host`, or else "local", this machine
     */
    host?: HostInput | undefined;
    /**
     * The state of its loopback device, `ip link set lo up`: a namespace that was made by hand may have it down.
     * @default "up"
     */
    loopback?: pulumi.Input<"up" | "down"> | undefined;
}

/**
 * A network namespace with its loopback device up, unless it is told otherwise: `ip netns add NAME`. network_namespaces(7), ip-netns(8)
 *
 * Its devices, by whomever they are made, begin with `promote_secondaries` and `arp_notify` of IPv4 and `ndisc_notify` of IPv6 on, and without IPv6's
 * detection of duplicates (`accept_dad`): ip-sysctl of the kernel's documentation, docs/kernel.md.
 *
 * It is refused if a namespace of the name exists that this resource did not create. It is not deleted while a process
 * lives in it or while it holds a device that this stack did not create.
 */
export class Namespace extends LinuxnetResource {
    /** The name that `ip netns` shows. */
    declare readonly name: pulumi.Output<string>;

    constructor(name: string, args: NamespaceArgs = {}, options?: pulumi.CustomResourceOptions) {
        const { name: given, host, ...rest } = args;
        const place = { host };
        const plainName = given ?? defaultName(name, place, NAMESPACE_NAME_BYTES);
        requireUnused(name, plainName, hostOf(place));
        const inputs = {
            ...rest,
            name: plainName,
            host: hostInput(hostOf(place)),
        };
        const deletedWith = containerOf(place);
        super(name, { kind: "Namespace", factory: "namespace", inputs, deletedWith }, options);
        knowNamespace(this, plainName, hostOf(place));
    }
}
