import { fingerprint } from "../model/name";
import { formatOwner, type Owner } from "../model/owner";
import type { Place } from "../model/place";
import { settingsFolder } from "./host/place";
import type { FlatSpec } from "./record";

/** A switch as the kernel writes it. */
export const written = (on: boolean): string => (on ? "1" : "0");

/** /etc/sysctl.d/90-PROJECT-HASH.conf, or a simulated host's own: sysctl.d(5). */
export function persistedPath(owner: Owner, place: Place): string {
    const project = owner.project.replace(/[^A-Za-z0-9_-]/g, "-").slice(0, 40);
    return `${settingsFolder(place)}/90-${project}-${fingerprint(8, formatOwner(owner))}.conf`;
}

/** The lines of the file for what is asked for. */
export function persistedLines({ ipv4, ipv6 }: FlatSpec): string[] {
    return [
        "# Written by linuxnet; removed by it with the resource that asks for it.",
        ...(ipv4 === undefined ? [] : [`net.ipv4.ip_forward = ${written(ipv4 === true)}`]),
        ...(ipv6 === undefined
            ? []
            : ["all", "default"].map((name) => `net.ipv6.conf.${name}.forwarding = ${written(ipv6 === true)}`)),
    ];
}

export const equal = (a: readonly string[] | undefined, b: readonly string[] | undefined): boolean =>
    a?.join("\n") === b?.join("\n");
