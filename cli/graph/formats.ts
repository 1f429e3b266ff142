import { extname } from "node:path";
import type { Resource } from "../../model/topology/topology.js";
import { toDot } from "./dot.js";
import { toHtml } from "./html.js";
import { toMermaid } from "./mermaid.js";
import type { Picture } from "./picture.js";
import { toSvg } from "./svg.js";

export const FORMATS = ["svg", "html", "mermaid", "dot", "json"] as const;
export type Format = (typeof FORMATS)[number];

const EXTENSIONS: Readonly<Record<string, Format>> = {
    ".svg": "svg",
    ".html": "html",
    ".htm": "html",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".json": "json",
};

/** By a file's name. */
export const formatOf = (file: string): Format | undefined => EXTENSIONS[extname(file).toLowerCase()];

/** A picture as the text of a file; of the page, what can be asked there comes from the resources. */
export async function write(format: Format, picture: Picture, resources: readonly Resource[]): Promise<string> {
    switch (format) {
        case "svg":
            return toSvg(picture);
        case "html":
            return toHtml(picture, resources);
        case "mermaid":
            return toMermaid(picture);
        case "dot":
            return toDot(picture);
        case "json":
            return `${JSON.stringify(picture, undefined, 2)}\n`;
    }
}
