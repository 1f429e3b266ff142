/** An action for a command: what its work comes to is what linuxnet ends with. */
export const ending =
    <Args extends unknown[]>(work: (...args: Args) => Promise<number> | number) =>
    async (...args: Args): Promise<void> => {
        process.exitCode = await work(...args);
    };

/** What a terminal has at least. */
const WIDTH = 80;

/** Lines for the help of a command: what is typed, and what that does; below it where one line would be too long. */
export function examples(...lines: readonly (readonly [command: string, meaning: string])[]): string {
    const width = Math.max(...lines.map(([command]) => command.length));
    const beside = lines.map(([command, meaning]) => `  ${command.padEnd(width)}   ${meaning}`);
    const below = lines.flatMap(([command, meaning]) => [`  ${command}`, `      ${meaning}`]);
    return ["\nExamples:", ...(beside.some((line) => line.length > WIDTH) ? below : beside)].join("\n");
}
