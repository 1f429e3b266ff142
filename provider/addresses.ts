import type { Place } from "../model/place";
import { networkOf, type Prefix, parsePrefix } from "../model/prefix";
import { joinList, splitList } from "../model/schema";
import { type IpCommand, ip } from "./host/command";
import type { LinkAddress } from "./link";

/** The addresses of a list on the wire. */
export const parseAddresses = (list: string): Prefix[] => splitList(list).map(parsePrefix);

/** Addresses on a device that are not the list's to decide, and those that are although they look so. */
export interface Standing {
    /** Put there by Address resources. */
    readonly others: readonly string[];
    /** Asked for by us before: also if they look like the kernel's own. */
    readonly asked: readonly string[];
}

export const NOTHING_STANDING: Standing = { others: [], asked: [] };

function managed(addresses: readonly LinkAddress[], wanted: readonly Prefix[], { others, asked }: Standing) {
    const own = new Set([...wanted.map(({ text }) => text), ...asked]);
    return addresses.filter(({ text, automatic }) => own.has(text) || !(automatic || others.includes(text)));
}

const add = (place: Place, name: string, { family, text }: Prefix): IpCommand =>
    ip(place, "addr", "add", text, "dev", name, ...(family === 6 ? ["nodad"] : []));

const remove = (place: Place, name: string, { text }: Prefix): IpCommand => ip(place, "addr", "del", text, "dev", name);

const subnet = (address: Prefix): string => networkOf(address).text;

/**
 * The IPv4 addresses of one subnet that stand out of order: the first is the primary, the source of what is sent.
 * What is already in place stays; only the rest is taken away and added behind it.
 */
function outOfOrder(wanted: readonly Prefix[], present: readonly Prefix[]): Prefix[] {
    let rest = present.map(({ text }) => text);
    let kept = 0;
    for (const { text } of wanted) {
        const at = rest.indexOf(text);
        if (at < 0) break;
        rest = rest.slice(at + 1);
        kept++;
    }
    return wanted.slice(kept);
}

/**
 * Brings a device's addresses to exactly the wanted ones: new ones first, so that a subnet never is without one, then
 * what is too much, then the order within each IPv4 subnet. With promote_secondaries no route is lost on the way.
 */
export function addressPlan(
    place: Place,
    name: string,
    present: readonly LinkAddress[],
    wanted: readonly Prefix[],
    standing: Standing = NOTHING_STANDING,
): IpCommand[] {
    const now = managed(present, wanted, standing);
    const missing = wanted.filter(({ text }) => !now.some((address) => address.text === text));
    const surplus = now.filter(({ text }) => !wanted.some((address) => address.text === text));
    // IPv6 has an address once, whatever its prefix length (addrconf.c): the old one goes first.
    const blocking = surplus.filter((old) => old.family === 6 && missing.some((one) => one.address === old.address));
    const blocked = missing.filter((one) => blocking.some((old) => old.address === one.address));
    const commands = [
        ...missing.filter((address) => !blocked.includes(address)).map((address) => add(place, name, address)),
        ...blocking.map((address) => remove(place, name, address)),
        ...blocked.map((address) => add(place, name, address)),
        ...surplus.filter((address) => !blocking.includes(address)).map((address) => remove(place, name, address)),
    ];
    const kept = now.filter((address) => !surplus.includes(address));
    const after: Prefix[] = [...kept, ...missing];
    const subnets = new Set(wanted.filter(({ family }) => family === 4).map(subnet));
    for (const network of subnets) {
        const inSubnet = (address: Prefix) => address.family === 4 && subnet(address) === network;
        const late = outOfOrder(wanted.filter(inSubnet), after.filter(inSubnet));
        commands.push(...late.flatMap((address) => [remove(place, name, address), add(place, name, address)]));
    }
    return commands;
}

/** The addresses as they are, for a person to compare: as wanted if nothing would have to be done. */
export function observedAddresses(
    present: readonly LinkAddress[],
    list: string,
    standing: Standing = NOTHING_STANDING,
): string {
    const wanted = parseAddresses(list);
    if (addressPlan("", "x", present, wanted, standing).length === 0) return list;
    // What is still there keeps its place in the list, so that one change reads as one.
    const now = managed(present, wanted, standing).map(({ text }) => text);
    const kept = wanted.map(({ text }) => text).filter((text) => now.includes(text));
    const observed = joinList([...kept, ...now.filter((text) => !kept.includes(text))]);
    return observed === list ? joinList(now) : observed;
}

/** Whether a device that has the one list is as the other one wants it: the order counts within a subnet of IPv4 only. */
export function sameAddresses(one: string, other: string): boolean {
    const sorted = (list: string): string => joinList(splitList(list).toSorted());
    if (sorted(one) !== sorted(other)) return false;
    const present = parseAddresses(one).map((address) => ({
        ...address,
        ...{ tentative: false, duplicate: false, automatic: false },
    }));
    return addressPlan("", "x", present, parseAddresses(other)).length === 0;
}
