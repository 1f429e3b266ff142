import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { projectFiles, writeProgramFile, writeSettings } from "../../cli/import/files";
import { Names } from "../../cli/import/names";
import { readOptions, withOptions } from "../../cli/import/options";

describe("the files of linuxnet import", () => {
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "import-files-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));
    const at = (name: string) => join(folder, name);

    it("are index.ts and a Pulumi.yaml, where there is none", () => {
        const files = projectFiles(folder);
        assert.equal(files.program, at("index.ts"));
        assert.match(files.name, /^import-files-\w+$/);
        writeSettings(folder, files);
        assert.match(
            readFileSync(at("Pulumi.yaml"), "utf8"),
            new RegExp(`^name: ${files.name}\nruntime: nodejs\nmain: index.ts\n`),
        );
        assert.equal(projectFiles(folder).missing, undefined);
    });

    it("are those of the project that is there", () => {
        writeFileSync(at("Pulumi.yaml"), "name: lab\nruntime: nodejs\nmain: src/lab.ts\n");
        assert.deepEqual(projectFiles(folder), { name: "lab", missing: undefined, program: at("src/lab.ts") });
    });

    it("have a program in TypeScript", () => {
        writeFileSync(at("Pulumi.yaml"), "name: lab\nruntime: nodejs\nmain: dist/lab.js\n");
        assert.throws(() => projectFiles(folder), /main is "dist\/lab\.js".*--out FILE/);
    });

    it("are not written over, unless they are empty, the same, or it is asked for", () => {
        const file = at("index.ts");
        assert.equal(writeProgramFile(file, "one\n", false), true);
        assert.equal(writeProgramFile(file, "one\n", false), false);
        assert.throws(() => writeProgramFile(file, "two\n", false), /is there already/);
        assert.equal(readFileSync(file, "utf8"), "one\n");
        assert.equal(writeProgramFile(file, "two\n", true), true);
        writeFileSync(file, "\n");
        assert.equal(writeProgramFile(file, "three\n", false), true);
    });
});

describe("the options of linuxnet import", () => {
    it("are namespaces and words of its own", () => {
        const command = withOptions(new Command("import"));
        command.parse(["ns1", "--yes", "ns2", "--stack=two", "--host", "ns1"], { from: "user" });
        assert.deepEqual(readOptions(command.args, command.opts()), {
            namespaces: ["ns1", "ns2"],
            isWhole: true,
            out: undefined,
            isForced: false,
            isSure: true,
            stack: "two",
            folder: undefined,
        });
    });
});

describe("the names of what linuxnet import takes in", () => {
    it("are their own where that is one, and no name is given twice", () => {
        const names = new Names();
        names.know("Bridge", ["br0", "br1", "br0"]);
        assert.deepEqual(
            [
                names.give("Bridge", "br0", "left-br0"),
                names.give("Bridge", "br1", "left-br1"),
                names.give("Bridge", "br0", "left-br0"),
                names.give("VethPair", "br1", "left-br1"),
            ],
            ["left-br0", "br1", "left-br0-2", "br1"],
        );
    });
});
