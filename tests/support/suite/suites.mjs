import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findEngine } from "../../../toolchain/engine.mjs";
import { engineEnvironment } from "../../../toolchain/engine-environment.mjs";
import { runChild } from "./child.mjs";
import { otherNodes } from "./nodes.mjs";
import { installPackage } from "./package.mjs";
import { readResults } from "./results.mjs";
import { provideTools } from "./tools.mjs";

/** @typedef {{ name: string, isPrivate: boolean, isAlone?: boolean, testSeconds: number, limitMinutes: number, needsPackage?: RegExp,
 *     environment?: NodeJS.ProcessEnv, node?: string }} Suite */

/** @type {readonly Suite[]} */
export const suites = [
    { name: "unit", isPrivate: false, testSeconds: 5, limitMinutes: 2 },
    { name: "integration", isPrivate: true, testSeconds: 60, limitMinutes: 45 },
    { name: "acceptance", isPrivate: true, testSeconds: 300, limitMinutes: 70, needsPackage: /outside|init/ },
    ...["faults", "exact"].map((name) => ({
        ...{ name, isPrivate: true, isAlone: true, testSeconds: 300, limitMinutes: 240 },
        environment: { LINUXNET_CASES_SUITE: name },
    })),
];

const here = fileURLToPath(new URL(".", import.meta.url));
export const projectFolder = join(here, "..", "..", "..");

/**
 * Runs the tests of one folder.
 *
 * @param {Suite} suite
 * @param {readonly string[]} mochaArgs files named here are run in place of all of the folder's
 * @param {boolean} isHeld whether what it prints waits until it is done
 * @returns {Promise<import("./results.mjs").Result[]>}
 */
export async function runSuite(suite, mochaArgs, isHeld) {
    if (suite.isPrivate && process.getuid?.() !== 0) {
        return [
            { outcome: "failed", suite: suite.name, title: "needs root, for namespaces of its own: sudo npm test" },
        ];
    }
    const problem = suite.isPrivate ? await provideTools() : undefined;
    if (problem !== undefined) {
        return [
            { outcome: "failed", suite: suite.name, title: "lacks the programs that its tests need", reason: problem },
        ];
    }
    const folders = makeFolders();
    const files = mochaArgs.filter((arg) => arg.endsWith(".test.ts"));
    try {
        const results = [];
        const node = suite.node ?? process.execPath;
        const environment = { ...suiteEnvironment(folders, suite.node), ...suite.environment };
        if (suite.needsPackage && (files.length === 0 || files.some((file) => suite.needsPackage?.test(file)))) {
            results.push(...(await installPackage(suite.name, projectFolder, folders.outside)));
            const nodes = await otherNodes(suite.name);
            results.push(...nodes.results);
            environment["LINUXNET_TEST_NODES"] = nodes.folders.join(delimiter);
        }
        const resultsFile = join(folders.run, "results.jsonl");
        const spec = files.length > 0 ? [] : [join("tests", suite.name, "**", "*.test.ts")];
        const start = suite.isPrivate ? [...inPrivateNamespaces(node), join(here, "inside.ts"), resultsFile] : [node];
        const code = await runChild([...start, ...mocha(suite, resultsFile), ...spec, ...mochaArgs], {
            environment,
            folder: projectFolder,
            limitMinutes: suite.limitMinutes,
            isHeld,
        });
        return [...results, ...readResults(suite.name, resultsFile, { code, mustLookAround: suite.isPrivate })];
    } finally {
        removeFolders(folders);
    }
}

/** @typedef {{ run: string, temporary: string, pulumi: string, outside: string, work: string }} Folders */

/**
 * All that the tests write to: a folder for temporary files, a home for the engine's own settings, one with nothing but our package
 * installed, and one within the project, where a copy of an example finds the package as the examples do.
 *
 * @returns {Folders}
 */
function makeFolders() {
    const run = mkdtempSync(join(tmpdir(), "linuxnet-tests-"));
    mkdirSync(join(projectFolder, "tests", ".work"), { recursive: true });
    const work = mkdtempSync(join(projectFolder, "tests", ".work", "run-"));
    writeFileSync(join(work, ".gitignore"), "*\n");
    const [temporary, pulumi, outside] = [join(run, "tmp"), join(run, "pulumi"), join(run, "outside")];
    const folders = { run, temporary, pulumi, outside, work };
    for (const folder of [temporary, pulumi, outside]) mkdirSync(folder);
    return folders;
}

/** @param {Folders} folders */
function removeFolders({ run, work }) {
    rmSync(run, { recursive: true, force: true });
    rmSync(work, { recursive: true, force: true });
    try {
        rmdirSync(join(projectFolder, "tests", ".work"));
    } catch {
        // Another run has its folder there.
    }
}

/**
 * @param {Folders} folders
 * @param {string | undefined} node a Node other than our own that runs the tests: what they start is to find it, too
 * @returns {NodeJS.ProcessEnv}
 */
function suiteEnvironment(folders, node) {
    const engine = findEngine();
    const path = node === undefined ? {} : { PATH: [dirname(node), process.env.PATH].join(delimiter) };
    const environment = { ...process.env, ...path };
    return {
        ...(engine === undefined ? environment : engineEnvironment(engine, environment)),
        PULUMI_HOME: folders.pulumi,
        TMPDIR: folders.temporary,
        LINUXNET_TEST_WORK: folders.work,
        LINUXNET_TEST_OUTSIDE: folders.outside,
    };
}

/**
 * The words that put a Node into namespaces of its own. Whatever ends us ends all of it.
 *
 * @param {string} [node]
 */
export function inPrivateNamespaces(node = process.execPath) {
    return [
        ...["setpriv", "--pdeathsig", "KILL", "--"],
        ...[
            "unshare",
            "--net",
            "--mount",
            "--propagation",
            "private",
            "--pid",
            "--fork",
            "--mount-proc",
            "--kill-child",
        ],
        ...["--", "sh", join(here, "private-namespaces.sh")],
        ...[node, "--require", join(here, "..", "register.cjs")],
    ];
}

/**
 * @param {Suite} suite
 * @param {string} resultsFile
 */
function mocha(suite, resultsFile) {
    return [
        join(projectFolder, "node_modules", "mocha", "bin", "mocha.js"),
        ...["--reporter", join(here, "reporter.ts"), "--reporter-option", `results=${resultsFile}`],
        ...["--timeout", String(suite.testSeconds * 1000), "--forbid-only"],
    ];
}
