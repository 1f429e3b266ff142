import { findEngine } from "../toolchain/engine.mjs";
import { engineEnvironment } from "../toolchain/engine-environment.mjs";
import { askEngine } from "../toolchain/engine-run.mjs";

/** A word of the engine's, and what it is. */
export interface EngineWord {
    readonly value: string;
    readonly description: string;
}

/** What the engine would complete at the end of these words, asked as its own scripts ask it; nothing where there is no engine. */
export function engineWords(words: readonly string[]): EngineWord[] {
    const engine = findEngine();
    if (engine === undefined) return [];
    const place = { cwd: process.cwd(), environment: engineEnvironment(engine) };
    const { stdout } = askEngine(engine, ["__complete", ...words], place);
    const lines = stdout.split("\n").filter((line) => line !== "" && !line.startsWith(":"));
    return lines.map((line) => {
        const [value = "", description = ""] = line.split("\t");
        return { value, description };
    });
}
