import { createHash } from "node:crypto";
import {
    AddressProblem,
    type Family,
    hostBits,
    isAssignable,
    networkOf,
    overlaps,
    type Prefix,
    parsePrefix,
    prefixAt,
} from "./prefix";
import { quote } from "./quote";

/** What a pool hands out: a host's address, a subnet, or the two addresses of a point-to-point link. */
type What = "address" | "subnet" | "link";

/** The numbered pieces of one size that a pool is made of. */
interface Slots {
    readonly what: What;
    /** The prefix length of one. */
    readonly length: number;
    readonly lowest: bigint;
    readonly highest: bigint;
    /** What is added to the number in a key. */
    readonly shift: bigint;
}

interface Taken {
    readonly name: string;
    readonly prefix: Prefix;
    readonly start: bigint;
    readonly end: bigint;
}

const MULTICAST: Readonly<Record<Family, Prefix>> = { 4: parsePrefix("224.0.0.0/4"), 6: parsePrefix("ff00::/8") };

/** Keys without a number are spread over at most so many slots: `fd00::8a3f:11c2` is still a short address. */
const SPREAD = 1n << 32n;

/** A large number made of a text, the same always and everywhere. */
const hash = (text: string): bigint => BigInt(`0x${createHash("sha256").update(text).digest("hex")}`);

/** The slot of a key: the number that it ends in, or else one in the upper half, by its hash. Nothing else counts. */
function slotOf(key: string, { what, lowest, highest, shift }: Slots): bigint {
    const number = /\d+$/.exec(key)?.[0];
    if (number !== undefined) return BigInt(number) + shift;
    const all = highest - lowest + 1n;
    const span = all < SPREAD ? all : SPREAD;
    const below = span / 2n;
    return lowest + below + (hash(`${what} ${key}`) % (span - below));
}

/** The network of a text, which has to be one that hosts can be in. */
function poolOf(text: string): Prefix {
    const given = parsePrefix(text);
    const network = networkOf(given);
    if (network.value !== given.value) throw new AddressProblem(`host bits are set; did you mean ${network.text}?`);
    if (overlaps(network, MULTICAST[network.family])) throw new AddressProblem("it has multicast addresses");
    return network;
}

/**
 * Hands out the addresses of a network by key. What a key gets is made of the network, the key and its index, and of
 * nothing else: whatever comes, goes or changes its turn beside it, it stays. Two that would meet are refused.
 */
export class Pool {
    readonly network: Prefix;
    readonly #first: bigint | undefined;
    readonly #taken = new Map<string, Taken>();

    /** `first`: the number of the host whose key ends in 1. */
    constructor(text: string, first?: number) {
        this.network = poolOf(text);
        this.#first = first === undefined ? undefined : BigInt(first);
    }

    /** The address of a host, with the network's length. An IPv4 network's own and its broadcast address are nobody's. */
    address(key: string, index?: number): Prefix {
        const { family, length } = this.network;
        const single = family === 4 ? 32 : 128;
        const all = 1n << hostBits(this.network);
        // An IPv6 network's first address is that of any of its routers (RFC 4291, 2.6.1), but of a /127 (RFC 6164).
        const lowest = length >= single - 1 ? 0n : 1n;
        const highest = family === 4 && lowest === 1n ? all - 2n : all - 1n;
        const shift = (this.#first ?? lowest) - 1n;
        const { prefix } = this.#take(key, index, { what: "address", length: single, lowest, highest, shift });
        return prefixAt(family, prefix.value, length);
    }

    /** A subnet of this prefix length. */
    subnet(key: string, length: number, index?: number): Prefix {
        return this.#take(key, index, this.#parts("subnet", length)).prefix;
    }

    /** The two ends of a link: a /31 (RFC 3021) or a /127 (RFC 6164). */
    link(key: string, index?: number): readonly [Prefix, Prefix] {
        const { family } = this.network;
        const length = family === 4 ? 31 : 127;
        const { prefix } = this.#take(key, index, this.#parts("link", length));
        return [prefix, prefixAt(family, prefix.value + 1n, length)];
    }

    #parts(what: What, length: number): Slots {
        const { family, length: own, text } = this.network;
        const longest = family === 4 ? 32 : 128;
        if (!Number.isInteger(length) || length < own || length > longest) {
            throw new AddressProblem(`a ${what} with the prefix length ${length} is not within ${text}`);
        }
        return { what, length, lowest: 0n, highest: (1n << BigInt(length - own)) - 1n, shift: 0n };
    }

    #take(key: string, index: number | undefined, slots: Slots): Taken {
        const name = `${slots.what} ${quote(key)}`;
        if (index !== undefined && !Number.isSafeInteger(index)) {
            throw new AddressProblem(`${name}: given the index ${index}\nexpected a whole number`);
        }
        const slot = index === undefined ? slotOf(key, slots) : BigInt(index);
        if (slot < slots.lowest || slot > slots.highest) {
            const numbers = `${slots.lowest} to ${slots.highest}`;
            throw new AddressProblem(
                `${name}: ${this.network.text} has no number ${slot}, but ${numbers}\n${this.#advice("it", slots)}`,
            );
        }
        const wanted = this.#at(name, slot, slots);
        const same = this.#taken.get(name);
        if (same?.prefix.text === wanted.prefix.text) return same;
        if (same !== undefined) {
            const both = `${same.prefix.text} and ${wanted.prefix.text}`;
            throw new AddressProblem(`${name} is asked for twice, as ${both}\nexpected another key for another one`);
        }
        const other = [...this.#taken.values()].find(({ start, end }) => start <= wanted.end && wanted.start <= end);
        if (other !== undefined) {
            throw new AddressProblem(
                `${name} and ${other.name} come to the same: ${wanted.prefix.text} and ${other.prefix.text}\n` +
                    `${this.#advice("one of them", slots)}; nothing else changes by that`,
            );
        }
        this.#taken.set(name, wanted);
        return wanted;
    }

    #at(name: string, slot: bigint, { what, length }: Slots): Taken {
        const { family, value } = this.network;
        const size = hostBits({ ...this.network, length });
        const start = value + (slot << size);
        const prefix = prefixAt(family, start, length);
        if (what === "address" && !isAssignable(prefix)) {
            throw new AddressProblem(`${name}: no host can have ${prefix.address}: take another network`);
        }
        return { name, prefix, start, end: start + (1n << size) - 1n };
    }

    /** A way out, with the lowest number that is free. */
    #advice(whom: string, slots: Slots): string {
        const { value } = this.network;
        const size = hostBits({ ...this.network, length: slots.length });
        let free = slots.shift + 1n > slots.lowest ? slots.shift + 1n : slots.lowest;
        const inOrder = [...this.#taken.values()].toSorted((a, b) => (a.start < b.start ? -1 : 1));
        for (const { start, end } of inOrder) {
            const [from, to] = [value + (free << size), value + ((free + 1n) << size) - 1n];
            if (start <= to && from <= end) free = ((end - value) >> size) + 1n;
        }
        if (free > slots.highest) return "all numbers are taken: take a larger network";
        return `give ${whom} a number that is free, such as index: ${free}, or take a larger network`;
    }
}
