import { formatOwner, isStackGroup, type Owner, parseOwner, sameStack, stackGroup } from "../model/owner";
import type { Place } from "../model/place";
import { type VethPairSpec, vethPairSchema } from "../model/veth-pair";
import { type Command, ip } from "./host/command";
import { ask } from "./host/machines";
import { RUN } from "./host/place";
import { pairs, type Query } from "./host/query";
import { quietSettings } from "./host/quiet";
import { enter, toSteps } from "./host/step";
import type { Restoration } from "./host/watchdog";
import { type LinkState, linksQuery } from "./link";
import { bootQuery, type Claim, parseRecordLines, type StoredRecord } from "./record";
import { routesQuery } from "./restore";
import {
    batch,
    linesOf,
    putAddresses,
    quoted,
    shares,
    takeAddresses,
    withInput,
    writeRoutes,
    writeSettings,
} from "./rollback-shares";
import { vethPair } from "./veth-pair";
import { ANYBODY, parseRemotes, type Remote } from "./vxlan";

/*
 * A script for the machine itself, to be run when nobody reaches it any more: it puts the machine's own namespace back as it
 * is now. It knows nothing of what will have happened, and changes what is not ours only where this stack may have changed it.
 * What others make and remove meanwhile stays as they have it: that of ours is told by our records, from now and from then.
 */

/** Commands in all places, as the runner would run them, but none stops those behind it. */
const commandLines = (commands: readonly Command[]): string[] =>
    toSteps(commands).flatMap(({ place, argv, input }) => withInput(enter(place, argv), input));

/** What a shell reads of the links of our group, told from those that we know by their index. */
const removeNew = (group: number, links: readonly LinkState[]): string[] => [
    `ip -o link show group ${group} | while IFS=': ' read -r index name rest; do`,
    `case ' ${links.map(({ index }) => index).join(" ")} ' in *" $index "*) ;; *) ip link del dev "\${name%%@*}" ;; esac`,
    "done",
];

const whereMissing = (name: string, lines: readonly string[]): string[] => [
    `if ! ip link show dev ${quoted(name)}; then`,
    ...lines,
    "fi",
];

/** A link as it was made; what a pair is made of stands in its record. */
function creation(place: Place, link: LinkState, veths: readonly Claim[], boot: string): string[] {
    const { name, kind, group, macAddress, mtu, stp, vxlan } = link;
    const words = ["link", "add", "name", name, "group", group, "address", macAddress, "mtu", mtu, "type", kind];
    if (kind === "bridge") return batch(linesOf([ip(place, ...words, "stp_state", stp ? 1 : 0)]));
    if (kind === "vxlan" && vxlan?.local !== undefined) {
        const over = vxlan.device === undefined ? [] : ["dev", vxlan.device];
        const way = ["id", vxlan.vni, "local", vxlan.local, "dstport", vxlan.port, ...over];
        return batch(linesOf([ip(place, ...words, ...way, ...(vxlan.learning ? [] : ["nolearning"]))]));
    }
    const claim = veths.find(({ spec }) => spec["leftName"] === name || spec["rightName"] === name);
    if (claim === undefined) return [];
    const spec: VethPairSpec = vethPairSchema.parse(claim.spec);
    const story = { owner: parseOwner(claim.owner), boot, record: undefined, mine: claim, others: [], dropped: {} };
    return commandLines(vethPair.plan(undefined, spec, spec, { ...story, stale: false }));
}

/** What is set of a link of ours, whatever it was changed to. */
function settingsOf(place: Place, { name, kind, mtu, macAddress, master, up, alias, stp }: LinkState): string[] {
    const set = (...words: (string | number)[]): Command => ip(place, "link", "set", "dev", name, ...words);
    const commands = [
        ...quietSettings(place, name),
        ...(alias === undefined ? [] : [set("alias", alias)]),
        ...(kind === "bridge" ? [set("type", "bridge", "stp_state", stp ? 1 : 0)] : []),
        set("mtu", mtu),
        set("address", macAddress),
        ...(master === undefined ? [set("nomaster")] : [set("master", master)]),
        set(up ? "up" : "down"),
    ];
    return commandLines(commands);
}

/** In their order, which decides about the source of what is sent. */
const ADDRESSES = [
    "addresses() {",
    "device=$1; shift",
    'now=$(ip -o addr show dev "$device" | while read -r index name family address rest; do',
    'case "$family $rest" in *" dynamic"*|"inet6 "*"scope link"*) ;; inet*) echo "$address" ;; esac; done)',
    'set -- "$@"; now=$(echo $now); if [ "$now" = "$*" ]; then return; fi',
    'for address in $now; do ip addr del "$address" dev "$device"; done',
    'for address in "$@"; do case $address in *:*) dad=nodad ;; *) dad= ;; esac; ip addr add "$address" dev "$device" $dad; done',
    "}",
];

const addressesOf = ({ name, addresses }: LinkState): string =>
    ["addresses", name, ...addresses.filter(({ automatic }) => !automatic).map(({ text }) => text)]
        .map(quoted)
        .join(" ");

function writeRemotes(name: string, remotes: readonly Remote[]): string[] {
    const lines = remotes.map(({ address, more }) =>
        ["fdb", "append", ANYBODY, "dev", name, "dst", address, ...more].join(" "),
    );
    return [
        `bridge fdb show dev ${name} | while read -r mac rest; do`,
        `if [ "$mac" = ${ANYBODY} ]; then bridge fdb del $mac dev ${name} $rest; fi; done`,
        ...batch(lines, "bridge"),
    ];
}

/** The records of ours, and of nobody else, as they were kept beside the script. */
const restoreRecords = (owner: string): string[] => [
    `kept="\${0%/*}/records"; mkdir -p "$kept" /run/linuxnet`,
    `sole() { [ "$(grep -o '"owner":' "$1" | wc -l)" = 1 ]; }`,
    'cd "$kept" && find . -type f | while IFS= read -r file; do now="/run/linuxnet/$file"',
    'if [ ! -e "$now" ] || { sole "$now" && ! cmp -s "$file" "$now"; }; then',
    `mkdir -p "\${now%/*}"; cp -p "$file" "$now"; fi; done`,
    `cd /run/linuxnet && find . -name '*.json' -exec grep -lF -e ${quoted(owner)} {} + | while IFS= read -r file; do`,
    'if [ ! -e "$kept/$file" ] && sole "$file"; then rm -f "$file"; fi; done',
    "find /run/linuxnet -depth -type d -exec rmdir {} +",
];

const settingsQuery = (place: Place, path: string): Query<Map<string, string>> => ({
    source: "settings",
    place,
    ask: path,
    read: pairs,
});

const SETTINGS = [
    "net/ipv4/ip_forward",
    "net/ipv4/conf/*/forwarding",
    "net/ipv4/conf/*/accept_redirects",
    "net/ipv6/conf/*/forwarding",
    "net/ipv6/conf/*/accept_ra",
];

async function look(place: Place) {
    const settings = Object.fromEntries(SETTINGS.map((path, at) => [`settings${at}`, settingsQuery(place, path)]));
    const records: Query<StoredRecord[]> = {
        source: "files",
        place,
        ask: `${RUN}/*/*.json`,
        read: (answer) => parseRecordLines(answer ?? ""),
    };
    const answers = await ask(place, {
        links: linksQuery(place),
        routes: routesQuery(place),
        records,
        boot: bootQuery(place),
    });
    const values = Object.values(await ask(place, settings)).flatMap((map) => [...map]);
    const tunnels = answers.links.filter(({ kind }) => kind === "vxlan");
    const forwarding = tunnels.map(({ name }): [string, Query<readonly Remote[]>] => [
        name,
        { source: "bridge", place, ask: `fdb show dev ${name}`, read: parseRemotes },
    ]);
    return { ...answers, values: new Map(values), remotes: await ask(place, Object.fromEntries(forwarding)) };
}

/** What puts the own namespace of a machine back as it is now. */
export async function restorationOf(place: Place, stack: Owner): Promise<Restoration> {
    const { links, routes, records, values, remotes, boot } = await look(place);
    const group = stackGroup(stack);
    const own = links.filter((link) => isStackGroup(link.group, stack));
    const ours = (kind: string): Claim[] =>
        records
            .filter((record) => record.boot === boot && record.kind === kind)
            .flatMap(({ claims }) => claims)
            .filter(({ owner }) => sameStack(parseOwner(owner), stack));
    const veths = ours("VethPair");
    const mark = `"owner":"${formatOwner({ ...stack, name: "" })}`;
    const script = [
        "exec >/dev/null 2>&1",
        'cd /; PATH="$PATH:/usr/sbin:/usr/bin:/sbin:/bin"; LC_ALL=C; export PATH LC_ALL',
        ...shares(place, mark),
        ...ADDRESSES,
        ...removeNew(group, links),
        ...own.toSorted(byKind).flatMap((link) => whereMissing(link.name, creation(place, link, veths, boot))),
        ...own.flatMap((link) => settingsOf(place, link)),
        ...takeAddresses(),
        ...own.map(addressesOf),
        ...batch(linesOf(putAddresses(place, ours("Address"), links))),
        ...Object.entries(remotes).flatMap(([name, list]) =>
            own.some((link) => link.name === name) ? writeRemotes(name, list) : [],
        ),
        ...writeSettings(place, values),
        ...writeRoutes(place, { routes, links: own, ours: ours("Route") }),
        ...restoreRecords(mark),
    ];
    return { script: script.join("\n"), owner: mark };
}

/** Ports come behind their bridge, and tunnels behind what they go over. */
const ORDER = ["bridge", "veth", "vxlan"];
const byKind = (a: LinkState, b: LinkState): number => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind);
