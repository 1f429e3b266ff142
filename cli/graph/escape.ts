/** What no picture can show (control characters, halves of characters), as a box. */
const visible = (text: string): string => text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, "\u25A1");

/** A text within XML, HTML or an HTML-like label. */
export const markup = (text: string): string =>
    visible(text).replace(/[&<>"'[\]]/g, (character) => `&#${character.charCodeAt(0)};`);

/** A text in quotes, for Graphviz: a backslash begins an escape in some of them (graphviz.org/docs/attr-types/escString). */
export const quoted = (text: string): string => `"${visible(text).replace(/[\\"]/g, "\\$&")}"`;

/**
 * A text in quotes, for Mermaid, which has entities of its own, with `#` in place of `&`, and takes what is left as HTML or, behind a
 * backtick, as Markdown (mermaid.js.org/syntax/flowchart.html, "Entity codes to escape characters").
 */
export const entities = (text: string): string =>
    visible(text).replace(/[^\p{L}\p{N} .,:/()=+@…·⟷×□-]/gu, (character) => `#${character.codePointAt(0)};`);
