import { byNumber } from "../../model/order.js";
import { type Place, placeMade, placeName, placeOf, placeParts } from "../../model/place.js";
import type { Resource, Topology } from "../../model/topology/topology.js";
import type { Frame } from "./picture.js";

/** The place of each simulated host, by the name of its resource. */
export const simulatedHosts = (resources: readonly Resource[]): ReadonlyMap<Place, string> =>
    new Map(
        resources.flatMap(({ kind, name, inputs }): [Place, string][] => {
            const place = kind === "SimulatedHost" ? placeMade(kind, inputs) : undefined;
            return place === undefined ? [] : [[place, name]];
        }),
    );

/** The namespaces and hosts in which something is, and simulated hosts on which nothing is. */
export function placesOf(topology: Topology, hosts: ReadonlyMap<Place, string>): Place[] {
    const places = [...topology.nodes.keys()];
    const empty = [...hosts.keys()].filter((host) => !places.some((place) => place.startsWith(host)));
    return [...new Set([...places, ...empty])].sort((a, b) => byNumber(placeName(a), placeName(b)) || byNumber(a, b));
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
    return [...frames.values()].sort((a, b) => byNumber(a.id, b.id));
}
