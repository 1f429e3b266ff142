import type * as pulumi from "@pulumi/pulumi";
import type { Place } from "../place";
import type { VethPair } from "../veth-pair";
import type { AttachedHost } from "./attached-host";
import { Component } from "./component";
import { type Subnets, Subnetting } from "./subnets";
import { Switch } from "./switch";

/** What all topologies of switches are made of. The switches are in the place that is given, or on the host. */
export interface FabricArgs extends Place {
    /**
     * The subnet that all hosts are in, or one of each family.
     * @default "10.0.0.0/8", as mininet's
     */
    subnet?: Subnets | undefined;
    /**
     * Of all cables to hosts, in bytes.
     * @default not looked at; the kernel's 1500
     */
    mtu?: number | undefined;
}

/** Switches and hosts in one subnet, without a loop: a layer-2 network. What they are called is mininet's: s1, h1. */
export abstract class Fabric extends Component {
    readonly #switches: Switch[] = [];
    readonly #hosts: AttachedHost[] = [];
    readonly #links: VethPair[] = [];
    readonly #addresses: Subnetting;
    readonly #args: FabricArgs;

    protected constructor(kind: string, name: string, args: FabricArgs, options?: pulumi.ComponentResourceOptions) {
        super(kind, name, options);
        this.#args = args;
        this.#addresses = new Subnetting(args.subnet ?? "10.0.0.0/8");
    }

    /** Its switches, in the order of their numbers. */
    get switches(): readonly Switch[] {
        return this.#switches;
    }

    /** Its hosts, in the order of their switches. */
    get hosts(): readonly AttachedHost[] {
        return this.#hosts;
    }

    /** The cables between its switches; that of a host is the host's `link`. */
    get links(): readonly VethPair[] {
        return this.#links;
    }

    /** The next switch: s1, and so on. */
    protected addSwitch(): Switch {
        const { namespace, host } = this.#args;
        const resource = `${this.base}-s${this.#switches.length + 1}`;
        const made = new Switch(resource, { namespace, host }, { parent: this });
        this.#switches.push(made);
        return made;
    }

    /** A host with the address of this number. */
    protected addHost(name: string, on: Switch, index: number): void {
        const addresses = this.#addresses.addresses(name, { index }).map(({ cidr }) => cidr);
        const { mtu } = this.#args;
        this.#hosts.push(on.attachAs(name, { resource: `${this.base}-${name}`, addresses, mtu }));
    }

    /** A cable between two switches. */
    protected join(upper: Switch, lower: Switch): void {
        const resource = `${this.base}-s${this.#numberOf(upper)}-s${this.#numberOf(lower)}`;
        this.#links.push(upper.connectAs(resource, lower));
    }

    #numberOf(one: Switch): number {
        return this.#switches.indexOf(one) + 1;
    }
}
