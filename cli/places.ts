import { atPlace, HOST, hostPlace, type Place, placeMade, placeName, placeOf, placeParts } from "../model/place.js";
import type { Resource, Topology } from "../model/topology/topology.js";
import { Failure } from "../toolchain/failure.mjs";
import { choices } from "./choices.js";

/** By the name of its namespace alone, where only one host has such a one. */
function unmistakable(places: readonly Place[]): [string, Place][] {
    const names = places.map((place) => placeParts(place).namespace);
    return places.flatMap((place, at): [string, Place][] => {
        const name = names[at];
        return name !== undefined && names.indexOf(name) === names.lastIndexOf(name) ? [[name, place]] : [];
    });
}

/** Places by the names of their resources, and by their own: `ns1`, `ns1-dev`, `ns1@left`, `left`, `host`. */
export function placesOf(
    resources: readonly Resource[],
    topology: Topology,
    hosts: readonly string[] = [],
): ReadonlyMap<string, Place> {
    const named = resources.flatMap(({ kind, name, inputs }): [string, Place][] => {
        const place = placeMade(kind, inputs);
        return place === undefined ? [] : [[name, place]];
    });
    const nodes = [...topology.nodes.keys(), ...named.map(([, place]) => place)];
    const machines = hosts.map((host) => placeOf({ host }));
    const places = [...new Set([...nodes, ...nodes.map(hostPlace), ...machines])];
    return new Map([
        ["host", HOST],
        ...unmistakable(places),
        ...places.map((place): [string, Place] => [atPlace("", place), place]),
        ...places.map((place): [string, Place] => [placeName(place), place]),
        ...places.map((place): [string, Place] => [place, place]),
        ...named,
    ]);
}

/** The place of that name; `what` has it or has not: "this program", "this lab". */
export function placeNamed(places: ReadonlyMap<string, Place>, name: string, what = "this program"): Place {
    const found = places.get(name);
    if (found !== undefined) return found;
    // The key of a place elsewhere, `left/ns1`, is nobody's name for it.
    const accepted = [...places.keys()].filter((known) => !known.includes("/"));
    throw new Failure(`linuxnet: there is no ${name} in ${what}.${choices(name, titles(places), accepted)}`, 2);
}

/** Each place once: by the program's name, which stands behind the place itself, or else by the first of its own. */
function titles(places: ReadonlyMap<string, Place>): string[] {
    return [...new Set(places.values())].map((place) => {
        if (place === HOST) return "host";
        const names = [...places].flatMap(([name, one]) => (one === place ? [name] : []));
        return names[names.indexOf(place) + 1] ?? names[0] ?? place;
    });
}
