import { Failure } from "../../toolchain/failure.mjs";

/** @typedef {import("./suite/results.mjs").Result} Result */

/** It is not to be had from here, as opposed to: it is another one, or does not build or run. */
export class Unavailable extends Failure {}

/**
 * What tests with something come to; where it cannot be had they are skipped, where it is not right they have failed.
 *
 * @param {string} suite
 * @param {string} title
 * @param {() => Promise<Result[]>} run
 * @returns {Promise<Result[]>}
 */
export async function withAvailable(suite, title, run) {
    try {
        return await run();
    } catch (error) {
        if (!(error instanceof Failure) || error.exitCode > 128) throw error;
        const outcome = error instanceof Unavailable ? "skipped" : "failed";
        return [{ outcome, suite, title, reason: error.message }];
    }
}
