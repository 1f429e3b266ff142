import { taggedOwner } from "../model/owner";
import { hostPlace, type Place, placeName } from "../model/place";
import { Paths } from "../model/topology/path";
import { type Resource, Topology } from "../model/topology/topology";
import { bridgeFilter } from "./bridge-filter";
import { ask } from "./host/machines";
import type { Query } from "./host/query";
import { type LinkState, linksQuery } from "./link";

/** Places that a packet is followed through at most. */
const HOPS = 16;

interface Lookup {
    readonly local: boolean;
    readonly gateway: string | undefined;
    readonly device: string | undefined;
    readonly source: string | undefined;
}

interface View {
    readonly links: readonly LinkState[];
    readonly forwarding: boolean;
    readonly lookup: Lookup | undefined;
}

function parseLookup(answer: string | undefined): Lookup | undefined {
    if (answer === undefined) return undefined;
    const [route] = JSON.parse(answer) as { type?: string; gateway?: string; dev?: string; prefsrc?: string }[];
    if (!route || ["6", "7", "8"].includes(route.type ?? "1")) return undefined;
    return { local: route.type === "2", gateway: route.gateway, device: route.dev, source: route.prefsrc };
}

const forwardingText = (place: Place, to: string): string =>
    `${placeName(place)} does not forward: declare a ForwardingSetting with ${to.includes(":") ? "ipv6" : "ipv4"}: true`;

const forwardingPath = (to: string): string =>
    to.includes(":") ? "net/ipv6/conf/all/forwarding" : "net/ipv4/conf/all/forwarding";

async function view(place: Place, to: string): Promise<View> {
    const lookup: Query<Lookup | undefined> = { source: "ip", place, ask: `route get ${to}`, read: parseLookup };
    const path = forwardingPath(to);
    const forwarding: Query<boolean> = {
        source: "settings",
        place,
        ask: path,
        read: (answer) => answer?.endsWith(" 1") ?? false,
    };
    return ask(place, { lookup, links: linksQuery(place), forwarding });
}

type Links = readonly LinkState[];
const linksOf = async (place: Place): Promise<Links> => (await ask(place, { links: linksQuery(place) })).links;

/** The place that has an address; on another host the same address may be another's, so the nearest comes first. */
async function holderOf(places: readonly Place[], near: Place, address: string): Promise<Place | undefined> {
    const isNear = (place: Place): number => (hostPlace(place) === hostPlace(near) ? 0 : 1);
    for (const place of places.toSorted((a, b) => isNear(a) - isNear(b))) {
        const found = await linksOf(place);
        if (found.some((link) => link.addresses.some((known) => known.address === address))) return place;
    }
    return undefined;
}

/** The bridges that devices send into, with their places: themselves, or those of which their other ends are ports. */
function bridgesOf(over: Links, views: ReadonlyMap<Place, Links>): { readonly name: string; readonly place: Place }[] {
    const all = Array.from(views, ([place, links]) => links.map((link) => ({ place, link }))).flat();
    // The numbers of devices are those of their namespaces: the same ones may be another pair's.
    const isPeer = (one: LinkState, other: LinkState): boolean =>
        other.index === one.peerIndex && other.peerIndex === one.index && other.alias === one.alias;
    return all.flatMap(({ place, link }) => {
        if (link.kind === "bridge") return over.includes(link) ? [{ name: link.name, place }] : [];
        return link.master !== undefined && over.some((one) => isPeer(one, link)) ? [{ name: link.master, place }] : [];
    });
}

/** What layer 3 shows nothing of: a device of a lab that is down. */
function downDevice(views: ReadonlyMap<Place, Links>): string | undefined {
    const all = Array.from(views, ([place, links]) => links.map((link) => ({ place, link }))).flat();
    const down = all.find(({ link }) => taggedOwner(link.alias) !== undefined && !link.up && link.name !== "lo");
    return down && `${down.link.name} in ${placeName(down.place)} is down`;
}

/** Follows a packet from place to place as the kernel would route it; says where it gets stuck, if it does. */
async function follow(
    places: readonly Place[],
    from: Place,
    to: string,
): Promise<{ stuck?: string; end?: Place; source?: string | undefined; over: Links }> {
    const over: LinkState[] = [];
    let place = from;
    let source: string | undefined;
    for (let hop = 0; hop < HOPS; hop++) {
        const { lookup, links, forwarding } = await view(place, to);
        if (hop > 0 && !lookup?.local && !forwarding) return { stuck: forwardingText(place, to), over };
        if (!lookup) return { stuck: `${placeName(place)} has no route to ${to}: declare a Route`, over };
        if (lookup.local) return { end: place, source: source ?? to, over };
        source ??= lookup.source;
        over.push(...links.filter((link) => link.name === lookup.device));
        const down = links.find((link) => link.name === lookup.device && !link.carrier);
        if (down) return { stuck: `${down.name} in ${placeName(place)} has no carrier: one of its ends is down`, over };
        const next = lookup.gateway ?? to;
        const holder = await holderOf(
            places.filter((other) => other !== place),
            place,
            next,
        );
        if (holder === undefined) {
            return {
                stuck: `nobody in this program has ${next}, to which ${placeName(place)} sends by ${lookup.device}`,
                over,
            };
        }
        place = holder;
    }
    return { stuck: `the packet goes in a circle near ${placeName(place)}`, over };
}

/** Where it is looked for what is in the way, and what is declared there. */
export interface Surroundings {
    readonly everywhere: Iterable<Place>;
    readonly resources: Iterable<Resource>;
}

/** What the program itself leaves out, such as a bridge between two ends; nothing of what it does not know all of. */
function undeclared(resources: Iterable<Resource>, from: Place, to: string): string | undefined {
    const topology = new Topology([...resources]);
    const { missing } = new Paths(topology).ask(from, to);
    if (missing === undefined || missing.cause === "unknown" || !topology.isWhole(missing.place)) return undefined;
    return `${missing.what}: ${missing.advice}`;
}

/** What to look at when a packet does not come through: there, and back. */
export async function trace({ everywhere, resources }: Surroundings, from: Place, to: string): Promise<string> {
    const places = [...new Set([from, ...everywhere])];
    const there = await follow(places, from, to);
    if (there.stuck !== undefined) return there.stuck;
    const over = [...there.over];
    if (there.end !== undefined && there.source !== undefined) {
        const back = await follow(places, there.end, there.source);
        if (back.stuck !== undefined) return `the way back: ${back.stuck}`;
        over.push(...back.over);
    }
    const views = new Map<Place, Links>();
    for (const place of places) views.set(place, await linksOf(place));
    const found = downDevice(views) ?? undeclared(resources, from, to);
    if (found !== undefined) return found;
    for (const { name, place } of bridgesOf(over, views)) {
        const filter = await bridgeFilter(name, place, to);
        if (filter !== undefined) return filter;
    }
    return "routes and forwarding are right on every hop: look for a firewall (nft list ruleset)";
}
