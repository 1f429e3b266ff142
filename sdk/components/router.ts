import type * as pulumi from "@pulumi/pulumi";
import { INTERFACE_NAME_BYTES } from "../../model/name";
import { ForwardingSetting } from "../forwarding-setting";
import { Namespace } from "../namespace";
import { defaultName, type HostInput, type Place } from "../place";
import { VethPair } from "../veth-pair";
import { type AttachArgs, AttachedHost, defaultRoutes, hostEnd } from "./attached-host";
import { Component, isPlaced, machineOf } from "./component";
import { endsOf, type Subnets } from "./subnets";

/** What a Router is made of. With a namespace or a host, that one routes (`host: "local"` is this machine itself). */
export interface RouterArgs extends Place {
    /**
     * Whether it forwards IPv4.
     * @default true
     */
    ipv4?: pulumi.Input<boolean> | undefined;
    /**
     * Whether it forwards IPv6.
     * @default true in a namespace that is made for it; in a place that is given, not looked at
     */
    ipv6?: pulumi.Input<boolean> | undefined;
}

/** How a host is attached to a router. */
export interface RouterAttachArgs extends AttachArgs {
    /** The subnet of the cable, or one of each family. The router has its first host's address, the host the second; a /31 or /127 will do. */
    subnet: Subnets;
    /**
     * Whether the host sends everything that is not near by way of the router.
     * @default true
     */
    defaultRoute?: boolean | undefined;
}

/**
 * A place that forwards: a Namespace of its own, or one that is given, or a host, and a ForwardingSetting. Hosts are attached
 * by a cable each, with a subnet each. A Lan with `router` has its bridge there.
 */
export class Router extends Component implements Place {
    /** The namespace that routes; undefined where a host itself does. */
    readonly namespace: Namespace | pulumi.Input<string> | undefined;
    /** The host that routes, if it was given. */
    readonly host: HostInput | undefined;
    /** That it forwards. */
    readonly forwarding: ForwardingSetting;
    readonly #isOwn: boolean;
    readonly #hosts: AttachedHost[] = [];

    constructor(name: string, args: RouterArgs = {}, options?: pulumi.ComponentResourceOptions) {
        super("Router", name, options);
        this.#isOwn = !isPlaced(args);
        this.namespace = this.#isOwn ? new Namespace(name, {}, { parent: this }) : args.namespace;
        this.host = args.host;
        const { ipv4 = true, ipv6 = this.#isOwn ? true : undefined } = args;
        this.forwarding = new ForwardingSetting(name, { ...this.place, ipv4, ipv6 }, { parent: this });
        this.registerOutputs({ ipv4: this.forwarding.ipv4, ipv6: this.forwarding.ipv6 });
    }

    /** Where it routes. */
    get place(): Place {
        return { namespace: this.namespace, host: this.host };
    }

    /** What has been attached so far. */
    get hosts(): readonly AttachedHost[] {
        return this.#hosts;
    }

    /** A host, its cable and its default route. Its resources are called ROUTER-NAME. Nothing else changes by it. */
    attach(name: string, args: RouterAttachArgs): AttachedHost {
        return this.attachAs(name, { ...args, resource: `${this.base}-${name}` });
    }

    /** @internal */
    attachAs(name: string, args: RouterAttachArgs & { readonly resource: string }): AttachedHost {
        const { resource, subnet, defaultRoute = true } = args;
        const [gateways, own] = endsOf(subnet);
        const end = hostEnd(resource, args, machineOf(this.place), this);
        const left = { ...end, addresses: own.map(({ cidr }) => cidr) };
        const right = {
            ...this.place,
            // In a namespace of its own, the ends are called as what is at the other.
            name: this.#isOwn ? defaultName(name, this.place, INTERFACE_NAME_BYTES) : undefined,
            addresses: gateways.map(({ cidr }) => cidr),
            mtu: args.mtu,
        };
        const link = new VethPair(resource, { left, right }, { parent: this });
        const routes = defaultRoute ? defaultRoutes(resource, link.left, gateways, this) : [];
        const addresses = own.map(({ address }) => address);
        const host = new AttachedHost(name, end, { addresses, device: link.left, link, routes });
        this.#hosts.push(host);
        return host;
    }
}
