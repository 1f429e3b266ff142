import * as v from "valibot";
import { memo } from "./memo";
import { hostPath, namespaceName } from "./schema";

/** The inputs that say where something lives: a namespace's name, or nothing for the host's own; and which host. */
export const placeEntries = { namespace: v.optional(namespaceName), host: v.optional(hostPath) };

/**
 * A network namespace anywhere, as one text that tells it from all others: `""` is this machine's own, `ns1` one of its
 * named ones; `left:` and `left:ns1` are those of the machine "left"; `sim/` and `sim/ns1` those of a simulated host.
 */
export type Place = string;

/** This machine's own namespace. */
export const HOST: Place = "";

/** The name of this machine among the hosts. */
export const LOCAL = "local";

/** What a place is made of. */
export interface PlaceParts {
    /** The name of the machine in the configuration. */
    readonly machine: string;
    /** Simulated hosts, each within the one before it. */
    readonly simulated: readonly string[];
    /** The named namespace; undefined is the host's own. */
    readonly namespace: string | undefined;
}

interface PlaceInputs {
    readonly namespace?: string | undefined;
    readonly host?: string | undefined;
}

export function placeOf({ namespace, host = LOCAL }: PlaceInputs): Place {
    const [machine = LOCAL, ...simulated] = host.split("/");
    return formatPlace({ machine, simulated, namespace });
}

function formatPlace({ machine, simulated, namespace = "" }: PlaceParts): Place {
    return (machine === LOCAL ? "" : `${machine}:`) + simulated.map((name) => `${name}/`).join("") + namespace;
}

export const placeParts = memo((place: Place): PlaceParts => {
    const colon = place.indexOf(":");
    const names = place.slice(colon + 1).split("/");
    return {
        machine: colon < 0 ? LOCAL : place.slice(0, colon),
        simulated: names.slice(0, -1),
        namespace: names.at(-1) || undefined,
    };
});

/** The machine itself that a place is on: where its files are. */
export const machinePlace = (place: Place): Place =>
    formatPlace({ machine: placeParts(place).machine, simulated: [], namespace: undefined });

/** A place as its machine itself calls it, whatever name the machine has in a stack's configuration. */
export const withinMachine = (place: Place): Place => formatPlace({ ...placeParts(place), machine: LOCAL });

/** The own namespace of the host that a place is on. */
export const hostPlace = (place: Place): Place => formatPlace({ ...placeParts(place), namespace: undefined });

/** The place that a resource of this kind is, by its inputs: a namespace, or the own one of a simulated host. */
export function placeMade(kind: string, inputs: Readonly<Record<string, unknown>>): Place | undefined {
    const { name, host = LOCAL } = inputs as { name?: unknown; host?: string };
    if (typeof name !== "string") return undefined;
    if (kind === "Namespace") return placeOf({ namespace: name, host });
    return kind === "SimulatedHost" ? placeOf({ host: `${host}/${name}` }) : undefined;
}

/** The resource that makes a place, and where that stands; undefined of a machine's own, which is there already. */
export function makerOf(place: Place): { kind: string; name: string; within: Place } | undefined {
    const { machine, simulated, namespace } = placeParts(place);
    if (namespace !== undefined) return { kind: "Namespace", name: namespace, within: hostPlace(place) };
    const name = simulated.at(-1);
    if (name === undefined) return undefined;
    const within = formatPlace({ machine, simulated: simulated.slice(0, -1), namespace: undefined });
    return { kind: "SimulatedHost", name, within };
}

/** The inputs that a place is made of, to be found again among what was observed. */
export const placeValues = ({ namespace, host }: PlaceInputs): { namespace?: string; host?: string } => ({
    ...(namespace === undefined ? {} : { namespace }),
    ...(host === undefined ? {} : { host }),
});

/** The host of a place: `left`, `sim`, `left/sim`; nothing for this machine. */
const hostTitle = ({ machine, simulated }: PlaceParts): string =>
    [...(machine === LOCAL ? [] : [machine]), ...simulated].join("/");

/** What identifies an object goes on with where it is: `br0@ns1`, `br0@left`. */
export function atPlace(what: string, place: Place): string {
    const parts = placeParts(place);
    return [what, parts.namespace ?? "", hostTitle(parts)].filter((part) => part !== "").join("@");
}

/** For people: `the host`, `ns1`, `left`, `ns1 of left`, `ns1 of left/sim`. */
export function placeName(place: Place): string {
    const parts = placeParts(place);
    const host = hostTitle(parts);
    if (parts.namespace === undefined) return host || "the host";
    return host === "" ? parts.namespace : `${parts.namespace} of ${host}`;
}

/** For people: `on the host`, `in namespace ns1`, `on left`, `in namespace ns1 of left`. */
export const where = (place: Place): string =>
    placeParts(place).namespace === undefined ? `on ${placeName(place)}` : `in namespace ${placeName(place)}`;
