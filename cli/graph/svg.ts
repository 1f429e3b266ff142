import { toDot } from "./dot.js";
import { markup } from "./escape.js";
import type { Picture } from "./picture.js";

/** As wide as the widths that Graphviz reckons with, which knows no machine's fonts: every monospaced one is 0.6 em or close to it. */
const MONO = "DejaVu Sans Mono,Menlo,Consolas,Liberation Mono,monospace";

/** A picture as SVG, laid out by Graphviz; no browser and no program is needed. */
export async function toSvg(picture: Picture): Promise<string> {
    // A megabyte of WebAssembly: whoever draws nothing does not wait for it.
    const { Graphviz } = await import("@hpcc-js/wasm-graphviz");
    const graphviz = await Graphviz.load();
    const svg = graphviz.layout(toDot(picture), "svg", "dot");
    const title = markup(`${picture.title}, ${picture.state}`);
    return `${svg
        .slice(svg.indexOf("<svg"))
        .replace("<svg", () => `<svg role="img" aria-label="${title}"`)
        .replace(/<!--[\s\S]*?-->\n?/g, "")
        // The titles that browsers show are to be the names, and not how Graphviz calls boxes and links.
        .replace(/<title>[\s\S]*?<\/title>\n/g, "")
        .replace(/<g id="a_[^"]*"><a xlink:title="([^"]*)">/g, "<g><title>$1</title>")
        .replace(/<\/a>\n<\/g>/g, "</g>")
        .replace(/font-family="Courier[^"]*"/g, `font-family="${MONO}"`)
        .trimEnd()}\n`;
}
