import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { load } from "js-yaml";
import { Failure } from "../../toolchain/failure.mjs";
import { projectNameOf, projectSettings } from "../project-settings.js";

/** The project that a program is written for: that of the folder, or the one that it is going to have. */
export interface ProjectFiles {
    readonly name: string;
    /** What Pulumi.yaml will say, where there is none. */
    readonly missing: string | undefined;
    /** The program's file. */
    readonly program: string;
}

/** The files of the project in this folder. */
export function projectFiles(folder: string): ProjectFiles {
    const file = ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(folder, name)).find(existsSync);
    if (file === undefined) {
        const name = projectNameOf(folder);
        return { name, missing: projectSettings(name), program: join(folder, "index.ts") };
    }
    const content = Object(load(readFileSync(file, "utf8")));
    const main = String(content.main ?? "index.ts");
    if (!main.endsWith(".ts"))
        throw new Failure(
            `${file}: main is ${JSON.stringify(main)}, where a TypeScript program is to be written: --out FILE`,
            2,
        );
    return { name: String(content.name), missing: undefined, program: resolve(folder, main) };
}

const isBlank = (text: string): boolean => text.trim() === "";

/** Writes a program; one that is there and is another one stays. Whether it had to. */
export function writeProgramFile(file: string, text: string, isForced: boolean): boolean {
    const present = existsSync(file) ? readFileSync(file, "utf8") : "";
    if (present === text) return false;
    if (!isBlank(present) && !isForced) {
        throw new Failure(
            `${file} is there already, and is not what would be written now. It stays as it is, and so does the machine.\n` +
                "--out FILE writes another file; --force writes over it.",
        );
    }
    writeFileSync(file, text);
    return true;
}

export function writeSettings(folder: string, { missing }: ProjectFiles): void {
    if (missing !== undefined) writeFileSync(join(folder, "Pulumi.yaml"), missing, { flag: "wx" });
}
