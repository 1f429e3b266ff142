/** An error for the person at the terminal: its message says it all, so no stack is shown. */
export class Failure extends Error {
    /**
     * @param {string} message what went wrong and the way out
     * @param {number} [exitCode]
     */
    constructor(message, exitCode = 1) {
        super(message);
        this.name = "Failure";
        this.exitCode = exitCode;
    }
}

/**
 * Runs a program's main function. What fails is told in words; only a mistake of our own shows its stack.
 *
 * @param {() => Promise<number>} work returns the exit code
 */
export async function main(work) {
    try {
        process.exitCode = await work();
    } catch (error) {
        const expected = error instanceof Failure;
        console.error(expected ? error.message : error);
        process.exitCode = expected ? error.exitCode : 1;
    }
}
