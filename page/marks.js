/** Draws frames around boxes and links: those that were found, chosen, or lie on a way. */

/**
 * @param {string} id of a box or a link
 * @returns {SVGGraphicsElement | undefined}
 */
export function drawn(id) {
    const found = document.getElementById(id);
    return found instanceof SVGGraphicsElement ? found : undefined;
}

/**
 * Marks these, and no others, in one way.
 *
 * @param {"found" | "chosen" | "way"} kind
 * @param {Iterable<string>} ids
 */
export function mark(kind, ids) {
    for (const old of document.querySelectorAll(`.mark.${kind}`)) old.remove();
    const margin = { found: 7, chosen: 3, way: 11 }[kind];
    for (const id of ids) {
        const part = drawn(id);
        if (part === undefined) continue;
        const { x, y, width, height } = part.getBBox();
        const frame = document.createElementNS("http://www.w3.org/2000/svg", "rect");
        frame.setAttribute("class", `mark ${kind}`);
        for (const [name, value] of Object.entries({ x: x - margin, y: y - margin }))
            frame.setAttribute(name, `${value}`);
        frame.setAttribute("width", `${width + 2 * margin}`);
        frame.setAttribute("height", `${height + 2 * margin}`);
        part.parentNode?.append(frame);
    }
}
