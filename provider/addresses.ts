import type { Place } from "../model/place";
import {
    type DeviceAddress,
    deviceAddressText,
    networkOf,
    type Prefix,
    parseDeviceAddress,
    parsePrefix,
} from "../model/prefix";
import { joinList, splitList } from "../model/schema";
import { type IpCommand, ip } from "./host/command";
import type { LinkAddress } from "./link";

/** The addresses of a list on the wire; those of a state may have peers, which a person has given them. */
export const parseAddresses = (list: string): DeviceAddress[] => splitList(list).map(parseDeviceAddress);

/** Addresses on a device that are not the list's to decide, and those that are although they look so. */
export interface Standing {
    /** Put there by Address resources. */
    readonly others: readonly string[];
    /** Asked for by us before: also if they look like the kernel's own. */
    readonly asked: readonly string[];
}

export const NOTHING_STANDING: Standing = { others: [], asked: [] };

function managed(addresses: readonly LinkAddress[], wanted: readonly DeviceAddress[], { others, asked }: Standing) {
    const own = new Set([...wanted.map(deviceAddressText), ...asked]);
    return addresses.filter((address) => {
        const text = deviceAddressText(address);
        return own.has(text) || !(address.automatic || others.includes(text));
    });
}

const isSame = (one: DeviceAddress, other: DeviceAddress): boolean =>
    deviceAddressText(one) === deviceAddressText(other);

const subnet = ({ text, peer }: DeviceAddress): string => networkOf(parsePrefix(peer ?? text)).text;

/**
 * The kernel takes the one only when the other one is gone: IPv6 knows an address once, whatever its prefix length (addrconf.c),
 * IPv4 once a subnet, whatever its peer (devinet.c).
 */
export const isInTheWay = (old: DeviceAddress, one: DeviceAddress): boolean =>
    old.address === one.address && (old.family === 6 || subnet(old) === subnet(one));

const add = (place: Place, name: string, { family, text }: Prefix): IpCommand =>
    ip(place, "addr", "add", text, "dev", name, ...(family === 6 ? ["nodad"] : []));

/** IPv4 takes one with a peer away by both; IPv6 by the address alone. */
const remove = (place: Place, name: string, { family, address, text, peer }: DeviceAddress): IpCommand =>
    ip(place, "addr", "del", ...(peer && family === 4 ? [address, "peer", peer] : [text]), "dev", name);

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
    const missing = wanted.filter((one) => !now.some((address) => isSame(address, one)));
    const surplus = now.filter((address) => !wanted.some((one) => isSame(address, one)));
    const blocking = surplus.filter((old) => missing.some((one) => isInTheWay(old, one)));
    const blocked = missing.filter((one) => blocking.some((old) => isInTheWay(old, one)));
    const commands = [
        ...missing.filter((address) => !blocked.includes(address)).map((address) => add(place, name, address)),
        ...blocking.map((address) => remove(place, name, address)),
        ...blocked.map((address) => add(place, name, address)),
        ...surplus.filter((address) => !blocking.includes(address)).map((address) => remove(place, name, address)),
    ];
    const kept = now.filter((address) => !surplus.includes(address));
    const after: DeviceAddress[] = [...kept, ...missing];
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
    const now = managed(present, wanted, standing).map(deviceAddressText);
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
