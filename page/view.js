import { element } from "./data.js";

/** The picture; what of it is seen is its viewBox. */
export const svg = /** @type {SVGSVGElement} */ (element("picture").querySelector("svg"));

const whole = svg.viewBox.baseVal;
const all = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
let seen = { ...all };

function show() {
    svg.setAttribute("viewBox", [seen.x, seen.y, seen.width, seen.height].map((one) => one.toFixed(2)).join(" "));
}

/** Units of the picture for a pixel of the screen. */
const scale = () => 1 / (svg.getScreenCTM()?.a ?? 1);

/**
 * Zooms about a point of the screen, which stays where it is.
 *
 * @param {number} factor below 1: nearer
 * @param {number} x
 * @param {number} y
 */
function zoomAt(factor, x, y) {
    const width = Math.min(Math.max(seen.width * factor, 80), all.width * 4);
    const by = width / seen.width;
    const matrix = svg.getScreenCTM();
    if (matrix === null) return;
    const point = new DOMPoint(x, y).matrixTransform(matrix.inverse());
    seen = {
        x: point.x - (point.x - seen.x) * by,
        y: point.y - (point.y - seen.y) * by,
        width,
        height: seen.height * by,
    };
    show();
}

/** @param {number} factor */
function zoom(factor) {
    const { left, top, width, height } = svg.getBoundingClientRect();
    zoomAt(factor, left + width / 2, top + height / 2);
}

function showAll() {
    seen = { ...all };
    show();
}

/**
 * Moves the middle of what is seen to a part of the picture, near enough to read it.
 *
 * @param {SVGGraphicsElement} part
 */
export function center(part) {
    const { x, y, width, height } = part.getBBox();
    const matrix = svg
        .getScreenCTM()
        ?.inverse()
        .multiply(part.getScreenCTM() ?? new DOMMatrix());
    if (matrix === undefined) return;
    const middle = new DOMPoint(x + width / 2, y + height / 2).matrixTransform(matrix);
    // A unit of the picture is a point of its letters: as large as letters are elsewhere, or as they were.
    const factor = Math.min(1, 0.8 / scale());
    seen = { ...seen, width: seen.width * factor, height: seen.height * factor };
    seen.x = middle.x - seen.width / 2;
    seen.y = middle.y - seen.height / 2;
    show();
}

/** Whether what ends now was a drag, and no click. */
export let isDragged = false;

svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    isDragged = false;
    let { clientX: x, clientY: y } = event;
    /** @param {PointerEvent} moved */
    const move = (moved) => {
        if (!isDragged && Math.hypot(moved.clientX - x, moved.clientY - y) < 4) return;
        isDragged = true;
        svg.classList.add("held");
        const units = scale();
        seen = { ...seen, x: seen.x - (moved.clientX - x) * units, y: seen.y - (moved.clientY - y) * units };
        x = moved.clientX;
        y = moved.clientY;
        show();
    };
    const end = () => {
        svg.classList.remove("held");
        window.removeEventListener("pointermove", move);
    };
    window.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, end, { once: true });
});
svg.addEventListener(
    "wheel",
    (event) => {
        event.preventDefault();
        zoomAt(Math.exp(event.deltaY / 400), event.clientX, event.clientY);
    },
    { passive: false },
);
element("nearer").addEventListener("click", () => zoom(0.8));
element("further").addEventListener("click", () => zoom(1.25));
element("all").addEventListener("click", showAll);
svg.removeAttribute("width");
svg.removeAttribute("height");
