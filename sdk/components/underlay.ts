import * as pulumi from "@pulumi/pulumi";
import { AddressPool, type PoolAddress } from "../address-pool";
import { configuredHost } from "../host";
import { Namespace } from "../namespace";
import type { HostInput, Place } from "../place";
import { Route } from "../route";
import { SimulatedHost } from "../simulated-host";
import type { AttachedHost } from "./attached-host";
import { Component } from "./component";
import { Switch } from "./switch";

/** What an Underlay is made of. */
export interface UnderlayArgs {
    /** The subnet in which hosts have their addresses for each other: `10.0.2.0/24`. */
    subnet: string;
    /**
     * The machine on which simulated hosts are made, and the network between them.
     * @default the configuration's `linuxnet:host`, or else "local", this machine
     */
    host?: HostInput | undefined;
}

/** How a host comes to an Underlay. */
export interface UnderlayAttachArgs {
    /**
     * The host.
     * @default one of its name in the stack's configuration (`linuxnet:hosts`), or else a SimulatedHost that is made
     */
    host?: HostInput | undefined;
    /**
     * Its address, without a prefix length. Of a machine it is the one that is there: it, or the index, has to be said.
     * @default from the subnet, by index or name; see AddressPool
     */
    address?: string | undefined;
    /**
     * The number of its address in the subnet: 15 is 10.0.2.15.
     * @default made of its name; see AddressPool
     */
    index?: number | undefined;
}

/** A host of an Underlay. `from:` of a Reachability takes it as it is. */
export interface UnderlayHost extends Place {
    /** As it was attached. */
    readonly name: string;
    /** The host itself. */
    readonly host: HostInput;
    /** What the others reach it by. */
    readonly address: string;
    /** Its cable into the underlay; a machine has its own. */
    readonly uplink: AttachedHost | undefined;
}

interface Network {
    readonly via: UnderlayHost;
    readonly subnet: string;
}

/**
 * Hosts that reach each other, and what lies behind them by routes. Simulated ones are made, and plugged into a Switch in a
 * namespace of its own; machines of the stack's configuration have their network already, of which nothing is declared.
 */
export class Underlay extends Component {
    readonly #addresses: AddressPool;
    readonly #machine: Place;
    readonly #hosts: UnderlayHost[] = [];
    readonly #networks: Network[] = [];
    readonly #routes: Route[] = [];
    #switch: Switch | undefined;

    constructor(name: string, args: UnderlayArgs, options?: pulumi.ComponentResourceOptions) {
        super("Underlay", name, options);
        this.#addresses = new AddressPool(args.subnet);
        this.#machine = { host: args.host };
        this.registerOutputs({ subnet: this.#addresses.prefix });
    }

    /** What the simulated hosts are plugged into; undefined as long as there is none. */
    get switch(): Switch | undefined {
        return this.#switch;
    }

    /** The ways to what lies behind the hosts. */
    get routes(): readonly Route[] {
        return this.#routes;
    }

    /** What has been attached so far. */
    get hosts(): readonly UnderlayHost[] {
        return this.#hosts;
    }

    /** A host, with the routes to all networks that have been told of. Its resources are called UNDERLAY-NAME. */
    attach(name: string, args: UnderlayAttachArgs = {}): UnderlayHost {
        const given = args.host ?? configuredHost(name);
        const host =
            typeof given === "string" ? this.#machineNamed(name, given, args) : this.#simulated(name, given, args);
        this.#hosts.push(host);
        for (const network of this.#networks) this.#route(host, network);
        return host;
    }

    /** All other hosts, those to come too, reach this subnet by way of this host, which has to forward: as that of a Lan does. */
    route(via: UnderlayHost, subnet: string): void {
        const network = { via, subnet };
        this.#networks.push(network);
        for (const host of this.#hosts) this.#route(host, network);
    }

    #route(on: UnderlayHost, { via, subnet }: Network): void {
        if (on === via) return;
        const args = { host: on.host, destination: subnet, gateway: via.address };
        this.#routes.push(new Route(`${this.base}-${on.name}-to-${subnet}`, args, { parent: this }));
    }

    #addressOf(name: string, { address, index }: UnderlayAttachArgs): PoolAddress {
        if (address === undefined) return this.#addresses.address(name, { index });
        return { address, cidr: `${address}/${this.#addresses.prefix.split("/")[1]}` };
    }

    #machineNamed(name: string, host: string, args: UnderlayAttachArgs): UnderlayHost {
        if (args.address !== undefined || args.index !== undefined) {
            return { name, host, address: this.#addressOf(name, args).address, uplink: undefined };
        }
        throw new pulumi.RunError(
            `${this.base}: ${name}: given no address, and no index\n` +
                `expected what the other hosts reach ${host} by: a machine has its address already, and none is made up`,
        );
    }

    #simulated(name: string, given: SimulatedHost | undefined, args: UnderlayAttachArgs): UnderlayHost {
        const resource = `${this.base}-${name}`;
        const host = given ?? new SimulatedHost(resource, this.#machine, { parent: this });
        const { address, cidr } = this.#addressOf(name, args);
        this.#switch ??= this.#makeSwitch();
        const uplink = this.#switch.attachAs(name, { resource, host, device: "eth0", addresses: [cidr] });
        return { name, host, address, uplink };
    }

    /** In a namespace of its own: what is between hosts is on none of them. */
    #makeSwitch(): Switch {
        const namespace = new Namespace(this.base, this.#machine, { parent: this });
        return new Switch(this.base, { namespace }, { parent: this });
    }
}
