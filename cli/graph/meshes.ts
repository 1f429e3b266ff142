import { type Box, type End, type Link, type Picture, worst } from "./picture.js";

/** Tunnels between more ends than this, each to all others, are one thing in between. */
const ENDS = 3;

const key = ({ box, port }: End): string => `${box} ${port}`;

/** Tunnels of one network: those that share ends. */
function networks(tunnels: readonly Link[]): Link[][] {
    const groups: Link[][] = [];
    for (const link of tunnels) {
        const ends = link.ends.map(key);
        const joined = groups.filter((group) => group.some((one) => one.ends.some((end) => ends.includes(key(end)))));
        for (const group of joined) groups.splice(groups.indexOf(group), 1);
        groups.push([...joined.flat(), link]);
    }
    return groups;
}

/** A mesh of many tunnels as a box, and one link from each end to it: of 20 hosts that is 20 lines, and not 190. */
export function gatherMeshes(picture: Picture): Picture {
    const [boxes, links] = [[...picture.boxes], new Map(picture.links.map((link) => [link.id, link]))];
    for (const mesh of networks(picture.links.filter(({ kind }) => kind === "tunnel"))) {
        const ends = new Map(mesh.flatMap((link) => link.ends).map((end) => [key(end), end]));
        const [first] = mesh;
        if (first === undefined || ends.size <= ENDS || mesh.length < (ends.size * (ends.size - 1)) / 2) continue;
        const title = first.text.split(":")[0] ?? first.text;
        const id = `n${boxes.length + 1}`;
        const nothing = { frame: undefined, forwarding: "", rows: [], routes: [], members: [] };
        const box: Box = {
            id,
            kind: "tunnel",
            title,
            name: `${title} of ${ends.size}`,
            ...nothing,
            status: "up",
            drift: [],
        };
        boxes.push(box);
        for (const { id: old } of mesh) links.delete(old);
        for (const [at, end] of [...ends.values()].entries()) {
            const there = picture.boxes.find((one) => one.id === end.box);
            const row = there?.rows.find(({ port }) => port === end.port);
            links.set(`${id}e${at + 1}`, {
                ...first,
                ...{ id: `${id}e${at + 1}`, ends: [end, { box: id, port: "top" }], text: `${title}: ${row?.name}` },
                ...{ resource: row?.resource ?? "", status: worst(row?.status ?? "up"), drift: row?.drift ?? [] },
            });
        }
    }
    return { ...picture, boxes, links: [...links.values()] };
}
