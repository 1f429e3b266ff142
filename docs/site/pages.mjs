import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** @typedef {{ path: string, group: string, title: string, text: string }} SitePage */

export const projectFolder = fileURLToPath(new URL("../../", import.meta.url));

/** As in the navigation, from the top to the bottom. What is in docs/ and not named here is for users. */
const origins = ["from-bash", "from-containerlab", "from-mininet", "from-netplan"];
const guides = ["first-lab", ...origins, "testing", "troubleshooting"];
const inner = ["architecture", "kernel", "engine", "dependencies"];
const forUsers = "Using it";
export const groups = ["Guides", "Lessons", "Labs", "Commands", forUsers, "How it works"];

/** The pages of the site, in the order of the navigation, their text as typedoc takes it. */
export function readPages() {
    const paths = [
        ...named("docs/guides", guides).map((path) => ({ path, group: "Guides" })),
        ...named("docs/lessons", []).map((path) => ({ path, group: "Lessons" })),
        ...[...labs(), "docs/guides/testing/README.md"].map((path) => ({ path, group: "Labs" })),
        { path: "docs/cli.md", group: "Commands" },
        ...named("docs", ["hosts"])
            .filter((path) => ![...inner, "cli"].includes(basename(path, ".md")))
            .map((path) => ({ path, group: forUsers })),
        ...[...inner.map((name) => `docs/${name}.md`), "CONTRIBUTING.md", "tests/README.md", "CHANGELOG.md"].map(
            (path) => ({ path, group: "How it works" }),
        ),
    ];
    const known = new Set(["README.md", ...paths.map(({ path }) => path)]);
    return paths.map(({ path, group }) => readPage(path, group, known));
}

/** The README, which is the site's first page. */
export function readFirstPage() {
    const known = new Set(["README.md", ...readPages().map(({ path }) => path)]);
    const page = readPage("README.md", "", known);
    return { ...page, text: page.text.replace(/^# .+\n/m, "") };
}

/**
 * @param {string} path
 * @param {string} group
 * @param {ReadonlySet<string>} known
 * @returns {SitePage}
 */
function readPage(path, group, known) {
    const source = readFileSync(join(projectFolder, path), "utf8");
    const title = /^# (.+)$/m.exec(source)?.[1]?.replaceAll("`", "") ?? basename(path, ".md");
    // Comments are for tests. In its list of headings, typedoc leaves out what is code.
    const plain = source.replace(/^<!-- .* -->\n/gm, "").replace(/^#{2,} .*$/gm, (line) => line.replaceAll("`", ""));
    const text = fenced(plain);
    return { path, group, title, text: linked(text, path, known) };
}

/**
 * The pages of a folder: first those that are named, then the others by the alphabet.
 *
 * @param {string} folder
 * @param {readonly string[]} first
 */
function named(folder, first) {
    const names = readdirSync(join(projectFolder, folder)).filter((name) => name.endsWith(".md"));
    const rank = (/** @type {string} */ name) => {
        const at = first.indexOf(basename(name, ".md"));
        return at === -1 ? first.length : at;
    };
    return names.toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b)).map((name) => `${folder}/${name}`);
}

function labs() {
    const names = readdirSync(join(projectFolder, "examples")).toSorted();
    return names.map((name) => `examples/${name}/README.md`).filter((path) => existsSync(join(projectFolder, path)));
}

/**
 * Blocks that are indented become fenced ones: typedoc would read their brackets as links.
 *
 * @param {string} text
 */
function fenced(text) {
    /** @type {string[]} */
    const lines = [];
    let isFenced = false;
    /** @type {string[]} */
    let block = [];
    const close = () => {
        if (block.length === 0) return;
        const end = block.findLastIndex((line) => line !== "") + 1;
        lines.push("```text", ...block.slice(0, end), "```", ...block.slice(end));
        block = [];
    };
    let before = "";
    for (const line of text.split("\n")) {
        if (line.startsWith("```")) isFenced = !isFenced;
        const isCode = !isFenced && /^ {4}/.test(line) && (block.length > 0 || before === "");
        if (isCode || (block.length > 0 && line === "")) block.push(line.slice(4));
        else {
            close();
            lines.push(line);
        }
        before = line;
    }
    close();
    return lines.join("\n");
}

/**
 * Links between pages stay, to a folder with a README too, and pictures. What is no page of the site, such as a source, is named and
 * not linked.
 *
 * @param {string} text
 * @param {string} path
 * @param {ReadonlySet<string>} known
 */
function linked(text, path, known) {
    return text.replace(/\[([^\]\n]+)\]\((?!\w+:|#)([^)#\s]*)(#[^)\s]*)?\)/g, (_all, words, target, anchor = "") => {
        const full = resolve(projectFolder, dirname(path), target);
        if (!existsSync(full)) throw new Error(`${path} links to ${target}, which is not there`);
        const page = relative(projectFolder, statSync(full).isDirectory() ? join(full, "README.md") : full);
        if (/\.(svg|png)$/.test(page)) return `[${words}](${target})`;
        if (!known.has(page)) return words;
        if (anchor !== "" && !anchorsOf(page).includes(anchor)) throw new Error(`${path}: ${page} has no ${anchor}`);
        return `[${words}](${relative(dirname(path), page)}${anchor})`;
    });
}

/**
 * Those of a page's headings, as GitHub makes them.
 *
 * @param {string} page
 */
function anchorsOf(page) {
    const headings = readFileSync(join(projectFolder, page), "utf8").matchAll(/^#+ (.+)$/gm);
    return Array.from(headings, ([, title = ""]) => {
        const words = title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "");
        return `#${words.replaceAll(" ", "-")}`;
    });
}
