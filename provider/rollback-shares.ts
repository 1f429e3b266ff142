import type { Place } from "../model/place";
import { routeSchema } from "../model/route";
import { type Command, type IpCommand, ip } from "./host/command";
import { RUN, recordsFolder } from "./host/place";
import type { LinkState } from "./link";
import { type Claim, recordFile } from "./record";
import { waysOf } from "./restore";
import { wantedRoute } from "./route";
import { ADVERTISED_PROTOCOL, KERNEL_PROTOCOL, ROUTE_PROTOCOL, type RouteState, routeKey } from "./route-state";

/*
 * What a stack shares with others in a machine's own namespace: addresses, forwarding and routes. For the script that puts it back
 * (rollback.ts).
 */

export const quoted = (word: string): string =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** A program with lines as its input. */
export const withInput = (argv: readonly string[], lines: readonly string[]): string[] => [
    `${argv.map(quoted).join(" ")} <<'END'`,
    ...lines,
    "END",
];

export const batch = (lines: readonly string[], program = "ip"): string[] =>
    lines.length === 0 ? [] : withInput([program, "-force", "-batch", "-"], lines);

export const linesOf = (commands: readonly Command[]): string[] =>
    commands.flatMap((command) => (command.kind === "ip" ? [command.line] : []));

/** A claim of a record, with what it was before an unfinished change. */
const CLAIM = '{"owner":"[^{]*{[^}]*}\\(,"previous":{[^}]*}\\)*';

/** Whose a record is, and what has become of ours since they were kept beside the script. */
export function shares(place: Place, owner: string): string[] {
    const folder = recordsFolder(place);
    return [
        `current=${folder}; former="\${0%/*}/records${folder.slice(RUN.length)}"`,
        `own() { [ -f "$1" ] && grep -qF -e ${quoted(owner)} "$1"; }`,
        'decode() { echo "$1" | sed "s/^[^.]*[.]//; s/[.]json$//" | sed "s/%20/ /g; s/%2F/\\//g; s/%3A/:/g"; }',
        'changed() { for file in "$current/$1."*.json "$former/$1."*.json; do own "$file" || continue; name=$(basename "$file")',
        'cmp -s "$current/$name" "$former/$name" || decode "$name"; done | sort -u; }',
        `claims() { grep -o -e '${CLAIM}' "$1"; }`,
        `wants() { claims "$1" | grep -F -e ${quoted(owner)} | grep -o -e "\\"$2\\":[a-z]*"; }`,
        `others() { claims "$1" | grep -vF -e ${quoted(owner)} | grep -q -e "\\"$2\\":"; }`,
    ];
}

/** The addresses that are ours since. What stands behind one that is the primary of its subnet stays. */
export const takeAddresses = (): string[] => [
    'changed Address | while read -r device address; do promote="/proc/sys/net/ipv4/conf/$device/promote_secondaries"',
    'read -r before <"$promote"; echo 1 >"$promote"; ip addr del "$address" dev "$device"; echo "$before" >"$promote"; done',
];

/** Those that were, where they are gone. */
export function putAddresses(place: Place, ours: readonly Claim[], links: readonly LinkState[]): IpCommand[] {
    return ours.flatMap(({ spec }) => {
        const [device, address] = [String(spec["device"]), String(spec["address"])];
        const link = links.find(({ name }) => name === device);
        const isThere = link?.addresses.some(({ text }) => text === address);
        const dad = address.includes(":") ? ["nodad"] : [];
        return isThere ? [ip(place, "addr", "add", address, "dev", device, ...dad)] : [];
    });
}

/** All that the forwarding of a family touches, where ours is another one since, and nobody else wants it; what writes to others comes first. */
export function writeSettings(place: Place, values: ReadonlyMap<string, string>): string[] {
    const first = ["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"];
    const name = recordFile(place, "ForwardingSetting", "forwarding").path.split("/").at(-1);
    return ["ipv4", "ipv6"].flatMap((family) => {
        const all = [...values.keys()].filter((path) => path.startsWith(`net/${family}/`));
        const paths = [...first.filter((path) => all.includes(path)), ...all.filter((path) => !first.includes(path))];
        return [
            `if [ "$(wants "$current/${name}" ${family})" != "$(wants "$former/${name}" ${family})" ] && ! others "$current/${name}" ${family}; then`,
            `written_${family}=yes`,
            'while read -r path value; do if [ "$(cat "/proc/sys/$path")" != "$value" ]; then echo "$value" >"/proc/sys/$path"; fi; done <<\'END\'',
            ...paths.map((path) => `${path} ${values.get(path)}`),
            "END",
            "fi",
        ];
    });
}

/** The routes that there are, the links that are the stack's, and the routes that are. */
interface Present {
    readonly routes: readonly RouteState[];
    readonly links: readonly LinkState[];
    readonly ours: readonly Claim[];
}

/**
 * Ours that have changed since go; then ours come back, and of others', those that a change of ours may have taken along: over our links
 * and devices on which an address of ours has changed, or taken in as ours. Another stack may have removed its own meanwhile.
 */
export function writeRoutes(place: Place, { routes, links, ours }: Present): string[] {
    const known = ["unicast", "blackhole", "unreachable", "prohibit"];
    const own = new Set(ours.map(({ spec }) => routeKey(wantedRoute(routeSchema.parse(spec)))));
    const isOurs = (route: RouteState) => route.protocol === ROUTE_PROTOCOL && own.has(routeKey(route));
    const all = routes.filter(({ protocol, type }) => protocol !== KERNEL_PROTOCOL && known.includes(type));
    const add = (route: RouteState) => waysOf(route).map((way) => ip(place, "route", "add", ...way));
    const theirs = all.filter((route) => !isOurs(route)).flatMap((route) => theirRoute(place, route, add(route)));
    return [
        "changed Route | while read -r to table metric; do",
        `if [ "$metric" = 0 ]; then set --; else set -- metric "$metric"; fi; ip route del "$to" table "$table" "$@" proto ${ROUTE_PROTOCOL}; done`,
        `devices=" ${links.map(({ name }) => name).join(" ")} $(changed Address | cut -d " " -f 1 | tr "\\n" " ") "`,
        'put() { case "$devices" in *" $2 "*) ;; *) own "$1" || return ;; esac; shift 2; ip "$@"; }',
        // A route may need one that is written behind it.
        "for turn in 1 2; do",
        ":",
        ...batch(linesOf(all.filter(isOurs).flatMap(add))),
        ...theirs,
        "done",
    ];
}

function theirRoute(place: Place, route: RouteState, ways: readonly IpCommand[]): string[] {
    const { path } = recordFile(place, "Route", [route.destination, route.table, route.metric].join(" "));
    const isClaimed = route.protocol === ROUTE_PROTOCOL ? `[ ! -e ${quoted(path)} ] || ` : "";
    const devices = new Set(route.hops.map(({ device }) => device ?? "-"));
    const lines = ways.map(({ line }) => line.split(" ").map(quoted).join(" "));
    const puts = [...(devices.size > 0 ? devices : ["-"])].flatMap((device) =>
        lines.map((line) => `${isClaimed}put ${quoted(path)} ${quoted(device)} ${line}`),
    );
    // Forwarding of IPv6 has the kernel forget what routers advertise.
    const forgotten = route.protocol === ADVERTISED_PROTOCOL ? lines : [];
    return [...puts, ...forgotten.map((line) => `[ -z "$written_ipv6" ] || ip ${line}`)];
}
