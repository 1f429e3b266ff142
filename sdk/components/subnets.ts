import { type AddressPick, AddressPool, type AddressPoolOptions, type PoolAddress } from "../address-pool";

/** A subnet, or one of each family: `192.168.1.0/24`, `["192.168.1.0/24", "fd00:1::/64"]`. */
export type Subnets = string | readonly string[];

/** Pools that go together: each host gets an address of every one, of the same number. */
export class Subnetting {
    readonly #pools: readonly AddressPool[];

    constructor(subnets: Subnets, options: AddressPoolOptions = {}) {
        this.#pools = [subnets].flat().map((subnet) => new AddressPool(subnet, options));
    }

    get prefixes(): string[] {
        return this.#pools.map(({ prefix }) => prefix);
    }

    addresses(key: string, pick: AddressPick = {}): PoolAddress[] {
        return this.#pools.map((pool) => pool.address(key, pick));
    }
}

/** The first two hosts of each subnet: the ends of a cable. */
export function endsOf(subnets: Subnets): [PoolAddress[], PoolAddress[]] {
    const pools = new Subnetting(subnets);
    return [pools.addresses("end 1"), pools.addresses("end 2")];
}
