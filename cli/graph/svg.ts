import { toDot } from "./dot.js";
import type { Picture } from "./picture.js";

/** As wide as the widths that Graphviz reckons with, which knows no machine's fonts: every monospaced one is 0.6 em or close to it. */
const MONO = "DejaVu Sans Mono,Menlo,Consolas,Liberation Mono,monospace";

/** Layouts with many crossings are settled for earlier: 250 boxes take seconds and not minutes. */
const LARGE = 120;

/** A picture as SVG, laid out by Graphviz; no browser and no program is needed. */
export async function toSvg(picture: Picture): Promise<string> {
    // A second to load: whoever draws nothing does not wait for it.
    const { Graphviz } = await import("@hpcc-js/wasm-graphviz");
    const graphviz = await Graphviz.load();
    const effort = picture.boxes.length > LARGE ? "graph [nslimit=2, mclimit=0.5]\n" : "";
    const svg = graphviz.layout(toDot(picture).replace("{\n", `{\n${effort}`), "svg", "dot");
    return `${svg
        .slice(svg.indexOf("<svg"))
        .replace(/<!--[\s\S]*?-->\n?/g, "")
        // The titles that browsers show are to be the names, and not how Graphviz calls boxes and links.
        .replace(/<title>[\s\S]*?<\/title>\n/g, "")
        .replace(/<g id="a_[^"]*"><a xlink:title="([^"]*)">/g, "<g><title>$1</title>")
        .replace(/<\/a>\n<\/g>/g, "</g>")
        .replaceAll('font-family="Courier"', `font-family="${MONO}"`)
        .trimEnd()}\n`;
}
