import { createInterface } from "node:readline/promises";

/** Whether the person at the terminal says yes; where there is none, nobody does. */
export async function isAgreed(question: string): Promise<boolean> {
    if (!process.stdin.isTTY) return false;
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await terminal.question(`${question} [y/N] `);
    terminal.close();
    return /^y(es)?$/i.test(answer.trim());
}
