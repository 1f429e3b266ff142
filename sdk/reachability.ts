import * as pulumi from "@pulumi/pulumi";
import type { Expectation } from "../model/reachability";
import { advance, triggers } from "./declared";
import type { Namespace } from "./namespace";
import { containerOf, isNamespace, type Place, placeInputs } from "./place";
import { LinuxnetResource } from "./resource";

/** What a Reachability checks. */
export interface ReachabilityArgs {
    /** Where the packet is sent from: `ip netns exec NAMESPACE ping TO` */
    from: Namespace | Place;
    /** An address, IPv4 or IPv6. */
    to: pulumi.Input<string>;
    /**
     * What must come back: `"reply"`; `{ ttl: 63 }`, a reply with this ttl (64 less the routers on the way back);
     * `"no-reply"`, silence; or `"unreachable"`, any ICMP error or refusal by the kernel itself ("Network is unreachable").
     * @default "reply"
     */
    expect?: pulumi.Input<Expectation> | { ttl: pulumi.Input<number> } | undefined;
    /**
     * The size of the whole IP packet.
     * @default 84 bytes for IPv4, 104 for IPv6
     */
    packetBytes?: pulumi.Input<number> | undefined;
    /**
     * Forbid fragments: what is too large for a link is then an error.
     * @default false
     */
    dontFragment?: pulumi.Input<boolean> | undefined;
    /**
     * How long an answer is waited for.
     * @default 3
     */
    timeoutSeconds?: pulumi.Input<number> | undefined;
}

const isTtl = (expect: ReachabilityArgs["expect"]): expect is { ttl: pulumi.Input<number> } =>
    typeof expect === "object" && expect !== null && "ttl" in expect && !pulumi.Output.isInstance(expect);

/**
 * A check on the real network, by ping(8): it comes after everything declared before it, and runs again whenever any of
 * that has changed. If the expectation is not met, the update fails and says what came back and what to look at.
 */
export class Reachability extends LinuxnetResource {
    /** What came back: `reply, ttl 63`. */
    declare readonly result: pulumi.Output<string>;
    /** @internal */ declare readonly triggers: pulumi.Output<string | undefined>;

    constructor(name: string, args: ReachabilityArgs, options?: pulumi.CustomResourceOptions) {
        const { from, expect, ...rest } = args;
        const place: Place = isNamespace(from) ? { namespace: from } : from;
        const { namespace, host } = placeInputs(place);
        const inputs = {
            ...rest,
            fromNamespace: namespace,
            fromHost: host,
            ...(isTtl(expect) ? { expectTtl: expect.ttl } : { expect }),
            triggers: triggers(),
        };
        const deletedWith = containerOf(place);
        const computed = ["result"];
        super(name, { kind: "Reachability", factory: "reachability", inputs, computed, deletedWith }, options);
        advance(this);
    }
}
