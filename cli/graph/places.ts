import { type Place, placeName, placeOf, placeParts } from "../../model/place.js";
import type { Resource, Topology } from "../../model/topology/topology.js";
import { type Frame, inOrder } from "./picture.js";

/** The place of each simulated host, by the name of its resource. */
export const simulatedHosts = (resources: readonly Resource[]): ReadonlyMap<Place, string> =>
    new Map(
        resources.flatMap(({ kind, name: resource, inputs }): [Place, string][] => {
            const { name, host = "local" } = inputs as { name?: string; host?: string };
            return kind === "SimulatedHost" && name ? [[placeOf({ host: `${host}/${name}` }), resource]] : [];
        }),
    );

/** The namespaces and hosts in which something is, and simulated hosts on which nothing is. */
export function placesOf(topology: Topology, hosts: ReadonlyMap<Place, string>): Place[] {
    const places = [...topology.nodes.keys()];
    const empty = [...hosts.keys()].filter((host) => !places.some((place) => place.startsWith(host)));
    return [...new Set([...places, ...empty])].sort((a, b) => inOrder(placeName(a), placeName(b)) || inOrder(a, b));
}

/** The frames around a place, from the outermost: its machine, unless that is this one, and the simulated hosts within. */
function framesAround(place: Place): Frame[] {
    const { machine, simulated } = placeParts(place);
    const hosts = [...(placeOf({ host: machine }) === "" ? [] : [machine]), ...simulated];
    return hosts.map((title, at) => ({
        id: `f ${hosts.slice(0, at + 1).join("/")}`,
        title,
        frame: at === 0 ? undefined : `f ${hosts.slice(0, at).join("/")}`,
    }));
}

export const frameOf = (place: Place): string | undefined => framesAround(place).at(-1)?.id;

/** All frames, those around others first. */
export function framesOf(places: readonly Place[]): Frame[] {
    const frames = new Map(places.flatMap(framesAround).map((frame) => [frame.id, frame]));
    return [...frames.values()].sort((a, b) => inOrder(a.id, b.id));
}
