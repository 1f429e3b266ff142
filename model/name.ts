import { createHash } from "node:crypto";
import { memo } from "./memo";

/** Longest name of a network interface in bytes (IFNAMSIZ less its final zero, linux/if.h). */
export const INTERFACE_NAME_BYTES = 15;

/** Longest name of a network namespace that we accept, in bytes. */
export const NAMESPACE_NAME_BYTES = 63;

const reservedInterfaceNames = new Set(["lo", "all", "default", "help"]);

/** The kernel accepts far more (`-x`, `$(x)`, `a%d`); `ip` does not survive it. */
export function isInterfaceName(name: string): boolean {
    return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/.test(name) && !reservedInterfaceNames.has(name);
}

/** No leading digit: `ip netns` reads a number as a process id; no slash: it would be a path. */
export function isNamespaceName(name: string): boolean {
    return /^[A-Za-z_][A-Za-z0-9_.-]{0,62}$/.test(name);
}

/** The name of a machine in the configuration: no slash, which separates simulated hosts; no colon. */
export const isMachineName = (name: string): boolean => isNamespaceName(name);

/** A host as resources name it: a machine, and the simulated hosts within: `left`, `local/sim`. */
export function isHostPath(path: string): boolean {
    return path.split("/").every(isNamespaceName);
}

const sha256 = memo((text) => createHash("sha256").update(text).digest("hex"));

/** Hexadecimal digits of a hash of the texts, the same always and everywhere. */
export const fingerprint = (digits: number, ...texts: string[]): string => sha256(texts.join("\0")).slice(0, digits);

/** Cuts a name to what the kernel takes, with a short hash of the whole in place of what does not fit. */
function cutToFit(name: string, limit: number, salt: string): string {
    const isValid = limit === INTERFACE_NAME_BYTES ? isInterfaceName : isNamespaceName;
    if (isValid(name)) return name;
    const clean = name.replace(/[^A-Za-z0-9_.-]/g, "-").replace(/^[^A-Za-z_]/, "n$&");
    return `${clean.slice(0, limit - 6)}-${fingerprint(5, salt, name)}`;
}

export interface Naming {
    readonly project: string;
    readonly stack: string;
    /** `linuxnet:naming`: with `verbatim` the stack's name is never added. */
    readonly verbatim: boolean;
}

/** The name of an object where several stacks meet (a host): the stack's name is added. */
export function sharedName(naming: Naming, resource: string, limit: number): string {
    const name = naming.verbatim ? resource : `${resource}-${naming.stack}`;
    return cutToFit(name, limit, naming.project);
}

/** The name of an object inside a namespace of this stack: nobody else's names are there. */
export function ownName(naming: Naming, resource: string, limit: number): string {
    return cutToFit(resource, limit, naming.project);
}
