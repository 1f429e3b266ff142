/** @typedef {import("../cli/graph/page-data.js").PageData} PageData */
/** @typedef {import("../cli/graph/picture.js").Box} Box */
/** @typedef {import("../cli/graph/picture.js").Link} Link */
/** @typedef {import("../cli/graph/picture.js").Part} Part */

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function element(id) {
    const found = document.getElementById(id);
    if (found === null) throw new Error(`The page has no ${id}.`);
    return found;
}

/** @type {PageData} */
export const data = JSON.parse(element("data").textContent ?? "");

/** @type {ReadonlyMap<string, Box>} */
export const boxes = new Map(data.boxes.map((box) => [box.id, box]));
/** @type {ReadonlyMap<string, Link>} */
export const links = new Map(data.links.map((link) => [link.id, link]));

/**
 * A new element. Whatever names say is text, and never markup.
 *
 * @param {string} name
 * @param {string} className
 * @param {readonly (string | Node)[]} content
 */
export function make(name, className, ...content) {
    const made = document.createElement(name);
    if (className !== "") made.className = className;
    made.append(...content);
    return made;
}

/**
 * What is to be said of a part: down, gone, drifted.
 *
 * @param {Part} part
 */
export function words({ status, drift }) {
    const all = [...(status === "up" ? [] : [status]), ...(drift.length > 0 && status !== "gone" ? ["drifted"] : [])];
    return all.flatMap((word) => [" ", make("span", `word ${word}`, word)]);
}
