import { completeEnvironment } from "./path.mjs";

/**
 * What an engine needs to know to work on a lab without asking: the programs it starts come first on PATH; state without secrets
 * needs no passphrase; the program is type-checked by the editor and by tsc, and not on every start.
 *
 * @param {import("./engine.mjs").Engine} engine
 * @param {NodeJS.ProcessEnv} environment
 * @returns {NodeJS.ProcessEnv}
 */
export function engineEnvironment(engine, environment = process.env) {
    const { PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE, PULUMI_NODEJS_TRANSPILE_ONLY } = environment;
    const hasPassphrase = PULUMI_CONFIG_PASSPHRASE !== undefined || PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
    return {
        ...completeEnvironment(environment, [engine.folder]),
        ...(hasPassphrase ? {} : { PULUMI_CONFIG_PASSPHRASE: "" }),
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_NODEJS_TRANSPILE_ONLY: PULUMI_NODEJS_TRANSPILE_ONLY || "true",
    };
}
