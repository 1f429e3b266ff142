import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { run } from "../support/kernel";
import { skip } from "../support/skip";
import { type Snapshot, takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";

/** What TypeScript makes of each line is an error but for the mark, and the mark is one but for the error: types that are not found are `any`. */
const WRONG = `
// @ts-expect-error: a number is no name
new linuxnet.Namespace("wrong", { name: 1 });
// @ts-expect-error: there is none
linuxnet.Nothing;
`;

const LAB = `
const a = new linuxnet.Namespace("a");
const b = new Namespace("b");
new linuxnet.VethPair("link", {
    left: { namespace: a, addresses: ["192.0.2.1/30"] },
    right: { namespace: b, addresses: ["192.0.2.2/30"] },
});
const check = new linuxnet.Reachability("a-reaches-b", { from: a, to: "192.0.2.2" });
`;

const IMPORTED = `import * as linuxnet from "pulumi-linuxnet";
import { Namespace } from "pulumi-linuxnet";
${LAB}`;

/** A program of each kind, as an outside user writes it: its file, its text, and whether its package.json says that it has ES modules. */
const PROGRAMS = {
    "an ES module in JavaScript": {
        file: "index.js",
        isModule: true,
        text: `import standard from "pulumi-linuxnet";
${IMPORTED}
if (standard.Namespace !== Namespace) throw new Error("there are two of them");
export const result = check.result;
`,
    },
    "an ES module in TypeScript": {
        file: "index.ts",
        isModule: true,
        text: `${IMPORTED}export const result: unknown = check.result;\n`,
    },
    "an ES module by its name": {
        file: "index.mjs",
        isModule: false,
        text: `${IMPORTED}export const result = check.result;\n`,
    },
    "a CommonJS module in JavaScript": {
        file: "index.js",
        isModule: false,
        text: `const linuxnet = require("pulumi-linuxnet");
const { Namespace } = linuxnet;
${LAB}exports.result = check.result;
`,
    },
} as const;

/** What a program's own TypeScript settings may be, and what it is written in. */
const SETTINGS = {
    node16: ["--module", "node16", "--moduleResolution", "node16"],
    nodenext: ["--module", "nodenext", "--moduleResolution", "nodenext"],
    bundler: ["--module", "preserve", "--moduleResolution", "bundler"],
} as const;

describe("an outside user's program", () => {
    const outside = process.env["LINUXNET_TEST_OUTSIDE"] ?? "";
    const nodes = (process.env["LINUXNET_TEST_NODES"] ?? "").split(delimiter).filter((folder) => folder !== "");
    const linuxnet = join(outside, "node_modules", "pulumi-linuxnet", "dist", "cli", "main.js");
    let start: Snapshot;

    before(async () => {
        start = await takeSnapshot();
    });

    /** In a folder of its own, below the one that has the package. */
    async function makeProject(name: string, files: Readonly<Record<string, string>>): Promise<string> {
        const folder = join(outside, name.replaceAll(" ", "-"));
        await mkdir(folder, { recursive: true });
        for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
        return folder;
    }

    async function makeProgram(name: keyof typeof PROGRAMS): Promise<string> {
        const { file, isModule, text } = PROGRAMS[name];
        return makeProject(name, {
            [file]: text,
            "package.json": isModule ? '{ "type": "module" }' : "{}",
            "Pulumi.yaml": `name: outside\nruntime: nodejs\nmain: ${file}\nbackend: { url: "file://./.state" }\n`,
        });
    }

    /** By another Node than ours, where its folder is given: that is the first one on PATH, too. */
    async function call(folder: string, args: readonly string[], node?: string, more: NodeJS.ProcessEnv = {}) {
        const path = node === undefined ? {} : { PATH: [node, process.env.PATH].join(delimiter) };
        const environment = { ...process.env, ...path, ...more };
        const program = node === undefined ? process.execPath : join(node, "node");
        const { code, stdout, stderr } = await run([program, ...args], { folder, environment, timeoutSeconds: 120 });
        assert.equal(code, 0, stdout + stderr);
        return stdout;
    }

    const operate = (folder: string, word: string, node?: string, more?: NodeJS.ProcessEnv): Promise<string> => {
        const options = ["--yes", "--skip-preview", "--non-interactive", "--color", "never"];
        return call(folder, [linuxnet, word, ...options], node, more);
    };

    /** Deployed, with a ping through it, and taken away. */
    async function works(folder: string, node?: string, more?: NodeJS.ProcessEnv): Promise<void> {
        const text = await operate(folder, "up", node, more);
        assert.match(text, /result: "reply, ttl 64"/);
        assert.match(text, /\+ 5 created/);
        assert.match(await operate(folder, "destroy", node, more), /- 5 deleted/);
        await assertRestored(start);
    }

    for (const [name, settings] of Object.entries(SETTINGS)) {
        it(`has types by the rules of ${name}, whatever kind of module it is`, async () => {
            const folder = await makeProject(`types ${name}`, {
                "esm.mts": `${IMPORTED}${WRONG}export const result: unknown = check.result;\n`,
                "commonjs.cts": `import linuxnet = require("pulumi-linuxnet");
import Namespace = linuxnet.Namespace;
import type { NamespaceArgs, Place, VethPairArgs } from "pulumi-linuxnet";
${LAB}${WRONG}export const args: [NamespaceArgs, Place | undefined, keyof VethPairArgs] = [{ name: "a" }, { namespace: b }, "left"];
export const result: unknown = check.result;
`,
            });
            const tsc = join(outside, "node_modules", "typescript", "bin", "tsc");
            const strict = [
                "--noEmit",
                "--strict",
                "--exactOptionalPropertyTypes",
                "--skipLibCheck",
                "--types",
                "node",
            ];
            await call(folder, [tsc, ...strict, ...settings, "esm.mts", "commonjs.cts"]);
        });
    }

    for (const name of Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[]) {
        it(`works as ${name}`, async () => works(await makeProgram(name)));
    }

    it("works with the later Nodes, in one process and as the engine has it", async function () {
        if (nodes.length === 0) skip(this, "no other Node could be had");
        const commonjs = await makeProgram("a CommonJS module in JavaScript");
        const esm = await makeProgram("an ES module in JavaScript");
        for (const node of nodes) {
            await works(commonjs, node);
            await works(commonjs, node, { LINUXNET_PLAIN: "1" });
            await works(esm, node);
        }
    });
});
