import * as v from "valibot";
import { isNamespaceName } from "../model/name";
import { HOST, type Place } from "../model/place";
import { objects } from "./answer";
import { type FoundRoute, parseFoundRoutes, parseServiceRoutes } from "./found-route";
import { ask } from "./host/machines";
import { netnsPath } from "./host/place";
import { pairs, type Query } from "./host/query";
import { type LinkState, linksQuery } from "./link";
import { type LinkExtras, parseExtras } from "./link-extras";
import { presenceQuery } from "./namespace";
import { parseRemotes, type Remote } from "./vxlan";

/** All that is looked at in one namespace, or on the host itself. */
export interface Inventory {
    readonly place: Place;
    readonly links: readonly LinkState[];
    /** By the device's name. */
    readonly extras: ReadonlyMap<string, LinkExtras>;
    /** To whom each VXLAN sends what has no known place. */
    readonly remotes: ReadonlyMap<string, readonly Remote[]>;
    /** The names of other namespaces, by their numbers here; the host has none. */
    readonly neighbours: ReadonlyMap<number, string>;
    readonly routes: readonly FoundRoute[];
    /** Every forwarding setting, by its path. */
    readonly forwarding: ReadonlyMap<string, string>;
    /** What is there and has no resource at all, for people: `rule 100 …`. */
    readonly others: readonly string[];
}

const namesJson = v.object({ nsid: v.number(), name: v.optional(v.string()) });
const parseNames = objects(namesJson);

const anything = objects(v.record(v.string(), v.unknown()));
const asText = (one: object): string =>
    Object.entries(one)
        .map(([key, value]) => `${key} ${Array.isArray(value) ? value.join(",") : value}`)
        .join(" ");

const ruleJson = v.looseObject({ priority: v.number() });
const parseRules = objects(ruleJson);
/** The kernel's own: local, main, default (ip-rule(8)). */
const OWN_RULES = [0, 32766, 32767];

const ipQuery = <T>(place: Place, line: string, read: Query<T>["read"]): Query<T> => ({
    source: "ip",
    place,
    ask: line,
    read,
});

const settingsQuery = (place: Place, path: string): Query<Map<string, string>> => ({
    source: "settings",
    place,
    ask: path,
    read: pairs,
});

/** Looks at one place. */
export async function takeInventory(place: Place): Promise<Inventory> {
    const now = await ask(place, {
        links: linksQuery(place),
        extras: ipQuery(place, "addr show", parseExtras),
        names: ipQuery(place, "netns list-id", parseNames),
        routes: ipQuery(place, "route show table all", parseFoundRoutes),
        services: ipQuery(place, "route show table all", parseServiceRoutes),
        rules: ipQuery(place, "rule show", parseRules),
        neighbours: ipQuery(place, "neigh show nud permanent", anything),
        nexthops: ipQuery(place, "nexthop show", anything),
        ipv4: settingsQuery(place, "net/ipv4/ip_forward"),
        ipv4Devices: settingsQuery(place, "net/ipv4/conf/*/forwarding"),
        ipv6: settingsQuery(place, "net/ipv6/conf/*/forwarding"),
    });
    const tunnels = now.links.filter(({ kind }) => kind === "vxlan").map(({ name }) => name);
    const remotes = await Promise.all(
        tunnels.map(async (name) => {
            const query = { source: "bridge" as const, place, ask: `fdb show dev ${name}`, read: parseRemotes };
            return [name, (await ask(place, { found: query })).found] as const;
        }),
    );
    const rules = now.rules.filter(({ priority }) => !OWN_RULES.includes(priority));
    return {
        place,
        links: now.links,
        extras: now.extras,
        remotes: new Map(remotes),
        neighbours: new Map(now.names.flatMap(({ nsid, name }) => (name === undefined ? [] : [[nsid, name]]))),
        routes: now.routes,
        forwarding: new Map([...now.ipv4, ...now.ipv4Devices, ...now.ipv6]),
        others: [
            ...now.services.map((route) => `the route ${route}`),
            ...rules.map((rule) => `the rule ${asText(rule)}`),
            ...now.neighbours.map((one) => `the neighbour ${asText(one)}`),
            ...now.nexthops.map((one) => `the next hop ${asText(one)}`),
        ],
    };
}

const FOLDER = "/run/netns";

/** The names that `ip netns` has on this machine, of namespaces that are there; and what is in /run/netns and is none. */
export async function namespaceNames(): Promise<{
    readonly names: readonly string[];
    readonly none: readonly string[];
}> {
    const read = (answer: string | undefined): string[] =>
        (answer ?? "").split("\n").flatMap((line) => /^\/run\/netns\/([^/\s]+): /.exec(line)?.[1] ?? []);
    const { files } = await ask(HOST, { files: { source: "files", place: HOST, ask: `${FOLDER}/*`, read } });
    const proper = files.filter(isNamespaceName);
    const present = await ask(HOST, Object.fromEntries(proper.map((name) => [name, presenceQuery(name)])));
    const names = proper.filter((name) => present[name] === "present");
    return { names, none: files.filter((name) => !names.includes(name)).map((name) => netnsPath(name) ?? name) };
}
