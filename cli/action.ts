/** An action for a command: what its work comes to is what linuxnet ends with. */
export const ending =
    <Args extends unknown[]>(work: (...args: Args) => Promise<number> | number) =>
    async (...args: Args): Promise<void> => {
        process.exitCode = await work(...args);
    };

/** Lines for the help of a command: what is typed, and what that does. */
export function examples(...lines: readonly (readonly [command: string, meaning: string])[]): string {
    const width = Math.max(...lines.map(([command]) => command.length));
    return ["\nExamples:", ...lines.map(([command, meaning]) => `  ${command.padEnd(width)}   ${meaning}`)].join("\n");
}
