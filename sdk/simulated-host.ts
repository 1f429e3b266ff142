import * as pulumi from "@pulumi/pulumi";
import { NAMESPACE_NAME_BYTES } from "../model/name";
import { LOCAL } from "../model/place";
import { containerOf, defaultName, type HostInput, hostInput, hostOf, knowSimulatedHost } from "./place";
import { LinuxnetResource } from "./resource";

/** What a SimulatedHost is made of. */
export interface SimulatedHostArgs {
    /**
     * 1 to 63 of letters, digits, `_ . -`, beginning with a letter or `_`.
     * @default the resource's name; on a machine, where stacks meet, with the stack's: `left-dev`
     */
    name?: pulumi.Input<string> | undefined;
    /**
     * The host that it is made on: it may itself be a simulated one, or one that is reached by ssh.
     * @default the configuration's `linuxnet:host`, or else "local", this machine
     */
    host?: HostInput | undefined;
}

/**
 * A machine within the machine, without image or daemon: a network namespace of its own that has named namespaces of its
 * own, so that `ns1` and `br0` can exist on each of several. It lives without a process until it is deleted, and is
 * removed without a trace. A VethPair may have its ends on two simulated hosts of one machine: the cable between them.
 *
 * `ip netns` looks for its namespaces in `/run/linuxnet/hosts/NAME/netns`; docs/hosts.md has a line that takes it there.
 * It is not deleted while a process lives in it, or while it holds a device or a namespace that this stack did not create.
 */
export class SimulatedHost extends LinuxnetResource {
    /** The name of its folder below /run/linuxnet/hosts. */
    declare readonly name: pulumi.Output<string>;

    constructor(name: string, args: SimulatedHostArgs = {}, options?: pulumi.CustomResourceOptions) {
        const { name: given, host, ...rest } = args;
        const place = { host };
        const parent = hostInput(hostOf(place));
        const inputs = { ...rest, name: given ?? defaultName(name, place, NAMESPACE_NAME_BYTES), host: parent };
        const deletedWith = containerOf(place);
        super(name, { kind: "SimulatedHost", factory: "simulatedHost", inputs, deletedWith }, options);
        knowSimulatedHost(this, name, pulumi.interpolate`${parent ?? LOCAL}/${this.name}`);
    }
}
