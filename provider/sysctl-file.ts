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

/** What is where the file or its folder should be and is neither, of what is said of paths: `PATH: what it is`. */
export function obstacle(path: string, said: readonly string[]): string | undefined {
    const folder = path.slice(0, path.lastIndexOf("/"));
    const what = (of: string): string | undefined =>
        said.find((line) => line.startsWith(`${of}: `))?.slice(of.length + 2);
    const [there, at] = [what(folder), what(path)];
    if (there !== undefined && there !== "directory") return `a ${there} in the place of the folder ${folder}`;
    return at === undefined ? undefined : `a ${at} in the place of ${path}`;
}

export const equal = (a: readonly string[] | undefined, b: readonly string[] | undefined): boolean =>
    a?.join("\n") === b?.join("\n");
