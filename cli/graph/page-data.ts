import { byNumber } from "../../model/order.js";
import { type Place, placeName } from "../../model/place.js";
import { type Family, familyOf } from "../../model/prefix.js";
import type { RouteEntry } from "../../model/topology/node.js";
import { Paths } from "../../model/topology/path.js";
import { pairsOf } from "../../model/topology/reach.js";
import { type Resource, Topology } from "../../model/topology/topology.js";
import type { Leg, Verdict } from "../../model/topology/verdict.js";
import { sorted } from "./draw.js";
import type { Picture } from "./picture.js";

/** With so many places every way is told hop by hop; with more, what it comes to and what is missing. */
const HOP_BY_HOP = 40;
/** With more places than this nobody is asked. */
const ASKED = 320;

/** One thing that a packet meets: the number of a place, and of a text. */
export type Step = readonly [place: number, text: number];

/** What comes of asking; texts by their numbers. */
export interface Answer {
    readonly outcome: Verdict["outcome"];
    readonly ttl?: number;
    readonly why?: number;
    readonly advice?: number;
    /** There and back; nothing where that is not told. */
    readonly there?: readonly Step[];
    readonly back?: readonly Step[];
}

/** Who can be asked. */
interface Asked {
    readonly name: string;
    /** The box in which it is drawn. */
    readonly box: string;
    /** The address by which it is asked, of each family that it has one of. */
    readonly addresses: Readonly<Partial<Record<Family, string>>>;
}

/** Everything that the page knows beside its picture: as little as can be, for it has a row for each two places. */
export interface PageData extends Picture {
    /** By box: all routes that a packet may take from there. */
    readonly tables: Readonly<Record<string, readonly string[]>>;
    readonly places: readonly Asked[];
    readonly texts: readonly string[];
    readonly answers: readonly Answer[];
    /** By family, who asks and who is asked: the number of an answer. */
    readonly ways: Readonly<Record<Family, readonly (readonly (number | null)[])[]>>;
    /** Whether there were too many to ask. */
    readonly isUnasked: boolean;
}

/** Each of some things once, by numbers. */
class Numbers<T> {
    readonly all: T[] = [];
    readonly #known = new Map<string, number>();

    of(one: T): number {
        const key = JSON.stringify(one);
        const known = this.#known.get(key) ?? this.all.push(one) - 1;
        this.#known.set(key, known);
        return known;
    }
}

function boxesByName({ boxes }: Picture): ReadonlyMap<string, string> {
    const places = boxes.filter(({ kind }) => kind === "namespace" || kind === "host");
    return new Map(
        places.flatMap(({ id, name, members }): [string, string][] => [
            [name, id],
            ...members.map((member): [string, string] => [member.name, id]),
        ]),
    );
}

function routeText({ destination, type, ways, metric, resource }: RouteEntry): string {
    const words = ways.map(({ gateway, device }) =>
        [...(gateway ? [`via ${gateway.address}`] : []), ...(device ? [`dev ${device}`] : [])].join(" "),
    );
    const connected = resource === undefined ? " (comes with an address)" : "";
    const more = resource !== undefined && metric > 0 ? ` metric ${metric}` : "";
    return `${type === "unicast" ? "" : `${type} `}${destination.text} ${words.join(", ")}`.trim() + more + connected;
}

/** What the page is to answer: all that can be asked is asked beforehand. */
export function pageData(picture: Picture, resources: readonly Resource[]): PageData {
    const topology = new Topology(sorted(resources));
    const boxes = boxesByName(picture);
    const nodes = [...topology.nodes.values()].sort((a, b) => byNumber(placeName(a.place), placeName(b.place)));
    const tables: Record<string, string[]> = {};
    for (const { place, table } of nodes) {
        const box = boxes.get(placeName(place));
        if (box !== undefined) tables[box] ??= table.map(routeText);
    }

    const isUnasked = nodes.length > ASKED;
    const pairs = isUnasked ? [] : pairsOf(topology);
    const numbers = new Map(nodes.map(({ place }, at): [Place, number] => [place, at]));
    const addresses = nodes.map((): Partial<Record<Family, string>> => ({}));
    const [texts, answers] = [new Numbers<string>(), new Numbers<Answer>()];
    const steps = ({ steps: all }: Leg): Step[] =>
        all.map(({ place, text, resource }) => [
            numbers.get(place) ?? 0,
            texts.of(resource === undefined ? text : `${text}   (${resource})`),
        ]);
    const short = ({ outcome, ttl, missing }: Verdict): Answer => ({
        outcome,
        ...(ttl === undefined ? {} : { ttl }),
        ...(missing === undefined ? {} : { why: texts.of(missing.what), advice: texts.of(missing.advice) }),
    });
    const long = (verdict: Verdict): Answer => ({
        ...short(verdict),
        there: steps(verdict.there),
        ...(verdict.back ? { back: steps(verdict.back) } : {}),
    });
    const ways: Record<Family, (number | null)[][]> = { 4: nodes.map(() => []), 6: nodes.map(() => []) };
    const paths = new Paths(topology);
    for (const { from, to, address } of pairs) {
        const [a, b] = [numbers.get(from) ?? 0, numbers.get(to) ?? 0];
        const family = familyOf(address);
        Object.assign(addresses[b] ?? {}, { [family]: address });
        const verdict = paths.ask(from, address, to);
        const row = ways[family][a];
        if (row) row[b] = answers.of(nodes.length > HOP_BY_HOP ? short(verdict) : long(verdict));
    }
    const places = nodes.map(({ place }, at): Asked => {
        const name = placeName(place);
        return { name, box: boxes.get(name) ?? "", addresses: addresses[at] ?? {} };
    });
    return { ...picture, tables, places, texts: texts.all, answers: answers.all, ways, isUnasked };
}
