const terminalIntervalMs = 1_000;
const pipeIntervalMs = 10_000;
const silentMs = 5_000;

/**
 * Does one step of the preparation, saying what it is and how long it took. One that takes longer than a moment shows that it is
 * alive: on a terminal by counting the seconds, elsewhere by a line every now and then.
 *
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
    const { stdout } = process;
    const started = performance.now();
    const elapsed = () => performance.now() - started;
    stdout.write(stdout.isTTY ? `${title} …` : `${title} …\n`);
    const timer = setInterval(
        () => {
            if (!stdout.isTTY) stdout.write(`  … ${seconds(elapsed(), 0)}\n`);
            else if (elapsed() >= silentMs) stdout.write(`\r${title} … ${seconds(elapsed(), 0)}`);
        },
        stdout.isTTY ? terminalIntervalMs : pipeIntervalMs,
    );
    let outcome = "failed after";
    try {
        const result = await work();
        outcome = "done in";
        return result;
    } finally {
        clearInterval(timer);
        stdout.write(`${stdout.isTTY ? `\r${title}: ` : "  "}${outcome} ${seconds(elapsed(), 1)}\n`);
    }
}

/**
 * @param {number} milliseconds
 * @param {number} digits
 */
export function seconds(milliseconds, digits = 1) {
    return `${(milliseconds / 1000).toFixed(digits)} s`;
}
