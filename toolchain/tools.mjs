import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { run } from "./command.mjs";
import { Failure } from "./failure.mjs";
import { findProgram } from "./path.mjs";
import { step } from "./steps.mjs";
import { isRoot } from "./user.mjs";
import { isAtLeast } from "./version.mjs";

const oldestIproute = "5.10";
/** What Debian 11's 5.10 says: it was released with the number of the one before. */
const oldestAnswer = "5.9";

/** @typedef {Readonly<Record<string, string>>} Packages programs, and the Debian package of each */

/** @type {Packages} the programs that linuxnet runs */
const ownPackages = { ip: "iproute2", ping: "iputils-ping", nft: "nftables" };

/**
 * What keeps us from working, as Debian package and reason; nothing when all is well.
 *
 * @param {Packages} packages
 * @returns {{ package: string, reason: string }[]}
 */
export function missingTools(packages = ownPackages) {
    return Object.entries(packages).flatMap(([program, name]) => {
        const file = findProgram(program);
        const reason =
            file === undefined ? `${program} is missing` : program === "ip" ? problemWithIp(file) : undefined;
        return reason === undefined ? [] : [{ package: name, reason }];
    });
}

/**
 * Installs what is missing where we know how to, and otherwise says what to install.
 *
 * @param {Packages} packages
 */
export async function installTools(packages = ownPackages) {
    const missing = missingTools(packages);
    if (missing.length === 0) return;
    const names = packageNames(missing);
    const aptGet = findProgram("apt-get");
    if (!isRoot() || !existsSync("/etc/debian_version") || aptGet === undefined) throw problem(missing);
    const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await step(`Installing ${names.join(", ")} (apt-get)`, async () => {
        await run(aptGet, ["update"], { environment });
        await run(aptGet, ["install", "--yes", "--no-install-recommends", ...names], { environment });
    });
    const still = missingTools(packages);
    if (still.length > 0) throw problem(still);
}

/** @param {readonly { package: string, reason: string }[]} missing */
function problem(missing) {
    const reasons = missing.map((tool) => tool.reason).join("; ");
    const names = packageNames(missing).join(" ");
    return new Failure(
        `${reasons}.\nInstall it with your system's package manager. On Debian and Ubuntu: apt-get install ${names}`,
    );
}

/** @param {readonly { package: string }[]} missing */
function packageNames(missing) {
    return [...new Set(missing.map((tool) => tool.package))];
}

/** @param {string} file */
function problemWithIp(file) {
    const { stdout } = spawnSync(file, ["-V"], { encoding: "utf8", timeout: 5_000 });
    const version = /iproute2-(\S+?),?\s/.exec(stdout ?? "")?.[1];
    if (version === undefined) return `${file} is not iproute2's (BusyBox has a smaller one of the same name)`;
    if (/^\d/.test(version) && isAtLeast(version, oldestAnswer)) return undefined;
    return `${file} is of iproute2 ${version}, and ${oldestIproute} or newer is needed`;
}
