import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command.mjs";
import { ourEngine } from "./engine.mjs";
import { Failure } from "./failure.mjs";
import { dependencyFolder, packageFolder } from "./package.mjs";
import { completeEnvironment, findProgram, searchPath } from "./path.mjs";
import { isAtLeast } from "./version.mjs";

const engineModule = join(packageFolder, "toolchain/engine");
/** The language host is a package of Pulumi's Go SDK up to 3.69, and works under the engine of today. */
const hostModule = join(packageFolder, "toolchain/language-host");
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
/** Where Go's own installer puts it, which is not on everyone's PATH. */
const goFolder = "/usr/local/go/bin";

/**
 * Builds the engine from the same published source that its releases are made from, pinned by go.mod and go.sum. This is for
 * machines that reach package registries and nothing else.
 *
 * @param {string} folder where the programs are put
 * @param {number} lock
 */
export async function buildEngine(folder, lock) {
    const go = requireGo();
    const environment = { ...process.env, GOWORK: "off", GOFLAGS: "-mod=readonly -buildvcs=false" };
    const build = ["build", "-trimpath", "-o", `${folder}/`];
    const flags = `-w -s -X ${versionVariable}=v${ourEngine}`;
    await run(go, [...build, "-tags", "osusergo,grpcnotrace", "-ldflags", flags, "tool"], {
        cwd: engineModule,
        environment,
        lock,
    });
    await run(go, [...build, "-ldflags", "-w -s", "tool"], { cwd: hostModule, environment, lock });
    const starter = "pulumi-resource-pulumi-nodejs";
    copyFileSync(join(dependencyFolder("@pulumi/pulumi"), starter), join(folder, starter));
}

/** A Go that can build the engine. A newer one that it would fetch by itself counts, so it is asked where go.mod is. */
function requireGo() {
    const wanted = /^go (\S+)$/m.exec(readFileSync(join(engineModule, "go.mod"), "utf8"))?.[1] ?? "";
    const advice = `Install Go ${wanted} or newer: https://go.dev/doc/install`;
    const go = findProgram("go", [...searchPath(), goFolder]);
    if (go === undefined) throw new Failure(`Go is missing (looked for it on PATH and in ${goFolder}). ${advice}`);
    const { stdout, stderr } = spawnSync(go, ["version"], {
        cwd: engineModule,
        encoding: "utf8",
        env: completeEnvironment(),
        timeout: 120_000,
    });
    const version = /\bgo(\d\S*)/.exec(stdout ?? "")?.[1];
    if (version === undefined) throw new Failure(`${go} does not work: ${stderr?.trim()}. ${advice}`);
    if (!isAtLeast(version, wanted)) throw new Failure(`${go} is Go ${version}, too old. ${advice}`);
    return go;
}
