/** A text in columns: each as wide as its widest cell, two spaces between them, nothing behind the last one. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
    const widths: number[] = [];
    for (const row of rows) {
        for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, width(cell));
    }
    const pad = (cell: string, at: number): string => {
        const space = " ".repeat((widths[at] ?? 0) - width(cell));
        return right.includes(at) ? space + cell : cell + space;
    };
    return rows.map((row) => row.map(pad).join("  ").trimEnd());
}

/** What a colour takes is not seen. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is how a terminal is told
const width = (cell: string): number => [...cell.replace(/\x1b\[\d+m/g, "")].length;
