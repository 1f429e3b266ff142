import * as v from "valibot";
import { flag, hostPath, integer, namespaceName, type Problem, plainAddress, type SpecOf, schema } from "./schema";

const EXPECTATIONS = ["reply", "no-reply", "unreachable"] as const;
export type Expectation = (typeof EXPECTATIONS)[number];

const entries = {
    fromNamespace: v.optional(namespaceName),
    fromHost: v.optional(hostPath),
    to: plainAddress,
    expect: v.optional(v.picklist(EXPECTATIONS, `one of ${EXPECTATIONS.join(", ")}, or { ttl: … }`)),
    expectTtl: v.optional(integer(1, 255, "a ttl")),
    packetBytes: v.optional(integer(28, 65535, "the size of the whole IP packet in bytes")),
    dontFragment: v.optional(flag),
    timeoutSeconds: v.optional(integer(1, 60, "seconds")),
    triggers: v.optional(v.string()),
};

export type ReachabilitySpec = SpecOf<typeof entries>;
export const reachabilitySchema = schema(entries);

/** Seconds that are waited for an answer if nothing else is said. */
export const DEFAULT_TIMEOUT_SECONDS = 3;

/** Bytes of an IP header and of an ICMP echo's header (RFC 791, 8200, 792). */
export const headerBytes = (to: string): number => (to.includes(":") ? 40 : 20) + 8;

export function reachabilityMistakes({ to, packetBytes }: Partial<ReachabilitySpec>): Problem[] {
    if (to === undefined || packetBytes === undefined || packetBytes >= headerBytes(to)) return [];
    const expected = `at least ${headerBytes(to)}: the headers of IP and ICMP`;
    return [{ property: "packetBytes", given: String(packetBytes), expected }];
}
