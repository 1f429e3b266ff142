import type { Engine } from "../toolchain/engine.mjs";
import { askEngine, type Place } from "../toolchain/engine-run.mjs";
import { Failure } from "../toolchain/failure.mjs";
import { namesStack } from "./options.js";

const usualStack = "dev";

/** The commands that make sense on a stack that does not exist yet. */
const beginnings = new Set(["up", "update", "preview", "pre", "refresh", "config", "import", "watch"]);

/** Makes and selects the stack `dev` where none is selected and none is named, so that a first `up` needs no ceremony. */
export function ensureStack(engine: Engine, args: readonly string[], place: Place): void {
    const isNamed = namesStack(args) || (place.environment.PULUMI_STACK ?? "") !== "";
    if (isNamed || !beginnings.has(args[0] ?? "")) return;
    if (askEngine(engine, ["stack", "--show-name", "--non-interactive"], place).succeeded) return;
    const made = askEngine(engine, ["stack", "select", "--create", usualStack, "--non-interactive"], place);
    if (!made.succeeded) throw new Failure(made.stderr);
    console.error(`No stack was selected: using "${usualStack}" from now on.`);
}
