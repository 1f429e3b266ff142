/** How many letters have to be changed, added, left out, or swapped with their neighbour, to get from one word to another. */
function distance(from: string, to: string): number {
    const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
    const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
    for (let row = 1; row <= from.length; row++) {
        rows.push([row]);
        for (let column = 1; column <= to.length; column++) {
            const isSame = from[row - 1] === to[column - 1];
            const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
            rows[row]?.push(
                Math.min(
                    at(row - 1, column) + 1,
                    at(row, column - 1) + 1,
                    at(row - 1, column - 1) + (isSame ? 0 : 1),
                    isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
                ),
            );
        }
    }
    return at(from.length, to.length);
}

/** The words that somebody may have meant by one that is none of them, the nearest first. */
export function similar(word: string, words: readonly string[]): string[] {
    const limit = word.length <= 4 ? 1 : 2;
    return words
        .map((one) => [one, distance(word, one)] as const)
        .filter(([, count]) => count > 0 && count <= limit)
        .toSorted(([, a], [, b]) => a - b)
        .map(([one]) => one);
}
