import { type Place, placeName } from "../place";
import { isLinkLocal } from "../prefix";
import type { Paths } from "./path";
import type { Topology } from "./topology";
import type { Verdict } from "./verdict";

/** Who asks whom. */
export interface Pair {
    readonly from: Place;
    readonly to: Place;
    readonly address: string;
}

/** A pair for each two places and family, by the first address of the place asked. */
export function pairsOf(topology: Topology): Pair[] {
    const nodes = [...topology.nodes.values()];
    const targets = nodes.flatMap((node) => {
        const all = [...node.devices.values()].flatMap(({ addresses }) => addresses).filter((one) => !isLinkLocal(one));
        return [4, 6].flatMap((family) => {
            const first = all.find((one) => one.family === family);
            return first ? [{ to: node.place, address: first.address, family }] : [];
        });
    });
    const order = (a: { to: Place }, b: { to: Place }): number =>
        placeName(a.to).localeCompare(placeName(b.to), "en", { numeric: true });
    const sorted = targets.toSorted(order);
    return sorted.flatMap(({ to: from, family }) =>
        sorted
            .filter((other) => other.to !== from && other.family === family)
            .map(({ to, address }) => ({ from, to, address })),
    );
}

/** The same text for the same two places and family, whatever the address is. */
export const pairKey = ({ from, to, address }: Pair): string => `${from} ${to} ${address.includes(":") ? 6 : 4}`;

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
            const { outcome, missing } = paths.ask(pair.from, pair.address);
            return [pairKey(pair), { outcome, why: missing?.what }];
        }),
    );
