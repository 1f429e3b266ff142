import { provideEngine } from "../toolchain/engine-install.mjs";
import { installTools } from "../toolchain/tools.mjs";

/** Installs what a machine lacks. The engine goes into the user's own folder; only the system's tools need root. */
export async function setUp(): Promise<number> {
    await installTools();
    const engine = await provideEngine();
    console.log(`Ready: Pulumi ${engine.version} in ${engine.folder}`);
    return 0;
}
