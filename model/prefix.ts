import { Address4, Address6 } from "ip-address";
import { memo } from "./memo";

/**
 * Addresses and prefixes, parsed strictly: `ip` itself reads 010.3.0.1 as 8.3.0.1 and 10.2 as 10.2.0.0,
 * so nothing reaches it that has not been through here.
 */
export type Family = 4 | 6;

/** An address with the length of its subnet's prefix, in canonical spelling (RFC 5952 for IPv6). */
export interface Prefix {
    readonly family: Family;
    readonly address: string;
    readonly length: number;
    /** `192.168.1.1/24` */
    readonly text: string;
    readonly value: bigint;
}

/** Why a text is not the address it should be; `message` is for people. */
export class AddressProblem extends Error {}

/** Of an address, or a prefix, that is one. */
export const familyOf = (text: string): Family => (text.includes(":") ? 6 : 4);

const bits = (family: Family): bigint => (family === 4 ? 32n : 128n);

function parse(text: string): { family: Family; ip: Address4 | Address6 } {
    if (/[^0-9A-Fa-f:./]/.test(text)) throw new AddressProblem("it has a character that no address has");
    try {
        return text.includes(":") ? { family: 6, ip: new Address6(text) } : { family: 4, ip: new Address4(text) };
    } catch (error) {
        throw new AddressProblem(error instanceof Error ? error.message.replace(/\.$/, "") : String(error));
    }
}

const toPrefix = memo((text: string): Prefix => {
    const { family, ip } = parse(text);
    const address = ip.correctForm();
    return { family, address, length: ip.subnetMask, text: `${address}/${ip.subnetMask}`, value: ip.bigInt() };
});

/** Parses `192.168.1.1/24` or `fd00::1/64`: the prefix length is required. */
export function parsePrefix(text: string): Prefix {
    if (!text.includes("/")) throw new AddressProblem("the prefix length is missing");
    if (/\/0\d/.test(text)) throw new AddressProblem("the prefix length has leading zeros");
    return toPrefix(text);
}

/** An address of a device: on a point-to-point link with its peer (ip-address(8)). */
export interface DeviceAddress extends Prefix {
    /** `10.0.0.2/32`: the prefix length is that of the peer then. */
    readonly peer?: string | undefined;
}

/** As people write it: `10.0.0.1/24`, or `10.0.0.1 peer 10.0.0.2/32`. */
export const deviceAddressText = ({ address, text, peer }: DeviceAddress): string =>
    peer === undefined ? text : `${address} peer ${peer}`;

/** The same, read again. */
export function parseDeviceAddress(text: string): DeviceAddress {
    const [address = "", peer] = text.split(" peer ");
    if (peer === undefined) return parsePrefix(text);
    return { ...parsePrefix(`${address}/${parsePrefix(peer).length}`), peer };
}

/** Parses an address without a prefix length. */
export function parseAddress(text: string): Prefix {
    if (text.includes("/")) throw new AddressProblem("a prefix length has no place here");
    return toPrefix(text);
}

/** The address of this number, with this length. */
export function prefixAt(family: Family, value: bigint, length: number): Prefix {
    const address = (family === 4 ? Address4.fromBigInt(value) : Address6.fromBigInt(value)).correctForm();
    return { family, address, length, value, text: `${address}/${length}` };
}

/** How many bits of an address are the host's: 8 of `192.168.1.0/24`. */
export const hostBits = ({ family, length }: Prefix): bigint => bits(family) - BigInt(length);

/** The address with all host bits zero: `192.168.1.0/24` of `192.168.1.1/24`. */
export function networkOf(prefix: Prefix): Prefix {
    const host = hostBits(prefix);
    return prefixAt(prefix.family, (prefix.value >> host) << host, prefix.length);
}

/** Whether `address` lies in the subnet of `subnet`. */
export function contains(subnet: Prefix, address: Prefix): boolean {
    if (subnet.family !== address.family || address.length < subnet.length) return false;
    const host = hostBits(subnet);
    return subnet.value >> host === address.value >> host;
}

/** Whether two subnets share an address. */
export function overlaps(a: Prefix, b: Prefix): boolean {
    return a.length <= b.length ? contains(a, b) : contains(b, a);
}

/** Whether it is its subnet's own address or its broadcast address, which /31 and /32 have not (RFC 3021). */
function isEndOfSubnet({ family, length, value }: Prefix): boolean {
    if (family !== 4 || length >= 31) return false;
    const last = (1n << (32n - BigInt(length))) - 1n;
    return (value & last) === 0n || (value & last) === last;
}

/** Whether an interface may have it: not multicast, broadcast, a subnet's own, unspecified, IPv6's loopback or an IPv4-mapped IPv6 address. */
export function isAssignable(prefix: Prefix): boolean {
    if (prefix.value === 0n || isEndOfSubnet(prefix)) return false;
    if (prefix.family === 4) return prefix.value >> 28n !== 0xen && prefix.value !== 0xffffffffn;
    return prefix.value !== 1n && prefix.value >> 120n !== 0xffn && prefix.value >> 32n !== 0xffffn;
}

/** Whether an IPv6 address is link-local (fe80::/10, RFC 4291), which the kernel hands out by itself. */
export function isLinkLocal(prefix: Prefix): boolean {
    return prefix.family === 6 && prefix.value >> 118n === 0b1111111010n;
}

/** `default` of a family, as the kernel has it. */
export const defaultDestination = (family: Family): string => (family === 4 ? "0.0.0.0/0" : "::/0");
