import { type Place, placeOf } from "../place";
import { Paths } from "./path";
import { type Resource, Topology } from "./topology";

/** A resource that does not stand as it was deployed. */
export interface Drifted<R extends Resource> {
    readonly resource: R;
    /** Its inputs as they stand; undefined: it is gone. */
    readonly found: Resource["inputs"] | undefined;
}

const KINDS = ["SimulatedHost", "Namespace", "Bridge", "VethPair", "Vxlan", "Address", "ForwardingSetting", "Route"];

/** From the ground up: with a device its routes go, too. */
const inOrder = <R extends Resource>(drifted: readonly Drifted<R>[]): Drifted<R>[] =>
    drifted.toSorted((a, b) => KINDS.indexOf(a.resource.kind) - KINDS.indexOf(b.resource.kind));

/** What goes with a namespace. */
const isIn = ({ inputs }: Resource, place: Place): boolean =>
    ["", "left", "right"].some((side) => {
        const key = (name: string): string =>
            side === "" ? name : side + name.charAt(0).toUpperCase() + name.slice(1);
        const { [key("namespace")]: namespace, [key("host")]: host } = inputs as Record<string, string | undefined>;
        return namespace !== undefined && placeOf({ namespace, host }) === place;
    });

function without<R extends Resource>(resources: readonly Resource[], { resource, found }: Drifted<R>): Resource[] {
    const { kind, inputs } = resource;
    const rest = resources.flatMap((one): Resource[] => {
        if (one !== resource) return [one];
        return found === undefined ? [] : [{ ...one, inputs: found }];
    });
    if (found !== undefined || kind !== "Namespace") return rest;
    const { name, host } = inputs as { readonly name: string; readonly host?: string };
    return rest.filter((one) => !isIn(one, placeOf({ namespace: name, host })));
}

/**
 * What of all that has drifted is in the way of a packet: the first thing that would be, if everything else stood as it was deployed.
 * Undefined where none would be, or where there was no way before.
 */
export function culprit<R extends Resource>(
    deployed: readonly R[],
    drifted: readonly Drifted<R>[],
    from: Place,
    to: string,
): Drifted<R> | undefined {
    const isReached = (resources: readonly Resource[]): boolean =>
        new Paths(new Topology(resources)).ask(from, to).outcome === "reply";
    if (!isReached(deployed)) return undefined;
    return inOrder(drifted).find((one) => !isReached(without(deployed, one)));
}
