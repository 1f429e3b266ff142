import type * as pulumi from "@pulumi/pulumi";
import { AddressProblem, parsePrefix } from "../../model/prefix";
import type { PoolAddress } from "../address-pool";
import { Bridge, type BridgeArgs } from "../bridge";
import type { Place } from "../place";
import { VethPair } from "../veth-pair";
import { type AttachArgs, AttachedHost, defaultRoutes, hostEnd } from "./attached-host";
import { Component, machineOf } from "./component";

/** What a Switch is made of: what its bridge is made of, its place among it. */
export type SwitchArgs = BridgeArgs;

/** How a host is attached to a switch. */
export interface SwitchAttachArgs extends AttachArgs {
    /**
     * Exactly these, with prefix lengths. `ip addr add ADDRESS dev DEVICE`
     * @default not looked at
     */
    addresses?: string[] | undefined;
}

/** What another component knows beforehand. */
interface Attachment extends SwitchAttachArgs {
    /** The name of the resources. */
    readonly resource: string;
    readonly gateways?: readonly PoolAddress[];
}

/** What is malformed is told by the check of the resource. */
function plainAddress(cidr: string): string {
    try {
        return parsePrefix(cidr).address;
    } catch (error) {
        if (error instanceof AddressProblem) return cidr;
        throw error;
    }
}

/**
 * A layer-2 switch with what is plugged into it: a Bridge, in a namespace or on a host, and a namespace and a cable for each
 * `attach`. Everybody on it is everybody's neighbour: a packet crosses it with the ttl that it has.
 */
export class Switch extends Component {
    /** The switch itself. */
    readonly bridge: Bridge;
    /** Where it lives. */
    readonly place: Place;
    readonly #hosts: AttachedHost[] = [];

    constructor(name: string, args: SwitchArgs = {}, options?: pulumi.ComponentResourceOptions) {
        super("Switch", name, options);
        this.bridge = new Bridge(name, args, { parent: this });
        this.place = this.bridge.place;
        this.registerOutputs({ bridge: this.bridge.name });
    }

    /** What has been attached so far. */
    get hosts(): readonly AttachedHost[] {
        return this.#hosts;
    }

    /** A host and its cable. Its resources are called SWITCH-NAME. Nothing else changes by it. */
    attach(name: string, args: SwitchAttachArgs = {}): AttachedHost {
        return this.attachAs(name, { ...args, resource: `${this.base}-${name}` });
    }

    /** A cable to another switch of the same machine. Two ways between switches are a loop: it needs `stp`. */
    connect(other: Switch): VethPair {
        return this.connectAs(`${this.base}-${other.base}`, other);
    }

    /** @internal */
    attachAs(name: string, { resource, addresses, gateways = [], ...args }: Attachment): AttachedHost {
        const end = hostEnd(resource, args, machineOf(this.place), this);
        const right = { bridge: this.bridge, mtu: args.mtu };
        const link = new VethPair(resource, { left: { ...end, addresses }, right }, { parent: this });
        const routes = defaultRoutes(resource, link.left, gateways, this);
        const plain = (addresses ?? []).map(plainAddress);
        const host = new AttachedHost(name, end, { addresses: plain, device: link.left, link, routes });
        this.#hosts.push(host);
        return host;
    }

    /** @internal */
    connectAs(resource: string, other: Switch): VethPair {
        const args = { left: { bridge: this.bridge }, right: { bridge: other.bridge } };
        return new VethPair(resource, args, { parent: this });
    }
}
