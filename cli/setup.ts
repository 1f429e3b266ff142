import type { Command } from "commander";
import { provideEngine } from "../toolchain/engine-install.mjs";
import { installTools } from "../toolchain/tools.mjs";
import { ending, examples } from "./action.js";

/** Installs what a machine lacks. The engine goes into the user's own folder; only the system's tools need root. */
async function setUp(): Promise<number> {
    await installTools();
    const engine = await provideEngine();
    console.log(`Ready: Pulumi ${engine.version} in ${engine.folder}`);
    return 0;
}

export const addSetup = (program: Command): Command =>
    program
        .command("setup")
        .description("install what is missing: iproute2, ping, nftables, and the Pulumi engine")
        .action(ending(() => setUp()))
        .addHelpText("after", examples(["linuxnet setup", "as root, so that it can install packages"]));
