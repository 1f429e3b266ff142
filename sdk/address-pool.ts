import * as pulumi from "@pulumi/pulumi";
import { Pool } from "../model/address-pool";
import { AddressProblem, type Prefix } from "../model/prefix";

/** An address that an AddressPool has handed out. */
export interface PoolAddress {
    /** As a gateway or the target of a check is written: `192.168.1.2` */
    readonly address: string;
    /** With the prefix length of its subnet, as a device takes it: `192.168.1.2/24` */
    readonly cidr: string;
}

/** The two ends of a point-to-point link. */
export interface PoolLink {
    /** The lower address. */
    readonly left: PoolAddress;
    /** The higher address. */
    readonly right: PoolAddress;
}

/** How an AddressPool counts. */
export interface AddressPoolOptions {
    /**
     * The number of the host whose key ends in 1: with 2, `ns1` is 192.168.1.2, and 192.168.1.1 is left to a gateway.
     * @default 1, the network's first host; in a /31, /32, /127 or /128 the network's own address
     */
    first?: number | undefined;
}

/** Which one is handed out. */
export interface AddressPick {
    /**
     * The number of a host (2 is 192.168.1.2), or of a subnet or link among those of its size, from 0.
     * @default the number that the key ends in; of a key without one, a number in the upper half, made of the key
     */
    index?: number | undefined;
}

const plain = ({ address, text }: Prefix): PoolAddress => ({ address, cidr: text });

/**
 * Hands out the addresses of a network, IPv4 or IPv6: to hosts, as subnets, or as /31 and /127 for links between two.
 *
 * What a key gets is made of the network, the key and its `index`, and of nothing else: not of the order in which keys
 * are asked for, nor of the others. So a key that comes or goes renumbers no other, in any place of the program. The
 * price: two keys may come to the same. That is an error, which names both and a number that is free; it is never
 * settled by moving one of them. See docs/components.md.
 *
 * It is known while the program runs, and makes no resource.
 */
export class AddressPool {
    /** The network: `192.168.1.0/24` */
    readonly prefix: string;
    readonly #pool: Pool;

    /** A network without host bits: `192.168.1.0/24`, `fd00::/64`. */
    constructor(prefix: string, options: AddressPoolOptions = {}) {
        this.#pool = told(`AddressPool ${prefix}`, () => new Pool(prefix, options.first));
        this.prefix = this.#pool.network.text;
    }

    /**
     * The address of a host. The network's own and the broadcast address (IPv4) and the routers' anycast address (IPv6)
     * are nobody's; in a /31 and a /127 both are a host's.
     */
    address(key: string, { index }: AddressPick = {}): PoolAddress {
        return this.#told(() => plain(this.#pool.address(key, index)));
    }

    /** A subnet of this prefix length, for another pool or a Lan: `10.0.3.0/24` of 10.0.0.0/16. */
    subnet(key: string, length: number, { index }: AddressPick = {}): string {
        return this.#told(() => this.#pool.subnet(key, length, index).text);
    }

    /** The two addresses of a link: a /31 (RFC 3021), or a /127 (RFC 6164). */
    link(key: string, { index }: AddressPick = {}): PoolLink {
        return this.#told(() => {
            const [left, right] = this.#pool.link(key, index);
            return { left: plain(left), right: plain(right) };
        });
    }

    #told<T>(work: () => T): T {
        return told(`AddressPool ${this.prefix}`, work);
    }
}

/** What is wrong is the program's mistake: the engine shows it without a stack trace. */
function told<T>(title: string, work: () => T): T {
    try {
        return work();
    } catch (error) {
        throw error instanceof AddressProblem ? new pulumi.RunError(`${title}: ${error.message}`) : error;
    }
}
