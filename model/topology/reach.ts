import { byNumber } from "../order";
import { type Place, placeName } from "../place";
import { type Family, familyOf, isLinkLocal } from "../prefix";
import type { Paths } from "./path";
import type { Topology } from "./topology";
import type { Verdict } from "./verdict";

/** Who asks whom. */
export interface Pair {
    readonly from: Place;
    readonly to: Place;
    readonly address: string;
}

type Targets = ReadonlyMap<string, { readonly to: Place; readonly family: Family; readonly all: readonly string[] }>;

const targetKey = (place: Place, family: Family): string => `${family} ${place}`;

/** What a place can be asked by, for each family. */
function targetsOf(topology: Topology): Targets {
    const targets = [...topology.nodes.values()].flatMap((node) => {
        const all = [...node.devices.values()].flatMap(({ addresses }) => addresses).filter((one) => !isLinkLocal(one));
        return ([4, 6] as const).map((family) => ({
            to: node.place,
            family,
            all: all.filter((one) => one.family === family).map(({ address }) => address),
        }));
    });
    return new Map(targets.filter(({ all }) => all.length > 0).map((one) => [targetKey(one.to, one.family), one]));
}

/**
 * A pair for each two places and family, by the first address of the place asked; by one that it has in the other topology, too,
 * if there is any.
 */
export function pairsOf(topology: Topology, other: Topology = topology): Pair[] {
    const others = targetsOf(other);
    const targets = Array.from(targetsOf(topology), ([key, { to, family, all }]) => {
        const shared = all.filter((address) => others.get(key)?.all.includes(address)).sort();
        return { to, family, address: (other === topology ? all[0] : shared[0]) ?? all[0] ?? "" };
    });
    const sorted = targets.toSorted((a, b) => byNumber(placeName(a.to), placeName(b.to)));
    return sorted.flatMap(({ to: from, family }) =>
        sorted
            .filter((other) => other.to !== from && other.family === family)
            .map(({ to, address }) => ({ from, to, address })),
    );
}

/** The same text for the same two places and family, whatever the address is. */
export const pairKey = ({ from, to, address }: Pair): string => `${from} ${to} ${familyOf(address)}`;

/** Those of the pairs whose two places are there, with an address of the family. */
export function pairsIn(topology: Topology, pairs: readonly Pair[]): Set<Pair> {
    const targets = targetsOf(topology);
    const isThere = (place: Place, address: string): boolean => targets.has(targetKey(place, familyOf(address)));
    return new Set(pairs.filter(({ from, to, address }) => isThere(from, address) && isThere(to, address)));
}

/** `ns1 → ns2` */
export const pairName = ({ from, to }: Pair): string => `${placeName(from)} → ${placeName(to)}`;

/** What a pair comes to: the way itself is not kept, of tens of thousands. */
export interface Answer {
    readonly outcome: Verdict["outcome"];
    /** The first thing that is missing. */
    readonly why: string | undefined;
}

/** What each of some pairs comes to. */
export const answers = (paths: Paths, pairs: readonly Pair[]): Map<string, Answer> =>
    new Map(
        pairs.map((pair) => {
            const { outcome, missing } = paths.ask(pair.from, pair.address, pair.to);
            return [pairKey(pair), { outcome, why: missing?.what }];
        }),
    );
