import { readdirSync } from "node:fs";
import { join } from "node:path";

const projectFolder = join(__dirname, "..", "..", "..");

/** The pages whose commands are run: those for users. */
export function userPages(): readonly string[] {
    const folders = ["docs/guides", "docs/lessons"];
    const inFolders = folders.flatMap((folder) =>
        readdirSync(join(projectFolder, folder))
            .filter((name) => name.endsWith(".md"))
            .map((name) => `${folder}/${name}`),
    );
    return ["README.md", ...inFolders];
}
