import { askEngine } from "./engine-run.mjs";
import { Failure, main } from "./failure.mjs";
import { prepare } from "./preparation.mjs";
import { linuxnet, operate, quickStart, stack } from "./quick-start.mjs";

const next = `Worth trying next:
  ip netns exec ns-router-${stack} ip route   the router's table, from inside
  npx linuxnet preview                   after an edit of examples/router/index.ts: what would change
  npm run destroy                        take it all away again`;

await main(async () => {
    const engine = await prepare();
    const place = quickStart(engine);
    const selected = askEngine(engine, ["stack", "select", "--create", stack, "--non-interactive"], place);
    if (!selected.succeeded) throw new Failure(selected.stderr);
    const preview = await linuxnet(["preview"], place.environment);
    if (preview !== 0) return preview;
    const { exitCode, changed } = await operate(["up", "--yes", "--skip-preview"], place);
    if (exitCode !== 0) return exitCode;
    console.log(changed ? "The lab is up." : "Nothing had to change: the lab is as its program says.");
    console.log(`\n${next}`);
    return 0;
});
