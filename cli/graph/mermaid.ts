import { badges, COLOURS } from "./colours.js";
import { entities } from "./escape.js";
import type { Box, Frame, Link, Part, Picture } from "./picture.js";
import { isDetailed, routesOf, subtitle } from "./show.js";

/** An identifier: a word such as "end" ends a subgraph even there. */
const frameId = (frame: Frame, { frames }: Picture): string => `frame${frames.indexOf(frame) + 1}`;

const said = (part: Part): string[] => badges(part).map((word) => `<b>${word}</b>`);

function label(box: Box, isWhole: boolean): string {
    const { shown, rest } = routesOf(box, isWhole);
    const under = subtitle(box);
    const lines = [
        [`<b>${entities(box.title)}</b>`, ...said(box)],
        ...(under === "" ? [] : [[`<i>${entities(under)}</i>`]]),
        ...box.rows.map((row) => [
            entities(
                [row.name, ...(row.count > 1 ? [`(${row.count})`] : []), row.addresses.join(", "), row.notes.join(", ")]
                    .filter((word) => word !== "")
                    .join(" "),
            ),
            ...said(row),
        ]),
        ...shown.map((route) => [`route ${entities(route.text)}`, ...said(route)]),
        ...(rest === undefined ? [] : [[rest]]),
    ];
    return lines.map((words) => words.join(" ")).join("<br/>");
}

const LINES: Readonly<Record<Link["kind"], string>> = { pair: "---", tunnel: "-.-", bridge: "===" };

function link({ ends, kind, text, status, count }: Link): string {
    const words = [
        ...(kind === "bridge" ? [] : [entities(text)]),
        ...(count > 1 ? [`${count} ×`] : []),
        ...(status === "up" ? [] : [status]),
    ];
    const about = words.length > 0 ? `|"${words.join(" ")}"|` : "";
    return `${ends[0].box} ${LINES[kind]}${about} ${ends[1].box}`;
}

function within(picture: Picture, around: string | undefined, isWhole: boolean): string[] {
    const boxes = picture.boxes.filter(({ frame }) => frame === around);
    const frames = picture.frames.filter(({ frame }) => frame === around);
    return [
        ...boxes.map((box) => `${box.id}["${label(box, isWhole)}"]:::${box.status === "up" ? box.kind : box.status}`),
        ...frames.flatMap((frame) => [
            `subgraph ${frameId(frame, picture)}["${entities(frame.title)}"]`,
            ...within(picture, frame.id, isWhole).map((text) => `    ${text}`),
            "end",
        ]),
    ];
}

/** The links that are not as they should be, by their numbers. */
function styles({ links }: Picture): string[] {
    const styled = (status: Part["status"], dashes: string): string[] => {
        const numbers = links.flatMap((one, at) => (one.status === status ? [at] : []));
        const style = `stroke:${COLOURS[status]},stroke-width:2px,stroke-dasharray:${dashes}`;
        return numbers.length > 0 ? [`linkStyle ${numbers.join(",")} ${style}`] : [];
    };
    return [...styled("down", "6 4"), ...styled("gone", "2 4")];
}

/** A picture in Mermaid's language, which many wikis and code hosts draw by themselves. */
export function toMermaid(picture: Picture): string {
    const box = (name: string, fill: string, line: string, more = ""): string =>
        `classDef ${name} fill:${fill},stroke:${line},color:${COLOURS.text},text-align:left${more}`;
    const lines = [
        ...within(picture, undefined, isDetailed(picture)),
        ...picture.links.map(link),
        ...(["namespace", "host", "bridge", "tunnel"] as const).map((kind) => box(kind, COLOURS[kind], COLOURS.up)),
        box("down", COLOURS.paper, COLOURS.down, ",stroke-dasharray:6 4"),
        box("gone", COLOURS.paper, COLOURS.gone, ",stroke-dasharray:2 4"),
        ...styles(picture),
    ];
    return `%% ${entities(picture.title)}, ${picture.state}\nflowchart LR\n${lines.map((text) => `    ${text}`).join("\n")}\n`;
}
