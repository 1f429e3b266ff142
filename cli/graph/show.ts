import type { Box, Picture, RouteRow, Row } from "./picture.js";

/** In a picture of more boxes than this, routes are counted. */
const DETAILED = 32;
/** So many routes of a box are shown, and the rest counted. */
const ROUTES = 8;

export const isDetailed = ({ boxes }: Picture): boolean => boxes.length <= DETAILED;

/** The lines of a box's routes. */
export interface Routes {
    readonly shown: readonly RouteRow[];
    /** `5 routes`, `4 routes more` */
    readonly rest: string | undefined;
}

export function routesOf({ routes }: Box, isWhole: boolean): Routes {
    const shown = isWhole ? routes.slice(0, routes.length > ROUTES + 1 ? ROUTES : undefined) : [];
    const rest = routes.length - shown.length;
    if (rest === 0) return { shown, rest: undefined };
    return { shown, rest: `${rest} ${rest === 1 ? "route" : "routes"}${shown.length > 0 ? " more" : ""}` };
}

/** What kind of box it is, where its title does not say so. */
export function subtitle({ kind, forwarding, members, title }: Box): string {
    const what = { namespace: "", host: title === "the host" ? "" : "host", bridge: "bridge", tunnel: "each to all" }[
        kind
    ];
    const many = members.length > 0 ? `${members.length} alike` : "";
    return [many, what, forwarding].filter((word) => word !== "").join(" · ");
}

/** `p{1..250} (250)` */
const counted = ({ name, count }: Row): string => (count > 1 ? `${name} (${count})` : name);

/** The texts of a device's line, one below the other. */
export function rowLines(row: Row, width: number): string[] {
    const first = counted(row);
    const more = [...row.addresses, ...row.notes];
    if (more.length === 0) return [first];
    return more.map((text, at) => `${(at === 0 ? first : "").padEnd(width)}  ${text}`);
}

/** How wide the names of a box are, of those with something beside them. */
export const nameWidth = ({ rows }: Box): number => {
    const beside = rows.filter(({ addresses, notes }) => addresses.length + notes.length > 0);
    return Math.max(0, ...beside.map((row) => counted(row).length));
};
