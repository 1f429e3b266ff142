/**
 * Whether a page shows what was printed. In what it shows, a line with nothing but "…" stands for any lines, or none, and "…" within a
 * line for any words. Times and the numbers of links are other ones each time, and are not compared; neither are spaces at a line's end.
 */
export function isPrinted(shown: string, printed: string): boolean {
    const lines = even(shown).split("\n");
    const pattern = lines.map((line) => (line.trim() === "…" ? "(?:.*\n)*?" : `${inLine(line)}\n`)).join("");
    return new RegExp(`^${pattern}$`).test(`${even(printed)}\n`);
}

function inLine(line: string): string {
    return line
        .split("…")
        .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
        .join(".*");
}

/** Without what is never the same twice. */
function even(text: string): string {
    return text
        .replace(/\btime[= ][\d.]+ ?ms/g, "time")
        .replace(/\(\d+(\.\d+)?s\)/g, "(s)")
        .replace(/^Duration: \d+s$/gm, "Duration")
        .replace(/@if\d+/g, "@if")
        .replace(/[ \t]+$/gm, "")
        .replace(/\n+$/, "");
}
