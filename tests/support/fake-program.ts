import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAnew } from "../faults/deployment";
import { command } from "./kernel";

/** Stand before real programs on PATH while the work is done; a script is made of the real one and of the folder of them all. */
export async function withFakePrograms<Result>(
    names: readonly string[],
    scriptOf: (real: string, folder: string) => string,
    work: (folder: string) => Promise<Result>,
): Promise<Result> {
    const [folder, path = ""] = [await mkdtemp(join(tmpdir(), "fake-")), process.env.PATH];
    try {
        for (const name of names) {
            const real = (await command(["sh", "-c", `command -v ${name}`])).trim();
            await writeFile(join(folder, name), scriptOf(real, folder));
            await chmod(join(folder, name), 0o755);
        }
        process.env.PATH = `${folder}:${path}`;
        startAnew();
        return await work(folder);
    } finally {
        process.env.PATH = path;
        startAnew();
        // What was too slow may be at it still.
        await rm(folder, { recursive: true, maxRetries: 20 });
    }
}
