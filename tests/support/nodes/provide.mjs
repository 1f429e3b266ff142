import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../toolchain/command.mjs";
import { Failure } from "../../../toolchain/failure.mjs";
import { provideCached } from "../cache.mjs";
import { Unavailable } from "../unavailable.mjs";

/**
 * The folder that has the program `node` of a version, and nothing else: to be the first on PATH.
 *
 * @param {import("./versions.mjs").Node} wanted
 * @returns {Promise<string>}
 */
export function provideNode(wanted) {
    const { version } = wanted;
    const title = `Node ${version}, from the registry`;
    return provideCached({ kind: "node", name: `${version}-${process.arch}`, title }, (work) => make(wanted, work));
}

/**
 * @param {import("./versions.mjs").Node} wanted
 * @param {string} work
 */
async function make({ version, integrity }, work) {
    const expected = integrity[process.arch];
    if (expected === undefined) throw new Unavailable(`there is none for ${process.arch}`);
    const name = `node-linux-${process.arch}`;
    try {
        await run("npm", ["pack", "--silent", "--pack-destination", work, `${name}@${version}`]);
    } catch (error) {
        if (!(error instanceof Failure) || error.exitCode > 128) throw error;
        throw new Unavailable(error.message);
    }
    const tarball = join(work, `${name}-${version}.tgz`);
    const found = `sha512-${createHash("sha512").update(readFileSync(tarball)).digest("base64")}`;
    if (found !== expected) throw new Failure(`${name} ${version} is another one than it was: ${found}`);
    const folder = join(work, "bin");
    mkdirSync(folder);
    await run("tar", ["-xzf", tarball, "--strip-components=2", "-C", folder, "package/bin/node"]);
    const said = (await run(join(folder, "node"), ["--version"])).trim();
    if (said !== `v${version}`) throw new Failure(`it says that it is ${said}, and not v${version}`);
    return folder;
}
