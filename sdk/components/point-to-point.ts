import type * as pulumi from "@pulumi/pulumi";
import type { PoolAddress } from "../address-pool";
import type { Device } from "../device";
import type { Namespace } from "../namespace";
import { isNamespace, type Place } from "../place";
import { type Endpoint, VethPair } from "../veth-pair";
import { AttachedHost, hostEnd } from "./attached-host";
import { Component, machineOf } from "./component";
import { endsOf, type Subnets } from "./subnets";

/** Who is at an end: a namespace of the program, another place, or the name of a namespace that is made for it. */
export type Peer = Namespace | Place | string;

/** What a PointToPoint is made of. */
export interface PointToPointArgs {
    /** The subnet, or one of each family: left has the address of its first host, right of its second. A /31 or /127 will do. */
    subnet: Subnets;
    /**
     * One end.
     * @default "left": a namespace is made, and called NAME-left
     */
    left?: Peer | undefined;
    /**
     * The other end.
     * @default "right": a namespace is made, and called NAME-right
     */
    right?: Peer | undefined;
    /**
     * Of both ends, in bytes.
     * @default not looked at; the kernel's 1500
     */
    mtu?: number | undefined;
}

const placeOf = (peer: Peer): Place => {
    if (typeof peer === "string") return {};
    return isNamespace(peer) ? { namespace: peer } : { namespace: peer.namespace, host: peer.host };
};

/** Two hosts and the cable between them: up to two Namespaces, and a VethPair with an address on each end. */
export class PointToPoint extends Component {
    /** Who is at one end. */
    readonly left: AttachedHost;
    /** Who is at the other end. */
    readonly right: AttachedHost;
    /** The cable. */
    readonly link: VethPair;

    constructor(name: string, args: PointToPointArgs, options?: pulumi.ComponentResourceOptions) {
        super("PointToPoint", name, options);
        const { left = "left", right = "right", subnet, mtu } = args;
        const [leftAddresses, rightAddresses] = endsOf(subnet);
        const [leftEnd, rightEnd] = [this.#end(left, right, mtu), this.#end(right, left, mtu)];
        const withAddresses = (end: Endpoint, own: readonly PoolAddress[]): Endpoint => ({
            ...end,
            addresses: own.map(({ cidr }) => cidr),
        });
        const ends = { left: withAddresses(leftEnd, leftAddresses), right: withAddresses(rightEnd, rightAddresses) };
        this.link = new VethPair(name, ends, { parent: this });
        this.left = this.#host(left, "left", leftEnd, leftAddresses, this.link.left);
        this.right = this.#host(right, "right", rightEnd, rightAddresses, this.link.right);
        this.registerOutputs({ left: this.link.left.name, right: this.link.right.name });
    }

    /** A namespace that is made is on the machine of the other end. */
    #end(peer: Peer, other: Peer, mtu: number | undefined): Endpoint {
        return hostEnd(`${this.base}-${peer}`, { ...placeOf(peer), mtu }, machineOf(placeOf(other)), this);
    }

    #host(peer: Peer, side: string, end: Endpoint, own: readonly PoolAddress[], device: Device): AttachedHost {
        const addresses = own.map(({ address }) => address);
        const name = typeof peer === "string" ? peer : side;
        return new AttachedHost(name, end, { addresses, device, link: this.link, routes: [] });
    }
}
