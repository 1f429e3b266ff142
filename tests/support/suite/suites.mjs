import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { findEngine } from "../../../toolchain/engine.mjs";
import { engineEnvironment } from "../../../toolchain/engine-environment.mjs";
import { runChild } from "./child.mjs";
import { readResults } from "./results.mjs";

/** @typedef {{ name: string, isPrivate: boolean, testSeconds: number, limitMinutes: number }} Suite */

/** @type {readonly Suite[]} */
export const suites = [
    { name: "unit", isPrivate: false, testSeconds: 5, limitMinutes: 2 },
    { name: "integration", isPrivate: true, testSeconds: 60, limitMinutes: 10 },
    { name: "acceptance", isPrivate: true, testSeconds: 300, limitMinutes: 30 },
    { name: "faults", isPrivate: true, testSeconds: 300, limitMinutes: 30 },
];

const here = fileURLToPath(new URL(".", import.meta.url));
export const projectFolder = join(here, "..", "..", "..");

/**
 * Runs the tests of one folder.
 *
 * @param {Suite} suite
 * @param {readonly string[]} mochaArgs files named here are run in place of all of the folder's
 * @returns {Promise<import("./results.mjs").Result[]>}
 */
export async function runSuite(suite, mochaArgs) {
    if (suite.isPrivate && process.getuid?.() !== 0) {
        return [
            { outcome: "failed", suite: suite.name, title: "needs root, for namespaces of its own: sudo npm test" },
        ];
    }
    const folders = makeFolders();
    try {
        const resultsFile = join(folders.run, "results.jsonl");
        const argv = [
            ...(suite.isPrivate ? inside(resultsFile) : [process.execPath]),
            ...mocha(suite, resultsFile, mochaArgs),
        ];
        const environment = suiteEnvironment(folders);
        const code = await runChild(argv, { environment, folder: projectFolder, limitMinutes: suite.limitMinutes });
        return readResults(suite.name, resultsFile, { code, mustLookAround: suite.isPrivate });
    } finally {
        removeFolders(folders);
    }
}

/** @typedef {{ run: string, temporary: string, pulumi: string, work: string }} Folders */

/**
 * All that the tests write to: a folder for temporary files, a home for the engine's own settings, and one within the project, where
 * a copy of an example finds the package as the examples do.
 *
 * @returns {Folders}
 */
function makeFolders() {
    const run = mkdtempSync(join(tmpdir(), "linuxnet-tests-"));
    mkdirSync(join(projectFolder, "tests", ".work"), { recursive: true });
    const work = mkdtempSync(join(projectFolder, "tests", ".work", "run-"));
    writeFileSync(join(work, ".gitignore"), "*\n");
    const folders = { run, temporary: join(run, "tmp"), pulumi: join(run, "pulumi"), work };
    mkdirSync(folders.temporary);
    mkdirSync(folders.pulumi);
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
 * @returns {NodeJS.ProcessEnv}
 */
function suiteEnvironment(folders) {
    const engine = findEngine();
    return {
        ...(engine === undefined ? process.env : engineEnvironment(engine)),
        PULUMI_HOME: folders.pulumi,
        TMPDIR: folders.temporary,
        LINUXNET_TEST_WORK: folders.work,
    };
}

/**
 * The command that a kernel test's process is put behind. Whatever ends us ends all of it.
 *
 * @param {string} resultsFile
 */
function inside(resultsFile) {
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
        ...[process.execPath, "--require", join(here, "..", "register.cjs"), join(here, "inside.ts"), resultsFile],
    ];
}

/**
 * @param {Suite} suite
 * @param {string} resultsFile
 * @param {readonly string[]} args
 */
function mocha(suite, resultsFile, args) {
    const namesFiles = args.some((arg) => arg.endsWith(".test.ts"));
    return [
        join(projectFolder, "node_modules", "mocha", "bin", "mocha.js"),
        ...["--reporter", join(here, "reporter.ts"), "--reporter-option", `results=${resultsFile}`],
        ...["--timeout", String(suite.testSeconds * 1000), "--forbid-only"],
        ...(namesFiles ? [] : [join(relative(process.cwd(), projectFolder), "tests", suite.name, "**", "*.test.ts")]),
        ...args,
    ];
}
