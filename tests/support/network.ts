import { command, type Json, parseList, run, type Where } from "./kernel";
import { readSettings } from "./settings";
import type { Properties, Snapshot } from "./snapshot";

/** Changes by itself, or depends on the order in which things were made. */
const volatile =
    /(_timer|_life_time|_n_learned|^ifindex|^link_index|^link_netnsid|^tentative|^expires|^topology_change|^promiscuity|^allmulti)$/;
const queries = [
    "address show",
    "route show table all",
    "neighbour show",
    "neighbour show proxy",
    "nexthop show",
    "rule show",
];

/** One namespace's network, each thing named after the place. */
export async function readNetwork(place: string, where: Where): Promise<Snapshot> {
    const [[links, routes, neighbours, proxies, nexthops, rules], ipv6Rules, forwarding, filter, settings] =
        await Promise.all([
            askAll(where),
            ask(["ip", "-6", "-j", "rule", "show"], where),
            ask(["bridge", "-j", "fdb", "show"], where),
            readFilter(where),
            readSettings(where),
        ]);
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

/** One answer for each question; a dump that was interrupted by a change is asked for again. */
async function askAll(where: Where): Promise<readonly (readonly Json[])[]> {
    for (let attempt = 1; ; attempt += 1) {
        const { code, stdout, stderr } = await run(["ip", "-j", "-d", "-batch", "-"], {
            where,
            input: queries.join("\n"),
        });
        const answers = stdout.trim().split("\n").map(parseList);
        if (code === 0 && stderr === "" && answers.length === queries.length) return answers;
        if (attempt === 5) throw new Error(`ip -batch in ${where ?? "the host"} (${code}): ${stderr}${stdout}`);
    }
}

async function ask(argv: readonly string[], where: Where): Promise<readonly Json[]> {
    return parseList(await command(argv, { where }));
}

/** The rules without their counters; none where there is no nft, or no nftables in the kernel. */
async function readFilter(where: Where): Promise<readonly string[]> {
    const { code, stdout } = await run(["sh", "-c", "command -v nft >/dev/null && nft -s list ruleset"], { where });
    return code === 0 ? numbered(stdout.split("\n").filter((line) => line.trim() !== "")) : [];
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
