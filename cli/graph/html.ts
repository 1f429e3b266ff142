import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Resource } from "../../model/topology/topology.js";
import { packageFolder } from "../../toolchain/package.mjs";
import { markup } from "./escape.js";
import { pageData } from "./page-data.js";
import type { Picture } from "./picture.js";
import { toSvg } from "./svg.js";

/** The page's program, each file behind those that it imports. */
const MODULES = ["data", "marks", "view", "search", "ways", "details"];

const read = (name: string): string => readFileSync(join(packageFolder, "page", name), "utf8");

/** Modules as one, without what joins them: the page asks nobody for a file. */
const joined = (): string =>
    MODULES.map((name) =>
        read(`${name}.js`)
            .replace(/^import [^;]*;$/gm, "")
            .replace(/^export /gm, ""),
    ).join("\n");

/** What a page may run and look like is told by hashes (Content Security Policy 3): nothing that a name says can become a program. */
const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** A picture as one page that needs nothing else: to be panned, searched and asked. */
export async function toHtml(picture: Picture, resources: readonly Resource[]): Promise<string> {
    const [style, script] = [read("style.css"), `"use strict";\n${joined()}`];
    const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'; form-action 'none'`;
    // Within a script nothing but its end is markup; JSON has no need of the sign that begins it.
    const data = JSON.stringify(pageData(picture, resources)).replaceAll("<", "\\u003c");
    const title = markup(`${picture.title}, ${picture.state}`);
    const [svg, body] = [await toSvg(picture), read("page.html")];
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${body.replace("TITLE", () => title).replace("PICTURE", () => svg)}<script type="application/json" id="data">${data}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}
