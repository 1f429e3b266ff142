import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "../../../toolchain/command.mjs";
import { Failure } from "../../../toolchain/failure.mjs";
import { provideCached } from "../cache.mjs";
import { Unavailable } from "../unavailable.mjs";

const programs = ["ip", "bridge"];
/** Without libmnl `ip` would not pass on what the kernel says about an error. */
const buildPackages = ["build-essential", "bison", "flex", "pkg-config", "libmnl-dev", "xz-utils"];
/** apt's own client for a single file: it goes the way that the machine's packages go, and compares the checksum. */
const aptHelper = "/usr/lib/apt/apt-helper";

/**
 * The folder with the `ip` and the `bridge` of a version; fetched, and built where it is a source, when there is none.
 *
 * @param {import("./versions.mjs").Iproute} wanted
 * @returns {Promise<string>}
 */
export function provideIproute(wanted) {
    const { version, from, sha256 } = wanted;
    const name = `${version}-${sha256.slice(0, 12)}`;
    return provideCached({ kind: "iproute2", name, title: `iproute2 ${version}, ${from}` }, (work) =>
        make(wanted, work),
    );
}

/**
 * The version that a folder's programs say they are, both the same.
 *
 * @param {string} folder
 */
async function askIproute(folder) {
    const said = await Promise.all(programs.map((program) => run(join(folder, program), ["-V"])));
    const [version, ...others] = said.map((text) => /\d+\.\d+\.\d+/.exec(text)?.[0]);
    if (version === undefined || others.some((other) => other !== version)) throw new Failure(said.join(""));
    return version;
}

/**
 * @param {import("./versions.mjs").Iproute} wanted
 * @param {string} work
 */
async function make(wanted, work) {
    const file = join(work, basename(wanted.path));
    await download(wanted, file);
    const unpacked = join(work, "unpacked");
    mkdirSync(unpacked);
    const found = file.endsWith(".deb") ? await unpack(file, unpacked) : await build(file, unpacked);
    const made = join(work, "made");
    mkdirSync(made);
    for (const program of found) copyFileSync(program, join(made, basename(program)));
    const version = await askIproute(made);
    if (version !== wanted.says) throw new Failure(`it says that it is ${version}, and not ${wanted.says}`);
    return made;
}

/**
 * From where this machine's own Debian packages come from.
 *
 * @param {import("./versions.mjs").Iproute} wanted
 * @param {string} file
 */
async function download({ path, sha256 }, file) {
    const format = ["--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian"];
    const archive = async () => (await run("apt-get", ["indextargets", ...format])).split("\n")[0] ?? "";
    let from = await archive();
    if (from === "") {
        await run("apt-get", ["update"]);
        from = await archive();
    }
    if (from === "") throw new Unavailable("this machine's packages are not Debian's");
    const get = ["-o", "APT::Sandbox::User=root", "download-file", new URL(path, from).href, file];
    await run(aptHelper, [...get, `SHA256:${sha256}`]).catch((error) => {
        const isGone = error instanceof Failure && error.exitCode === 1 && !error.message.includes("Hash Sum mismatch");
        throw isGone ? new Unavailable(error.message) : error;
    });
}

/**
 * @param {string} file
 * @param {string} folder
 */
async function unpack(file, folder) {
    await run("dpkg-deb", ["--extract", file, folder]);
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const isProgram = (/** @type {import("node:fs").Dirent} */ entry) =>
        entry.isFile() && programs.includes(entry.name) && /s?bin$/.test(entry.parentPath);
    return entries.filter(isProgram).map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Only what is needed, and nothing is installed from it.
 *
 * @param {string} file
 * @param {string} folder
 */
async function build(file, folder) {
    await installBuildTools();
    await run("tar", ["-xJf", file, "--strip-components=1", "-C", folder]);
    await run("./configure", [], { cwd: folder });
    await run("make", ["-j2", "SUBDIRS=lib ip bridge"], { cwd: folder });
    return programs.map((program) => join(folder, program, program));
}

/** What is there is left as it is. */
async function installBuildTools() {
    const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const install = ["install", "--yes", "--no-install-recommends", "--no-upgrade", ...buildPackages];
    try {
        await run("apt-get", install, { environment });
    } catch (error) {
        if (!(error instanceof Failure) || error.exitCode > 128) throw error;
        await run("apt-get", ["update"], { environment });
        await run("apt-get", install, { environment });
    }
}
