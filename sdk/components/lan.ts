import * as pulumi from "@pulumi/pulumi";
import type { AddressPick, PoolAddress } from "../address-pool";
import type { Bridge } from "../bridge";
import { ForwardingSetting } from "../forwarding-setting";
import type { Place } from "../place";
import type { AttachArgs, AttachedHost } from "./attached-host";
import { Component, isPlaced } from "./component";
import type { Router } from "./router";
import { type Subnets, Subnetting } from "./subnets";
import { Switch } from "./switch";

/** What a Lan is made of. Its bridge lives in the place that is given, or where the router is, or on the host. */
export interface LanArgs extends Place {
    /** The subnet, or one of each family: `192.168.1.0/24`, `fd00:1::/64`. */
    subnet: Subnets;
    /**
     * Whether its bridge has the first address of the subnet, and is the default gateway of all that is attached.
     * @default true
     */
    gateway?: boolean | undefined;
    /**
     * The router that the gateway is part of: the bridge lives there.
     * @default none: the place of the bridge forwards by itself
     */
    router?: Router | undefined;
    /**
     * The MTU of the bridge and all cables, in bytes.
     * @default not looked at; the kernel's 1500
     */
    mtu?: number | undefined;
}

/** How a host is attached to a Lan. */
export interface LanAttachArgs extends AttachArgs, AddressPick {
    /**
     * The host's number in the subnet: 7 is 192.168.1.7.
     * @default made of its name: of `ns1`, the first after the gateway, and so on; see AddressPool
     */
    index?: number | undefined;
    /**
     * Whether it sends everything that is not near by way of the gateway.
     * @default true
     */
    defaultRoute?: boolean | undefined;
}

/** The forwarding that the gateway of these subnets needs. */
function forwardingOf(gateways: readonly PoolAddress[]): { ipv4?: boolean; ipv6?: boolean } {
    const has6 = gateways.some(({ address }) => address.includes(":"));
    const has4 = gateways.some(({ address }) => !address.includes(":"));
    return { ...(has4 ? { ipv4: true } : {}), ...(has6 ? { ipv6: true } : {}) };
}

/**
 * A local network: a subnet, a Switch, its bridge as the gateway with a ForwardingSetting, and hosts with an address and a default
 * route for each `attach`. What address a host gets is made of its name, and of no other's: see AddressPool.
 */
export class Lan extends Component {
    /** The switch with all that is plugged into it. */
    readonly switch: Switch;
    /** That the place of the bridge forwards; undefined without a gateway, and with a router, which has its own. */
    readonly forwarding: ForwardingSetting | undefined;
    /** The subnets, as given. */
    readonly subnets: readonly string[];
    readonly #addresses: Subnetting;
    readonly #gateways: readonly PoolAddress[];
    readonly #mtu: number | undefined;

    constructor(name: string, args: LanArgs, options?: pulumi.ComponentResourceOptions) {
        super("Lan", name, options);
        const { subnet, gateway = true, router, mtu } = args;
        if (router && isPlaced(args)) throw new pulumi.RunError(`${name}: give it a router or a place, and not both.`);
        const place = router?.place ?? { namespace: args.namespace, host: args.host };
        this.#addresses = new Subnetting(subnet, { first: gateway ? 2 : 1 });
        this.#gateways = gateway ? this.#addresses.addresses("the gateway", { index: 1 }) : [];
        this.subnets = this.#addresses.prefixes;
        this.#mtu = mtu;
        const addresses = gateway ? this.#gateways.map(({ cidr }) => cidr) : undefined;
        this.switch = new Switch(name, { ...place, addresses, mtu }, { parent: this });
        const forwards = gateway && router === undefined;
        const setting = { ...place, ...forwardingOf(this.#gateways) };
        this.forwarding = forwards ? new ForwardingSetting(name, setting, { parent: this }) : undefined;
        this.registerOutputs({ subnets: this.subnets, bridge: this.bridge.name });
    }

    /** The bridge. */
    get bridge(): Bridge {
        return this.switch.bridge;
    }

    /** Where the bridge lives. */
    get place(): Place {
        return this.switch.place;
    }

    /** The subnet; the first, if there are several. */
    get subnet(): string {
        return this.subnets[0] ?? "";
    }

    /** The gateway's address, without prefix length; the first, if there are several. */
    get gateway(): string | undefined {
        return this.#gateways[0]?.address;
    }

    /** What has been attached so far. */
    get hosts(): readonly AttachedHost[] {
        return this.switch.hosts;
    }

    /** A host, its cable, its address and its default route. Its resources are called LAN-NAME. Nothing else changes by it. */
    attach(name: string, args: LanAttachArgs = {}): AttachedHost {
        const { index, defaultRoute = true, mtu = this.#mtu, ...more } = args;
        const addresses = this.#addresses.addresses(name, { index }).map(({ cidr }) => cidr);
        const gateways = defaultRoute ? this.#gateways : [];
        const resource = `${this.base}-${name}`;
        return this.switch.attachAs(name, { ...more, mtu, addresses, gateways, resource });
    }
}
