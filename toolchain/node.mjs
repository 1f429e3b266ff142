import { Failure } from "./failure.mjs";
import { isAtLeast } from "./version.mjs";

/** The first Node that lets CommonJS require ES modules, which Pulumi's provider process does with ours. */
const oldestNode = "20.19.0";

export function requireNode() {
    if (isAtLeast(process.versions.node, oldestNode)) return;
    throw new Failure(
        `Node ${process.versions.node} (${process.execPath}) is too old: linuxnet needs ${oldestNode} or newer. See https://nodejs.org/en/download.`,
    );
}
