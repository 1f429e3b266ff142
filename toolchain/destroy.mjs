import { askEngine } from "./engine-run.mjs";
import { Failure, main } from "./failure.mjs";
import { prepare } from "./preparation.mjs";
import { operate, quickStart, stack } from "./quick-start.mjs";

const nothing = "Nothing is deployed: there was nothing to take away.";

await main(async () => {
    const engine = await prepare();
    const place = quickStart(engine);
    const stacks = askEngine(engine, ["stack", "ls", "--json", "--non-interactive"], place);
    if (!stacks.succeeded) throw new Failure(stacks.stderr);
    if (!JSON.parse(stacks.stdout).some((/** @type {{ name: string }} */ { name }) => name === stack)) {
        console.log(nothing);
        return 0;
    }
    const { exitCode, changed } = await operate(["destroy", "--yes", "--skip-preview"], place);
    if (exitCode === 0) console.log(changed ? "The lab is gone." : nothing);
    return exitCode;
});
