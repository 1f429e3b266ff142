import assert from "node:assert/strict";
import { chown, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { command } from "../support/kernel";

const projectFolder = join(__dirname, "..", "..");
const inline = join(projectFolder, "dist", "cli", "inline");

/** In a Node of its own, as linuxnet is: here ts-node compiles the tests. Prints what comes of a file and its text, as JSON. */
const COMPILE = `
const { Compiler } = require(${JSON.stringify(join(inline, "compiler.js"))});
const [runtime, file, text] = process.argv.slice(1);
process.stdout.write(JSON.stringify(new Compiler(runtime, process.env).compile({ file, text }) ?? null));`;
const FIND = COMPILE.replaceAll("Compiler", "CompileCache")
    .replace("compiler.js", "compile-cache.js")
    .replace("compile({", "find({");

const text = "// One.\nexport const one: number = 1;\n";

describe("What is kept of the compiler's work", () => {
    let folder = "";
    const cacheFolder = (): string => join(folder, "node_modules", ".cache", "linuxnet");

    /** The files below the folder, and what is in them. */
    async function write(files: Readonly<Record<string, string>>): Promise<void> {
        for (const [name, content] of Object.entries(files)) {
            await mkdir(dirname(join(folder, name)), { recursive: true });
            await writeFile(join(folder, name), content);
        }
    }

    interface Asked {
        readonly file?: string;
        readonly text?: string;
        readonly from?: string;
        readonly environment?: NodeJS.ProcessEnv;
    }

    const ask = async (script: string, asked: Asked): Promise<string | undefined> => {
        const file = join(folder, asked.file ?? "index.ts");
        const runtime = join(folder, "node_modules", "@pulumi", "pulumi");
        const answer = await command([process.execPath, "-e", script, runtime, file, asked.text ?? text], {
            folder: join(folder, asked.from ?? "."),
            environment: { PATH: process.env["PATH"], PULUMI_NODEJS_TRANSPILE_ONLY: "true", ...asked.environment },
        });
        return JSON.parse(answer) ?? undefined;
    };
    const compile = (asked: Asked = {}) => ask(COMPILE, asked);
    const find = (asked: Asked = {}) => ask(FIND, asked);

    /** A project that has the compiler's packages. */
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "linuxnet-compiled-"));
        await write({
            "package.json": "{}",
            "base.json": "{}",
            "tsconfig.json": '{ "extends": "./base.json" }',
            "index.ts": text,
            "node_modules/@pulumi/pulumi/package.json": "{}",
        });
        for (const name of ["typescript", "ts-node"])
            await symlink(join(projectFolder, "node_modules", name), join(folder, "node_modules", name));
    });

    afterEach(() => rm(folder, { recursive: true }));

    it("is found by the next one, for the text that it was made of", async () => {
        const output = await compile();
        assert.match(output ?? "", /exports\.one = 1;/);
        assert.equal(await find(), output);
        assert.equal(await find({ text: `${text}\n` }), undefined);
        assert.equal(await find({ file: "other.ts" }), undefined);
        assert.match((await compile({ text: text.replace("one", "two") })) ?? "", /exports\.two = 1;/);
        assert.equal(await find(), undefined);
        assert.equal((await readdir(cacheFolder())).length, 1);
    });

    it("is void with other settings, and what these go by", async () => {
        for (const name of ["tsconfig.json", "base.json"]) {
            const output = await compile();
            await write({ [name]: '{ "compilerOptions": { "removeComments": true } }' });
            assert.equal(await find(), undefined, name);
            assert.notEqual(await compile(), output, name);
            await write({ [name]: name === "base.json" ? "{}" : '{ "extends": "./base.json" }' });
        }
    });

    it("is void where settings appear, or go", async () => {
        await rm(join(folder, "tsconfig.json"));
        const output = await compile();
        assert.equal(await find(), output);
        await write({ "tsconfig.json": "{}" });
        assert.equal(await find(), undefined);
        await compile();
        await rm(join(folder, "tsconfig.json"));
        assert.equal(await find(), undefined);
    });

    it("is void in another package", async () => {
        await write({ "lib/deep.ts": text });
        const output = await compile({ file: "lib/deep.ts" });
        assert.equal(await find({ file: "lib/deep.ts" }), output);
        await write({ "lib/package.json": "{}" });
        assert.equal(await find({ file: "lib/deep.ts" }), undefined);
        await compile();
        await write({ "package.json": '{ "type": "commonjs" }' });
        assert.equal(await find(), undefined);
    });

    it("is void with other settings in the environment, and in another folder", async () => {
        const output = await compile();
        assert.equal(await find({ environment: { TS_NODE_COMPILER_OPTIONS: "{}" } }), undefined);
        await write({ "elsewhere/tsconfig.json": "{}" });
        assert.equal(await find({ from: "elsewhere" }), undefined);
        assert.equal(await find(), output);
    });

    it("is not kept where something else compiles, or tells of errors each time", async () => {
        await write({
            "first.js":
                "exports.create = () => ({ transpile: () => ({ outputText: 'first;', sourceMapText: '{}' }) });",
            "tsconfig.json": '{ "ts-node": { "transpiler": "./first.js" } }',
        });
        assert.match((await compile()) ?? "", /^first;/);
        await write({ "tsconfig.json": '{ "ts-node": { "logError": true } }' });
        assert.match((await compile({ text: "export const = 1;" })) ?? "", /exports/);
        await assert.rejects(readdir(cacheFolder()), { code: "ENOENT" });
    });

    it("is void with another TypeScript of the program's own", async () => {
        const own = JSON.stringify(join(projectFolder, "node_modules", "typescript"));
        const asked = { file: "inner/index.ts", from: "inner" };
        const version = (text: string) =>
            write({
                "inner/node_modules/typescript/package.json": JSON.stringify({ version: text, main: "index.js" }),
            });
        await write({
            "inner/tsconfig.json": "{}",
            "inner/index.ts": text,
            "inner/node_modules/typescript/index.js": `module.exports = require(${own});`,
        });
        await version("6.0.1");
        const output = await compile(asked);
        assert.equal(await find(asked), output);
        await version("6.0.2");
        assert.equal(await find(asked), undefined);
    });

    it("goes by the settings that it was made with, not by those that came meanwhile", async () => {
        const meanwhile = COMPILE.replace(
            "process.stdout",
            `const compiler = new Compiler(runtime, process.env);
            compiler.compile({ file, text: "export const first = 1;" });
            require("node:fs").writeFileSync("tsconfig.json", '{ "compilerOptions": { "removeComments": true } }');
            compiler.compile({ file, text });
            process.exit(process.stdout.write("null") ? 0 : 1);
            process.stdout`,
        );
        await ask(meanwhile, {});
        assert.equal(await find(), undefined);
        assert.doesNotMatch((await compile()) ?? "", /One\./);
    });

    it("is not kept in packages that are somebody else's", async () => {
        await chown(join(folder, "node_modules"), 65534, 65534);
        assert.match((await compile()) ?? "", /exports\.one = 1;/);
        await assert.rejects(readdir(dirname(cacheFolder())), { code: "ENOENT" });
    });

    it("does not grow for ever", async () => {
        await mkdir(cacheFolder(), { recursive: true });
        for (let at = 0; at < 500; at++) await writeFile(join(cacheFolder(), `${at}.json`), "{}");
        const output = await compile();
        assert.equal((await readdir(cacheFolder())).length, 1);
        assert.equal(await find(), output);
    });

    it("is not kept of what cannot be compiled", async () => {
        assert.equal(await compile({ text: "export const = 1;" }), undefined);
        await assert.rejects(readdir(cacheFolder()), { code: "ENOENT" });
    });

    it("does not matter where it is torn, or cannot be kept", async () => {
        const output = await compile();
        const [entry = ""] = await readdir(cacheFolder());
        for (const torn of ["", "{", "[]", "null"]) {
            await writeFile(join(cacheFolder(), entry), torn);
            assert.equal(await find(), undefined, torn);
        }
        assert.equal(await compile(), output);
        assert.equal(await find(), output);
        await rm(dirname(cacheFolder()), { recursive: true });
        await writeFile(dirname(cacheFolder()), "");
        assert.equal(await compile(), output);
        assert.equal(await find(), undefined);
    });
});
