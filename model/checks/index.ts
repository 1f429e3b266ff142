import type { Problem } from "../schema";
import { Paths } from "../topology/path";
import type { Topology } from "../topology/topology";
import { addressOnPort } from "./address-on-port";
import { differentSubnets } from "./different-subnets";
import { overlappingSubnets } from "./overlapping-subnets";
import { routesChecked } from "./routes";

/**
 * Mistakes that lie between resources, by the code that silences them on a resource. The first three are errors, and found before
 * the resource is made; the others are warnings of the preview.
 */
export const CHECKS = [
    "duplicate-address",
    "bridge-loop",
    "tunnel-mtu",
    "overlapping-subnets",
    "address-on-port",
    "different-subnets",
    "not-forwarding",
    "no-way-back",
] as const;
export type Check = (typeof CHECKS)[number];

/** What a check has found. */
export interface Finding extends Problem {
    readonly check: Check;
    readonly kind: string;
    /** The name of the resource that can be corrected, or on which the check is silenced. */
    readonly resource: string;
}

/** All warnings of a whole program. */
export function warnings(topology: Topology): Finding[] {
    return [
        ...overlappingSubnets(topology),
        ...addressOnPort(topology),
        ...differentSubnets(topology),
        ...routesChecked(topology, new Paths(topology)),
    ];
}
