import { taggedOwner } from "../model/owner";
import { hostPlace, machinePlace, type Place, placeName } from "../model/place";
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

/** Whether a device sends into a bridge: its own, or that of which its other end is a port. */
function isBridged({ kind, index, peerIndex }: LinkState, all: Links): boolean {
    const isPeer = (other: LinkState): boolean => other.index === peerIndex && other.peerIndex === index;
    return kind === "bridge" || all.some((other) => isPeer(other) && other.master !== undefined);
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

/** What to look at when a packet does not come through: there, and back. */
export async function trace(places: readonly Place[], from: Place, to: string): Promise<string> {
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
    const down = downDevice(views);
    if (down !== undefined) return down;
    const all = [...views.values()].flat();
    if (over.some((link) => isBridged(link, all)) && (await isBridgeFiltered(from))) {
        return "br_netfilter is on: a firewall (Docker's FORWARD DROP) may drop what bridges carry";
    }
    return "routes and forwarding are right on every hop: look for a firewall (nft list ruleset)";
}

/** Whether what bridges carry goes through the machine's firewall. */
async function isBridgeFiltered(from: Place): Promise<boolean> {
    const { bridged } = await ask(from, {
        bridged: {
            source: "settings",
            place: machinePlace(from),
            ask: "net/bridge/bridge-nf-call-iptables",
            read: (answer) => answer,
        } satisfies Query<string | undefined>,
    });
    return bridged?.endsWith(" 1") ?? false;
}
