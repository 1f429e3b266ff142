import { byNumber } from "../../model/order.js";
import type { Box, Link, Picture } from "./picture.js";

type Neighbours = ReadonlyMap<string, ReadonlySet<string>>;

function neighboursOf(boxes: readonly Box[], links: readonly Link[]): Map<string, Set<string>> {
    const neighbours = new Map(boxes.map(({ id }) => [id, new Set<string>()]));
    for (const { ends, isRanked } of links) {
        const [a, b] = [ends[0].box, ends[1].box];
        if (!isRanked || a === b) continue;
        neighbours.get(a)?.add(b);
        neighbours.get(b)?.add(a);
    }
    return neighbours;
}

/** How far each box is from the nearest of some, in links. */
function distances(neighbours: Neighbours, starts: readonly string[]): Map<string, number> {
    const found = new Map(starts.map((start) => [start, 0]));
    for (const [box, distance] of found) {
        for (const next of neighbours.get(box) ?? []) if (!found.has(next)) found.set(next, distance + 1);
    }
    return found;
}

const farthest = (found: ReadonlyMap<string, number>): string =>
    [...found].reduce((most, one) => (one[1] > most[1] ? one : most))[0];

/** The longest way through a tree. */
function spine(neighbours: Neighbours, start: string): string[] {
    const end = farthest(distances(neighbours, [start]));
    const fromEnd = distances(neighbours, [end]);
    let at = farthest(fromEnd);
    const way = [at];
    while (at !== end) {
        at = [...(neighbours.get(at) ?? [])].find((next) => (fromEnd.get(next) ?? 0) < (fromEnd.get(at) ?? 0)) ?? end;
        way.push(at);
    }
    // The first box is to the left.
    return byNumber(way[0] ?? "", end) > 0 ? way.reverse() : way;
}

/** A tree lies along its longest way; what hangs on that points outwards, from its middle to both sides alike. */
function treePositions(neighbours: Neighbours, start: string): Map<string, number> {
    const way = spine(neighbours, start);
    const positions = new Map(way.map((box, at) => [box, at]));
    const middle = (way.length - 1) / 2;
    let balance = 0;
    const grow = (box: string, position: number, step: number): number => {
        positions.set(box, position);
        const next = [...(neighbours.get(box) ?? [])].filter((one) => !positions.has(one));
        return next.reduce((size, one) => size + grow(one, position + step, step), 1);
    };
    for (const [at, box] of way.entries()) {
        for (const next of [...(neighbours.get(box) ?? [])].filter((one) => !positions.has(one))) {
            const step = at === middle ? (balance > 0 ? -1 : 1) : at < middle ? -1 : 1;
            const size = grow(next, at + step, step);
            if (at === middle) balance += step * size;
        }
    }
    return positions;
}

/** What is no tree goes by how far it is from the nearest box with one link, or from an end where there is none. */
function layerPositions(neighbours: Neighbours, members: readonly string[]): Map<string, number> {
    const leaves = members.filter((box) => neighbours.get(box)?.size === 1);
    const first = members[0] ?? "";
    return distances(neighbours, leaves.length > 0 ? leaves : [farthest(distances(neighbours, [first]))]);
}

/** A tunnel keeps boxes apart where nothing else does. */
function rankTunnels(boxes: readonly Box[], links: readonly Link[]): Link[] {
    const ranked = links.map((link) => ({ ...link, isRanked: link.kind !== "tunnel" }));
    for (const link of ranked) {
        if (link.isRanked) continue;
        const reached = distances(neighboursOf(boxes, ranked), [link.ends[0].box]);
        link.isRanked = !reached.has(link.ends[1].box);
    }
    return ranked;
}

/** Orders the ends of links from left to right. */
export function arrange(picture: Picture): Picture {
    const { boxes } = picture;
    const links = rankTunnels(boxes, picture.links);
    const neighbours = neighboursOf(boxes, links);
    const positions = new Map<string, number>();
    for (const { id } of boxes) {
        if (positions.has(id)) continue;
        const members = [...distances(neighbours, [id]).keys()];
        const count = members.reduce((sum, box) => sum + (neighbours.get(box)?.size ?? 0), 0) / 2;
        const isTree = count === members.length - 1;
        const found = isTree ? treePositions(neighbours, id) : layerPositions(neighbours, members);
        for (const [box, position] of found) positions.set(box, position);
    }
    const arranged = links.map((link): Link => {
        const [a, b] = link.ends;
        const step = (positions.get(b.box) ?? 0) - (positions.get(a.box) ?? 0);
        return { ...link, ends: step < 0 ? [b, a] : [a, b], isRanked: link.isRanked && step !== 0 };
    });
    return { ...picture, links: arranged };
}
