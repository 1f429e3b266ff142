import { join } from "node:path";
import { build, isBuilt } from "./build.mjs";
import { main } from "./failure.mjs";
import { withLock } from "./lock.mjs";
import { packageFolder } from "./package.mjs";
import { step } from "./steps.mjs";

await main(async () => {
    await withLock(join(packageFolder, "toolchain"), async (lock) => {
        if (isBuilt()) console.log("Nothing to compile: dist is newer than its sources.");
        else await step("Compiling (tsc)", () => build(lock));
    });
    return 0;
});
