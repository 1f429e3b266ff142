import { isDrifted, type Part, type Status } from "./picture.js";

/**
 * Colours that people tell apart whatever they see of red and green (Okabe and Ito, "Color Universal Design"). None stands alone:
 * what is down is dashed, what is gone is dotted, and each says so in a word.
 */
export const COLOURS = {
    up: "#0072B2",
    down: "#D55E00",
    gone: "#767676",
    drifted: "#E69F00",
    wire: "#8A5A83",
    text: "#1A1A1A",
    pale: "#5A5A5A",
    paper: "#FFFFFF",
    namespace: "#E3F0F8",
    host: "#E4F3EC",
    bridge: "#FBF3D5",
    tunnel: "#F3E6F1",
    frame: "#F4F5F7",
    rule: "#C4CBD2",
} as const;

export const LINE: Readonly<Record<Status, string>> = { up: "solid", down: "dashed", gone: "dotted" };

/** What is to be said of a part beside its colour; nothing of one that is as it should be. */
export const badges = (part: Part): ("down" | "gone" | "drifted")[] => [
    ...(part.status === "up" ? [] : [part.status]),
    ...(isDrifted(part) && part.status !== "gone" ? (["drifted"] as const) : []),
];
