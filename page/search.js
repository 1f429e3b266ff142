import { data, element } from "./data.js";
import { drawn, mark } from "./marks.js";
import { center } from "./view.js";

/** @param {import("./data.js").Box} box */
const boxWords = ({ title, name, forwarding, rows, routes, members }) => [
    ...[title, name, forwarding],
    ...rows.flatMap((row) => [row.name, row.resource, ...row.addresses, ...row.notes]),
    ...routes.flatMap(({ text, resource }) => [text, resource]),
    ...members.flatMap((member) => [member.name, ...member.addresses]),
];

/** What is searched: all that a picture says, and what it has put together. */
const parts = [
    ...data.boxes.map((box) => ({ id: box.id, words: boxWords(box) })),
    ...data.links.map(({ id, text, resource }) => ({ id, words: [text, resource] })),
].map(({ id, words }) => ({ id, words: words.map((word) => word.toLowerCase()) }));

const field = /** @type {HTMLInputElement} */ (element("search"));
/** @type {string[]} */
let found = [];
let at = -1;

function search() {
    const wanted = field.value.trim().toLowerCase();
    const hits = parts.filter(({ words }) => wanted !== "" && words.some((word) => word.includes(wanted)));
    // Whoever is called just that comes first.
    found = hits
        .sort((a, b) => Number(b.words.includes(wanted)) - Number(a.words.includes(wanted)))
        .map(({ id }) => id);
    at = -1;
    mark("found", found);
    element("found").textContent = wanted === "" ? "" : `${found.length} found`;
}

function showNext() {
    if (found.length === 0) return;
    at = (at + 1) % found.length;
    const part = drawn(found[at] ?? "");
    if (part) center(part);
    element("found").textContent = `${at + 1} of ${found.length}`;
}

field.addEventListener("input", search);
field.addEventListener("keydown", ({ key }) => {
    if (key === "Enter") showNext();
    if (key !== "Escape") return;
    field.value = "";
    search();
});
document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    field.focus();
});
