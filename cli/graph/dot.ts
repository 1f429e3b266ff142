import { badges, COLOURS, LINE } from "./colours.js";
import { markup, quoted } from "./escape.js";
import { type Box, type End, type Frame, isDrifted, type Link, type Part, type Picture, type Row } from "./picture.js";
import { isDetailed, nameWidth, routesOf, rowLines, subtitle } from "./show.js";

const spaces = (text: string): string => markup(text).replaceAll(" ", "&#160;");
const font = (text: string, colour: string = COLOURS.text, points = 11): string =>
    `<FONT POINT-SIZE="${points}" COLOR="${colour}">${spaces(text)}</FONT>`;
const bold = (text: string, colour: string, points: number): string => `<B>${font(text, colour, points)}</B>`;

const BADGE = { down: COLOURS.down, gone: COLOURS.gone, drifted: COLOURS.drifted } as const;

/** What stands beside a line, clear of it however thick that is. */
const note = (text: string): string =>
    `<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="4"><TR><TD>${font(text)}</TD></TR></TABLE>`;

/** `down` and `drifted`, each on its colour. */
const badgeCells = (part: Part): string =>
    badges(part)
        .map((word) => {
            const colour = word === "gone" ? COLOURS.paper : COLOURS.text;
            const text = `<TD BGCOLOR="${BADGE[word]}" CELLPADDING="2">${bold(word, colour, 10)}</TD>`;
            const own = `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0"><TR>${text}</TR></TABLE>`;
            return `<TD WIDTH="6"></TD><TD ALIGN="LEFT" VALIGN="TOP">${own}</TD>`;
        })
        .join("");

/** One line of a box: texts, and beside them what is to be said of it. */
function line(port: string | undefined, texts: readonly string[], part: Part, fill?: string): string {
    const content = texts.map((text) => `${text}<BR ALIGN="LEFT"/>`).join("");
    const badged = badgeCells(part);
    const inner =
        badged === ""
            ? content
            : `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR><TD ALIGN="LEFT" BALIGN="LEFT">${content}</TD>${badged}</TR></TABLE>`;
    const attributes = [
        ...(port === undefined ? [] : [`PORT="${port}"`]),
        ...['ALIGN="LEFT"', 'BALIGN="LEFT"'],
        ...(fill === undefined ? [] : [`BGCOLOR="${fill}"`]),
    ];
    return `<TR><TD ${attributes.join(" ")}>${inner}</TD></TR>`;
}

const paleIfGone = ({ status }: Part): string => (status === "gone" ? COLOURS.gone : COLOURS.text);

const rowLine = (row: Row, width: number): string =>
    line(
        row.port,
        rowLines(row, width).map((text) => font(text, paleIfGone(row))),
        row,
    );

function label(box: Box, isWhole: boolean): string {
    const under = subtitle(box);
    const title = bold(box.title, COLOURS.text, 13);
    const small = under === "" ? [] : [font(under, COLOURS.pale, 10)];
    const { shown, rest } = routesOf(box, isWhole);
    const routes = [
        ...shown.map((route) => line(undefined, [font(route.text, paleIfGone(route))], route)),
        ...(rest === undefined ? [] : [line(undefined, [font(rest, COLOURS.pale)], { status: "up", drift: [] })]),
    ];
    const width = nameWidth(box);
    const parts = [
        line("top", [title, ...small], box, COLOURS[box.kind]),
        ...box.rows.map((row) => rowLine(row, width)),
        ...(routes.length > 0 ? ["<HR/>", ...routes] : []),
    ];
    const { status } = box;
    const border = isDrifted(box) && status === "up" ? COLOURS.drifted : COLOURS[status];
    const style = LINE[status].toUpperCase();
    const attributes = `BORDER="${box.members.length > 0 ? 3 : 1}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="4" COLOR="${border}" BGCOLOR="${COLOURS.paper}" STYLE="${style}"`;
    return `<TABLE ${attributes}>${parts.join("")}</TABLE>`;
}

/** `id` and `class` stay in the SVG, for the page. */
function node(box: Box, isWhole: boolean): string {
    return `${quoted(box.id)} [id=${quoted(box.id)}, class="box", tooltip=${quoted(box.name)}, label=<${label(box, isWhole)}>]`;
}

const end = ({ box, port }: End): string => `${quoted(box)}:${quoted(port)}`;

function edge({ id, ends, kind, status, count, isRanked, text }: Link): string {
    const isTunnel = kind === "tunnel";
    const colour = status === "up" && isTunnel ? COLOURS.wire : COLOURS[status];
    const style = isTunnel && status === "up" ? "dashed" : LINE[status];
    const words = [
        ...(isTunnel ? [text.split(":")[0] ?? ""] : []),
        ...(count > 1 ? [`${count} ×`] : []),
        ...(status === "up" ? [] : [status]),
    ];
    const attributes = [
        ...[`id=${quoted(id)}`, 'class="link"', `tooltip=${quoted(text)}`, `color=${quoted(colour)}`, `style=${style}`],
        `penwidth=${count > 1 ? 4 : kind === "bridge" ? 3 : 2}`,
        ...(words.length > 0 ? [`label=<${note(words.join(" "))}>`] : []),
        ...(isRanked ? [] : ["constraint=false"]),
    ];
    return `${end(ends[0])} -- ${end(ends[1])} [${attributes.join(", ")}]`;
}

/** A frame with all that is in it. */
function cluster(frame: Frame, picture: Picture, isWhole: boolean): string[] {
    return [
        `subgraph ${quoted(`cluster ${frame.id}`)} {`,
        ...[
            `label=<${bold(frame.title, COLOURS.text, 14)}>`,
            ...[`style="rounded,filled"`, `color="${COLOURS.rule}"`, `fillcolor="${COLOURS.frame}"`, "margin=16"],
            ...within(picture, frame.id, isWhole),
        ].map((text) => `  ${text}`),
        "}",
    ];
}

const within = (picture: Picture, frame: string | undefined, isWhole: boolean): string[] => [
    ...picture.boxes.filter((box) => box.frame === frame).map((box) => node(box, isWhole)),
    ...picture.frames.filter((one) => one.frame === frame).flatMap((one) => cluster(one, picture, isWhole)),
];

/** A picture in Graphviz's language (graphviz.org/doc/info/lang.html), to be laid out by `dot`. */
export function toDot(picture: Picture): string {
    const isWhole = isDetailed(picture);
    const title = font(`${picture.title}, ${picture.state}`, COLOURS.pale, 12);
    // Inches between columns: the more links there are to be told apart, the more.
    const apart = Math.min(4, Math.max(0.7, picture.links.length / 80));
    const lines = [
        `graph [rankdir=LR, nodesep=0.3, ranksep=${apart}, pad=0.3, bgcolor="${COLOURS.paper}", fontname="Courier", labelloc=t, labeljust=l, label=<${title}>]`,
        `node [shape=plain, fontname="Courier", fontcolor="${COLOURS.text}"]`,
        'edge [fontname="Courier"]',
        ...within(picture, undefined, isWhole),
        ...picture.links.map(edge),
    ];
    return `graph linuxnet {\n${lines.map((text) => `  ${text}`).join("\n")}\n}\n`;
}
