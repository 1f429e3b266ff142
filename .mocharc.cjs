/** What mocha needs to run one test by hand; tests/run.mjs adds the time limits and the reporter of the whole suite. */
module.exports = {
    require: ["./tests/support/register.cjs", "./tests/support/hooks.ts"],
    extension: ["ts"],
    timeout: 60_000,
    failZero: true,
};
