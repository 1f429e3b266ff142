import { parsePrefix } from "./prefix";
import { type Problem, splitList } from "./schema";

/** The smallest MTU over which IPv6 works (RFC 8200, section 5). */
export const IPV6_MTU = 1280;

/** The kernel drops every IPv6 address of a device whose MTU is too small for it. */
export function mtuMistake(property: string, size: number | undefined, addresses: string | undefined): Problem[] {
    if (size === undefined || size >= IPV6_MTU || addresses === undefined) return [];
    const ipv6 = splitList(addresses).find((text) => parsePrefix(text).family === 6);
    if (!ipv6) return [];
    const expected = `at least ${IPV6_MTU}: the end has the IPv6 address ${ipv6}`;
    return [{ property, given: String(size), expected, advice: "RFC 8200; the kernel would drop the address" }];
}
