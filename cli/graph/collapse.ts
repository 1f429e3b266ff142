import { byNumber } from "../../model/order.js";
import { span, withoutNumbers } from "../preview/groups.js";
import { type Box, isDrifted, type Link, type Part, type Picture, type RouteRow, type Row } from "./picture.js";

/** A picture of so many boxes is read as it is. */
const READABLE = 16;
/** Leaves that are alike, from so many on, are drawn as one. */
const ENOUGH = 3;

/** A box on one link, and the line where that ends at the other box. */
interface Leaf {
    readonly box: Box;
    readonly link: Link;
    readonly hub: Box;
    readonly line: Row;
}

const isSound = (part: Part): boolean => part.status === "up" && !isDrifted(part);

/** What addresses have in common that are each other's neighbours: the family and the length of the prefix. */
const shape = (address: string): string =>
    address.includes(":") ? address.replace(/^.*\//, "v6/") : withoutNumbers(address);

const lineShape = ({ name, kind, addresses, notes }: Row): unknown => [
    withoutNumbers(name),
    kind,
    addresses.map(shape),
    notes.map(withoutNumbers),
];

/** What is the same for leaves that may be drawn as one. */
const leafShape = ({ box, hub, line, link }: Leaf): string =>
    JSON.stringify([
        ...[hub.id, link.kind, box.frame ?? "", withoutNumbers(box.title), box.forwarding],
        ...[lineShape(line), box.rows.map(lineShape), box.routes.map(({ text }) => withoutNumbers(text))],
    ]);

function leavesOf({ boxes, links }: Picture): Leaf[] {
    const byId = new Map(boxes.map((box) => [box.id, box]));
    const ends = links.flatMap((link) => [
        { link, here: link.ends[0], there: link.ends[1] },
        { link, here: link.ends[1], there: link.ends[0] },
    ]);
    return boxes.flatMap((box): Leaf[] => {
        const [only, more] = ends.filter(({ here }) => here.box === box.id);
        if (only === undefined || more !== undefined || box.kind === "bridge" || box.kind === "tunnel") return [];
        const { link, there } = only;
        const hub = byId.get(there.box);
        const line = hub?.rows.find(({ port }) => port === there.port);
        if (hub === undefined || line === undefined || hub === box) return [];
        return [box, link, line, ...box.rows, ...box.routes].every(isSound) ? [{ box, link, hub, line }] : [];
    });
}

/** `10.0.0.{1..250}/16`; of what has no numbers in common, the first and the last. */
function spanned(texts: readonly string[]): string {
    const [first = "", last = ""] = [texts[0], texts.at(-1)];
    if (texts.every((text) => text === first)) return first;
    const isAlike = texts.every((text) => withoutNumbers(text) === withoutNumbers(first));
    return isAlike && !first.includes(":") ? span(texts) : `${first} … ${last}`;
}

/** The same place of each of some lists, put together. */
const across = (lists: readonly (readonly string[])[]): string[] =>
    (lists[0] ?? []).map((_, at) => spanned(lists.map((list) => list[at] ?? "")));

/** Several lines as one, with the first one's port. */
function mergeRows(rows: readonly Row[]): Row[] {
    const [first] = rows;
    if (first === undefined) return [];
    return [
        {
            ...first,
            name: spanned(rows.map(({ name }) => name)),
            addresses: across(rows.map(({ addresses }) => addresses)),
            notes: across(rows.map(({ notes }) => notes)),
            resource: spanned(rows.map(({ resource }) => resource)),
            count: rows.length,
        },
    ];
}

const mergeRoutes = (lists: readonly (readonly RouteRow[])[]): RouteRow[] =>
    (lists[0] ?? []).map((route, at) => ({
        ...route,
        text: spanned(lists.map((list) => list[at]?.text ?? "")),
        resource: spanned(lists.map((list) => list[at]?.resource ?? "")),
    }));

/** A line of each, as one; its title tells already that it stands for several. */
const mergeBoxes = (boxes: readonly Box[], first: Box): Box => ({
    ...first,
    title: spanned(boxes.map(({ title }) => title)),
    name: spanned(boxes.map(({ name }) => name)),
    rows: first.rows
        .flatMap((_, at) => mergeRows(boxes.flatMap(({ rows }) => rows[at] ?? [])))
        .map((row) => ({ ...row, count: 1 })),
    routes: mergeRoutes(boxes.map(({ routes }) => routes)),
    members: boxes.map(({ name, rows }) => ({ name, addresses: rows.flatMap(({ addresses }) => addresses) })),
});

/**
 * A large picture with the leaves of each star that are alike but for their numbers drawn as one. What is down or has drifted is
 * never drawn as one with what is not.
 */
export function collapse(picture: Picture): Picture {
    if (picture.boxes.length <= READABLE) return picture;
    const groups = new Map<string, Leaf[]>();
    for (const leaf of leavesOf(picture)) groups.set(leafShape(leaf), [...(groups.get(leafShape(leaf)) ?? []), leaf]);
    const merged = [...groups.values()].filter((group) => group.length >= ENOUGH);
    const hidden = new Set(merged.flatMap((group) => group.slice(1)).flatMap(({ box, link }) => [box.id, link.id]));
    const boxes = new Map(picture.boxes.filter(({ id }) => !hidden.has(id)).map((box) => [box.id, box]));
    const links = new Map(picture.links.filter(({ id }) => !hidden.has(id)).map((link) => [link.id, link]));
    for (const group of merged) {
        const [first] = group.sort((a, b) => byNumber(a.box.name, b.box.name));
        if (first === undefined) continue;
        const [lines, all] = [group.map(({ line }) => line), group.map(({ link }) => link)];
        const whole = mergeBoxes(
            group.map(({ box }) => box),
            first.box,
        );
        boxes.set(first.box.id, whole);
        const hub = boxes.get(first.hub.id);
        if (hub) boxes.set(hub.id, { ...hub, rows: withLines(hub.rows, lines) });
        const text = spanned(all.map((link) => link.text));
        const resource = spanned(all.map((link) => link.resource));
        links.set(first.link.id, { ...first.link, text, resource, count: group.length });
    }
    return { ...picture, boxes: [...boxes.values()], links: [...links.values()] };
}

/** Lines of a box with some of them put together, where the first of these is. */
const withLines = (rows: readonly Row[], lines: readonly Row[]): Row[] =>
    rows.flatMap((row) =>
        row.port === lines[0]?.port ? mergeRows(lines) : lines.some(({ port }) => port === row.port) ? [] : [row],
    );
