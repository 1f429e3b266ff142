/**
 * Whether a page shows what was printed. In what it shows, a line with nothing but "…" stands for any lines, or none, and "…" within a
 * line for any words. Times and the numbers of links are other ones each time, and are not compared; neither is how many spaces there are within a line or at its end.
 * Where all lines are shown they may be in another order: devices are listed as they were made, which is done side by side.
 */
export function isPrinted(shown: string, printed: string): boolean {
    const lines = even(shown).split("\n");
    const found = even(printed).split("\n");
    if (!lines.some(isAny)) return matches(lines.toSorted(), found.toSorted());
    return matches(lines, found);
}

const isAny = (line: string): boolean => line.trim() === "…";

function matches(lines: readonly string[], found: readonly string[]): boolean {
    const pattern = lines.map((line) => (isAny(line) ? "(?:.*\n)*?" : `${inLine(line)}\n`)).join("");
    return new RegExp(`^${pattern}$`).test(`${found.join("\n")}\n`);
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
        .replace(/\bin [\d.]+ s\b/g, "in 0 s")
        .replace(/@if\d+/g, "@if")
        .replace(/ \(id: \d+\)$/gm, "")
        .replace(/(\S) +/g, "$1 ")
        .replace(/[ \t]+$/gm, "")
        .replace(/\n+$/, "");
}
