import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAnew } from "../faults/deployment";
import { command } from "./kernel";

/** Stands before a real program on PATH while the work is done; its script knows the real one as `$real`. */
export async function withFakeProgram(name: string, script: string, work: () => Promise<void>): Promise<void> {
    const [folder, path] = [await mkdtemp(join(tmpdir(), "fake-")), process.env.PATH];
    const real = (await command(["sh", "-c", `command -v ${name}`])).trim();
    try {
        await writeFile(join(folder, name), `#!/bin/sh\nreal=${real}\n${script}`);
        await chmod(join(folder, name), 0o755);
        process.env.PATH = `${folder}:${path}`;
        startAnew();
        await work();
    } finally {
        process.env.PATH = path;
        startAnew();
        await rm(folder, { recursive: true });
    }
}
