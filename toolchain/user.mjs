import { userInfo } from "node:os";
import { Failure } from "./failure.mjs";

export function isRoot() {
    return process.geteuid?.() === 0;
}

/** Fails before anything is touched when we may not work on the network anyway. */
export function requireRoot() {
    if (isRoot()) return;
    throw new Failure(
        `linuxnet works on this machine's network and must be root. Run it as root, for instance with sudo; you are ${userName()}.`,
    );
}

function userName() {
    try {
        return userInfo().username;
    } catch {
        return `user ${process.geteuid?.()}`;
    }
}
