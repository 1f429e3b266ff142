import * as pulumi from "@pulumi/pulumi";
import { vxlanOverhead } from "../../model/vxlan";
import type { AddressPick } from "../address-pool";
import { isOwnPlace, type Place } from "../place";
import { Vxlan } from "../vxlan";
import type { AttachArgs, AttachedHost } from "./attached-host";
import { Component } from "./component";
import { type Subnets, Subnetting } from "./subnets";
import { Switch } from "./switch";

/** Where an Overlay has an end: a host of an Underlay, or another place with an address. */
export interface OverlaySite extends Place {
    /** What it is called among the sites. */
    readonly name: string;
    /** What the other sites reach it by, without prefix length. */
    readonly address: string;
}

/** What an Overlay is made of. */
export interface OverlayArgs {
    /** The VXLAN network identifier, 0 to 16777215. */
    vni: number;
    /** All ends: each sends to all others. */
    sites: readonly OverlaySite[];
    /** The subnet of what is attached, or one of each family. */
    subnet: Subnets;
    /**
     * Of what is attached, in bytes.
     * @default what an underlay of 1500 leaves: 1450 over IPv4, 1430 over IPv6
     */
    mtu?: number | undefined;
    /**
     * The UDP port of all ends.
     * @default 4789 (RFC 7348)
     */
    port?: number | undefined;
}

/** How a host is attached to an Overlay. */
export interface OverlayAttachArgs extends AttachArgs, AddressPick {
    /** The site at which it is. */
    at: OverlaySite;
    /**
     * The host's number in the subnet: 7 is 192.168.1.7.
     * @default made of its name; see AddressPool
     */
    index?: number | undefined;
}

/** What an Overlay has at a site. */
export interface OverlayEnd {
    /** Where it is. */
    readonly site: OverlaySite;
    /** What is plugged in there. */
    readonly switch: Switch;
    /** The way to all other sites. */
    readonly tunnel: Vxlan;
}

/**
 * One layer-2 network on several hosts, over any network between them: a Switch for each site, and a Vxlan on it that sends
 * to all others, a full mesh. A site that comes changes the remotes of the others, in place.
 */
export class Overlay extends Component {
    /** What it has at each site, in the order of `sites`. */
    readonly ends: readonly OverlayEnd[];
    readonly #addresses: Subnetting;
    readonly #mtu: number;
    readonly #hosts: AttachedHost[] = [];

    constructor(name: string, args: OverlayArgs, options?: pulumi.ComponentResourceOptions) {
        super("Overlay", name, options);
        this.#addresses = new Subnetting(args.subnet);
        this.#mtu = args.mtu ?? 1500 - Math.max(...args.sites.map(({ address }) => vxlanOverhead(address)));
        this.ends = args.sites.map((site) => this.#end(site, args));
        this.registerOutputs({ vni: args.vni, subnets: this.#addresses.prefixes });
    }

    /** What has been attached so far. */
    get hosts(): readonly AttachedHost[] {
        return this.#hosts;
    }

    /** A host at a site. Its resources are called OVERLAY-NAME. Nothing else changes by it. */
    attach(name: string, { at, index, mtu = this.#mtu, ...more }: OverlayAttachArgs): AttachedHost {
        const end = this.ends.find(({ site }) => site.name === at.name);
        if (end === undefined) {
            const names = this.ends.map(({ site }) => site.name).join(", ");
            throw new pulumi.RunError(
                `${this.base}: ${name}: at: given ${at.name}\nexpected one of its sites: ${names}`,
            );
        }
        const addresses = this.#addresses.addresses(name, { index }).map(({ cidr }) => cidr);
        const attachment = { ...more, mtu, addresses, resource: `${this.base}-${name}` };
        const host = end.switch.attachAs(name, attachment);
        this.#hosts.push(host);
        return host;
    }

    #end(site: OverlaySite, { sites, vni, port }: OverlayArgs): OverlayEnd {
        const resource = `${this.base}-${site.name}`;
        const place = { namespace: site.namespace, host: site.host };
        // Where nobody else's names are, the number says more than the resource's name cut to 15 bytes.
        const named = (prefix: string) => (isOwnPlace(place) ? `${prefix}${vni}` : undefined);
        const bridge = new Switch(resource, { ...place, name: named("br") }, { parent: this });
        const remotes = sites.filter((other) => other !== site).map(({ address }) => address);
        const args = { ...place, vni, local: site.address, remotes, port, bridge: bridge.bridge, name: named("vx") };
        const tunnel = new Vxlan(`${resource}-vx`, args, { parent: this });
        return { site, switch: bridge, tunnel };
    }
}
