import * as pulumi from "@pulumi/pulumi";
import type { PoolAddress } from "../address-pool";
import type { Device } from "../device";
import { Namespace } from "../namespace";
import type { HostInput, Place } from "../place";
import { Route } from "../route";
import type { Endpoint, VethPair } from "../veth-pair";
import { isPlaced } from "./component";

/** How a host is attached. With a namespace or a host of its own it is that one; with neither, a namespace is made for it. */
export interface AttachArgs extends Place {
    /**
     * The name of its device: `ip link add name NAME`
     * @default "eth0" in a namespace that is made for it; in another, the resource's name
     */
    device?: string | undefined;
    /**
     * Of both ends of its cable, in bytes.
     * @default not looked at; the kernel's 1500
     */
    mtu?: number | undefined;
}

interface Attached {
    readonly addresses: readonly string[];
    readonly device: Device;
    readonly link: VethPair;
    readonly routes: readonly Route[];
}

/** What a component has attached: a place with a device that leads there. `from:` of a Reachability takes it as it is. */
export class AttachedHost implements Place {
    /** As it was attached. */
    readonly name: string;
    /** The namespace that was made for it, or was given. */
    readonly namespace: Namespace | pulumi.Input<string> | undefined;
    /** The host that was given. */
    readonly host: HostInput | undefined;
    /** All of its addresses there, without prefix lengths. */
    readonly addresses: readonly string[];
    /** Its device. */
    readonly device: Device;
    /** The cable. */
    readonly link: VethPair;
    /** Its default routes that were made, one a family. */
    readonly routes: readonly Route[];

    /** @internal */
    constructor(name: string, end: Endpoint, own: Attached) {
        this.name = name;
        this.namespace = end.namespace;
        this.host = end.host;
        this.addresses = own.addresses;
        this.device = own.device;
        this.link = own.link;
        this.routes = own.routes;
    }

    /** Where it is: `new Route("back", { ...outside.place, … })` */
    get place(): Place {
        return { namespace: this.namespace, host: this.host };
    }

    /** The first of its addresses, without prefix length: what others ping. */
    get address(): string {
        const [first] = this.addresses;
        if (first !== undefined) return first;
        throw new pulumi.RunError(`${this.name} has no address: attach it with addresses: ["192.168.1.1/24"]`);
    }
}

/** A host's end of a cable, in the place that is given or in a namespace that is made for it on the machine. */
export function hostEnd(resource: string, args: AttachArgs, machine: Place, parent: pulumi.Resource): Endpoint {
    const { namespace, host, device, mtu } = args;
    if (isPlaced(args)) return { namespace, host, name: device, mtu };
    return { namespace: new Namespace(resource, machine, { parent }), name: device ?? "eth0", mtu };
}

/** The default routes of a host by way of these gateways. */
export const defaultRoutes = (
    resource: string,
    device: Device,
    gateways: readonly PoolAddress[],
    parent: pulumi.Resource,
): Route[] =>
    gateways.map(({ address: gateway }) => {
        const name = `${resource}-default${gateway.includes(":") ? "6" : ""}`;
        return new Route(name, { destination: "default", gateway, device }, { parent });
    });
