import { engineEnvironment } from "../toolchain/engine-environment.mjs";
import { requireEngine } from "./engine.js";

/** Prints, for a shell to evaluate, what differs from the environment as it is. */
export function printEnvironment(): number {
    const wanted = engineEnvironment(requireEngine());
    for (const [name, value] of Object.entries(wanted)) {
        if (value !== undefined && value !== process.env[name]) console.log(`export ${name}=${quote(value)}`);
    }
    return 0;
}

function quote(value: string): string {
    return `'${value.replaceAll("'", "'\\''")}'`;
}
