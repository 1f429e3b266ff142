import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { listChanges } from "../support/engine-events";
import { useLab } from "../support/lab";

const root = join(__dirname, "..", "..");
const examples = join(root, "examples");

/** Folders of projects: those that have a Pulumi.yaml. */
async function projectsIn(folder: string): Promise<string[]> {
    const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    const folders = entries.map(({ name }) => join(folder, name));
    return folders.filter((one) => existsSync(join(one, "Pulumi.yaml")));
}

/** The file that a project names as its program: anything else, and nothing, may be an empty program that "succeeds". */
async function mainFile(folder: string): Promise<string> {
    const project = await readFile(join(folder, "Pulumi.yaml"), "utf8");
    const [, main] = /^main: *(\S+) *$/m.exec(project) ?? [];
    assert.ok(main !== undefined, `${folder}/Pulumi.yaml names no main`);
    const path = join(folder, main);
    assert.ok(existsSync(path) && statSync(path).isFile(), `${path} is not a file`);
    return path;
}

describe("the projects of this repository", () => {
    it("each name a file as main, which declares something, and keep their state with them", async () => {
        const folders = [await projectsIn(examples), await projectsIn(join(examples, "with-components"))];
        assert.ok(folders.every(({ length }) => length >= 7));
        for (const folder of [root, ...folders.flat()]) {
            const program = await readFile(await mainFile(folder), "utf8");
            assert.match(program, /^import \* as linuxnet from "pulumi-linuxnet";$/m);
            assert.match(program, /new linuxnet\.Reachability\(/);
            assert.ok(program.split("\n").length <= 61, `${folder}: at most 60 lines`);
            const project = await readFile(join(folder, "Pulumi.yaml"), "utf8");
            assert.match(project, /^backend: \{ url: "file:\/\/\.\/\.state" \}$/m);
            assert.match(project, /^options: \{ refresh: always \}$/m);
            assert.equal(await readFile(join(folder, ".state", ".gitignore"), "utf8"), "*\n!.gitignore\n");
        }
    });

    it("each have a README that shows the lab and what one sees", async () => {
        for (const folder of await projectsIn(examples)) {
            const text = await readFile(join(folder, "README.md"), "utf8");
            assert.match(text, new RegExp(`^# ${basename(folder)}\n\n {4,}\\S`), "a drawing");
            assert.match(text, /^ {4}npx linuxnet up$/m);
            assert.match(text, /ttl[= ]6[34]/);
        }
    });

    describe("without main", () => {
        const lab = useLab("point-to-point");

        it("would be empty, and are refused before anything is deleted", async () => {
            const folder = lab.folder;
            await lab.edit("main: index.ts\n", "", "Pulumi.yaml");
            await assert.rejects(mainFile(folder), /names no main/);
            const preview = await lab.preview();
            await lab.edit("runtime: nodejs\n", "runtime: nodejs\nmain: index.ts\n", "Pulumi.yaml");
            assert.equal(preview.succeeded, false, preview.text);
            assert.match(preview.text, /Pulumi\.yaml names no program.*\n.*"main: index\.ts", and run again\.$/m);
            assert.deepEqual(listChanges(preview), []);
        });
    });
});
