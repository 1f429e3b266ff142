import { type Json, parseList, run, type Where } from "./kernel";
import { parseSettings, SETTINGS_COMMAND } from "./settings";
import type { Properties, Snapshot } from "./snapshot";

/** Changes by itself, or depends on the order in which things were made. */
const volatile =
    /(_timer|_life_time|_n_learned|^ifindex|^link_index|^link_netnsid|^tentative|^expires|^topology_change|^promiscuity|^allmulti)$/;
const QUERIES = [
    "address show",
    "route show table all",
    "neighbour show",
    "neighbour show proxy",
    "nexthop show",
    "rule show",
];

/** Between two answers. */
const MARK = "\u001e";

/** All answers of a namespace by one process: a snapshot is taken thousands of times. nft may be missing, or nftables in the kernel. */
const SCRIPT = `set -e
next() { echo; echo "${MARK}"; }
ip -j -d -batch -; next
ip -6 -j rule show; next
bridge -j fdb show; next
exec 2>/dev/null
nft -s list ruleset || :; next
${SETTINGS_COMMAND} || :`;

/** One namespace's network, each thing named after the place. */
export async function readNetwork(place: string, where: Where): Promise<Snapshot> {
    const { lists, ipv6Rules, forwarding, filter, settings } = await readAll(where);
    const [links, routes, neighbours, proxies, nexthops, rules] = lists;
    return new Map([
        ...(links ?? []).flatMap((link) => linkThings(place, link)),
        ...things(`${place} route`, routes ?? []),
        ...things(`${place} neighbour`, (neighbours ?? []).filter(isSet)),
        ...things(`${place} neighbour proxy`, proxies ?? []),
        ...things(`${place} nexthop`, nexthops ?? []),
        ...things(`${place} rule`, rules ?? []),
        ...things(`${place} rule -6`, ipv6Rules),
        ...things(`${place} fdb`, forwarding.filter(isSetForwarding)),
        ...filter.map((line): [string, Properties] => [`${place} filter ${line}`, {}]),
        ...Array.from(settings, ([name, value]): [string, Properties] => [`${place} setting ${name}`, { is: value }]),
    ]);
}

/** A dump that was interrupted by a change is asked for again. */
async function readAll(where: Where) {
    for (let attempt = 1; ; attempt += 1) {
        const { code, stdout, stderr } = await run(["sh", "-c", SCRIPT], { where, input: QUERIES.join("\n") });
        const [batch = "", ipv6Rules = "", forwarding = "", filter = "", settings = ""] = stdout.split(`\n${MARK}\n`);
        const lists = batch.trim().split("\n").map(parseList);
        if (code === 0 && stderr === "" && lists.length === QUERIES.length) {
            return {
                lists,
                ipv6Rules: parseList(ipv6Rules),
                forwarding: parseList(forwarding),
                // The rules without their counters.
                filter: numbered(filter.split("\n").filter((line) => line.trim() !== "")),
                settings: parseSettings(settings, where),
            };
        }
        if (attempt === 5) throw new Error(`a snapshot of ${where ?? "the host"} (${code}): ${stderr}${stdout}`);
    }
}

function linkThings(place: string, link: Json): readonly [string, Properties][] {
    const { addr_info: addresses, ifname, ifalias, ...rest } = link;
    const list = Array.isArray(addresses) ? addresses : [];
    return [
        [`${place} link ${String(ifname)}`, flatten(ifalias === undefined ? rest : { ifalias, ...rest })],
        ...things(`${place} address ${String(ifname)}`, list),
    ];
}

/** Things without a name of their own: all that is known about one is its name. The order counts among equals only. */
function things(kind: string, list: readonly Json[]): readonly [string, Properties][] {
    const names = list.map((item) =>
        Object.entries(flatten(item))
            .map(([name, value]) => `${name} ${value}`)
            .join(" "),
    );
    return numbered(names).map((name) => [`${kind} ${name}`, {}]);
}

function numbered(names: readonly string[]): readonly string[] {
    const seen = new Map<string, number>();
    return names.map((name) => {
        const count = (seen.get(name) ?? 0) + 1;
        seen.set(name, count);
        return count === 1 ? name : `${name} (${count})`;
    });
}

function flatten(value: unknown, prefix = ""): Properties {
    const entries = Object.entries(Object(value)).filter(([name]) => !volatile.test(name));
    const nested = entries.map(([name, item]): Properties => {
        const key = prefix === "" ? name : `${prefix}.${name}`;
        if (Array.isArray(item) && item.every((part) => typeof part !== "object")) return { [key]: item.join(",") };
        return typeof item === "object" && item !== null ? flatten(item, key) : { [key]: String(item) };
    });
    return Object.assign({}, ...nested);
}

/** What the kernel has learned comes and goes. */
function isSet({ state }: Json): boolean {
    return Array.isArray(state) && state.includes("PERMANENT");
}

/** Multicast entries follow from the addresses, a while later. */
function isSetForwarding({ state, mac }: Json): boolean {
    return (state === "permanent" || state === "static") && !/^(33:33|01:00:5e):/.test(String(mac));
}
