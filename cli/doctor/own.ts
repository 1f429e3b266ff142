import { dirname } from "node:path";
import { askVersion, engineFiles, findEngine, oldestEngine } from "../../toolchain/engine.mjs";
import { findProgram } from "../../toolchain/path.mjs";
import { type Finding, missing, ok } from "./finding.js";

const SETUP = "npx linuxnet setup";

/** The engine, or why the one that is there will not do. */
function engine(): Finding {
    const found = findEngine();
    if (found !== undefined) return ok("Pulumi engine", `${found.version} in ${found.folder}`);
    const pulumi = findProgram("pulumi");
    if (pulumi === undefined) return missing("Pulumi engine", "not on PATH, nor in Pulumi's home", SETUP);
    const lacking = engineFiles.filter((file) => findProgram(file) === undefined);
    if (lacking.length > 0) return missing("Pulumi engine", `${pulumi} is there, without ${lacking.join(", ")}`, SETUP);
    const version = askVersion(dirname(pulumi));
    const said = version === undefined ? "does not run" : `is ${version}; ${oldestEngine} or newer is needed`;
    return missing("Pulumi engine", `${pulumi} ${said}`, SETUP);
}

/** What linuxnet itself runs on. That Node is new enough has been made sure of before anything else. */
export const ownFindings = (): Finding[] => [ok("Node", `${process.versions.node} (${process.execPath})`), engine()];
