import { chmodSync, closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { run } from "../../../toolchain/command.mjs";
import { Failure } from "../../../toolchain/failure.mjs";
import { withLock } from "../../../toolchain/lock.mjs";
import { findProgram } from "../../../toolchain/path.mjs";
import { installTools, missingTools } from "../../../toolchain/tools.mjs";

/**
 * What the tests need on top of what linuxnet runs: machines that are reached by ssh, users who are root by sudo alone, packets that are
 * captured, somebody who knows XML, a browser for the page that `linuxnet graph` writes, a database for a team's state, and shells that
 * complete what is typed.
 */
const packages = {
    ssh: "openssh-client",
    "ssh-keygen": "openssh-client",
    sshd: "openssh-server",
    sudo: "sudo",
    tcpdump: "tcpdump",
    xmllint: "libxml2-utils",
    chromium: "chromium",
    zsh: "zsh",
    fish: "fish",
    pg_ctlcluster: "postgresql",
};

/** What would be started with the machine, by the package that brings it. */
const services = [
    { of: packages.sshd, names: ["ssh.service", "ssh.socket"] },
    { of: packages.pg_ctlcluster, names: ["postgresql.service"] },
];

/** Debian asks this program before it starts a daemon of a package; 101 is a no. */
const policyFile = "/usr/sbin/policy-rc.d";
const policy = "#!/bin/sh\nexit 101\n";

/** @type {Promise<string | undefined> | undefined} */
let provided;

/**
 * Installs the programs that the tests need and linuxnet does not, once for all suites. No daemon is started for it, neither now nor
 * with the machine.
 *
 * @returns {Promise<string | undefined>} why they cannot be had; undefined when all are there
 */
export function provideTools() {
    provided ??= provide();
    return provided;
}

async function provide() {
    if (missingTools(packages).length === 0) return undefined;
    try {
        // Not the lock of this checkout: the policy is the machine's, and whoever finds it made must not see it go half-way.
        await withLock(dirname(policyFile), install);
        return undefined;
    } catch (error) {
        if (error instanceof Failure) return error.message;
        throw error;
    }
}

async function install() {
    const missing = missingTools(packages).map((tool) => tool.package);
    await withPolicy(() => installTools(packages));
    const systemctl = findProgram("systemctl");
    const unwanted = services.filter(({ of }) => missing.includes(of)).flatMap(({ names }) => names);
    if (unwanted.length > 0 && systemctl !== undefined) {
        await run(systemctl, ["--root=/", "--quiet", "disable", ...unwanted]);
    }
}

/**
 * Does work that installs packages, with a policy of our own where the machine has none.
 *
 * @param {() => Promise<void>} work
 */
async function withPolicy(work) {
    const isOurs = makePolicy();
    try {
        await work();
    } finally {
        if (isOurs) rmSync(policyFile, { force: true });
    }
}

/** Whether there was none. */
function makePolicy() {
    try {
        const file = openSync(policyFile, "wx");
        writeFileSync(file, policy);
        closeSync(file);
        chmodSync(policyFile, 0o755);
        return true;
    } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
        throw error;
    }
}
