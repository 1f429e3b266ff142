import { IPV6_MTU } from "../model/mtu";
import { formatOwner, type Owner, ownerTag, removalGroup, stableMacAddress, stackGroup } from "../model/owner";
import type { Place } from "../model/place";
import { isLinkLocal } from "../model/prefix";
import { splitList } from "../model/schema";
import { addressPlan, observedAddresses, parseAddresses, type Standing } from "./addresses";
import { announcement } from "./announcement";
import { type Command, ip, setting } from "./host/command";
import { quietSettings } from "./host/quiet";
import { device, isOurs, type LinkState } from "./link";
import type { StoredRecord, Story } from "./record";

/** What is wanted of a device of ours; what is absent is not looked at. */
export interface DeviceSpec {
    /** Of a pair. */
    readonly side?: string | undefined;
    readonly name: string;
    readonly addresses?: string | undefined;
    readonly bridge?: string | undefined;
    readonly mtu?: number | undefined;
    /** What it has where none is asked for any more. */
    readonly usualMtu?: number | undefined;
    readonly macAddress?: string | undefined;
    readonly up?: boolean | undefined;
}

export const DEFAULT_MTU = 1500;

/** The MAC address that a device is made with: another one at either end of a pair, whose names may be the same. */
export const deviceMac = (
    owner: Owner,
    { side, name, macAddress }: Pick<DeviceSpec, "side" | "name" | "macAddress">,
): string => macAddress ?? stableMacAddress(formatOwner(owner), name, ...(side === undefined ? [] : [side]));

/** The words that give a new link its identity, atomically with its creation. */
export const identityWords = (owner: Owner, wanted: DeviceSpec): (string | number)[] => [
    "group",
    stackGroup(owner),
    "address",
    deviceMac(owner, wanted),
    "mtu",
    wanted.mtu ?? DEFAULT_MTU,
];

/** A link as `ip link add` leaves it, to plan the rest of its creation from. */
export const newLink = (owner: Owner, kind: string, wanted: DeviceSpec): LinkState => ({
    name: wanted.name,
    index: 0,
    kind,
    alias: undefined,
    group: stackGroup(owner),
    mtu: wanted.mtu ?? DEFAULT_MTU,
    macAddress: deviceMac(owner, wanted),
    up: false,
    carrier: false,
    master: undefined,
    peerIndex: undefined,
    stp: false,
    portState: undefined,
    addresses: [],
});

/** What stands on a device: what Address resources have put there, and what we have asked for ourselves before. */
export function standingOn(records: readonly StoredRecord[], { mine }: Story, key: string): Standing {
    const asked = [mine?.spec[key], mine?.previous?.[key]].filter((list) => typeof list === "string");
    return {
        others: records.flatMap(({ claims }) => claims.map(({ spec }) => String(spec["address"]))),
        asked: asked.flatMap(splitList),
    };
}

const hasIpv6 = ({ addresses: list }: DeviceSpec): boolean =>
    list !== undefined && parseAddresses(list).some(({ family }) => family === 6);

/** One that is not asked for is looked at only where it is too small for the IPv6 addresses that are. */
function wantedMtu(link: LinkState, wanted: DeviceSpec, dropped: Partial<DeviceSpec>): number | undefined {
    const isTooSmall = hasIpv6(wanted) && link.mtu < IPV6_MTU;
    return wanted.mtu ?? (dropped.mtu !== undefined || isTooSmall ? (wanted.usualMtu ?? DEFAULT_MTU) : undefined);
}

/** IPv6 without a link-local address finds no neighbours; a person, or an MTU too small, may have taken it away. */
const lacksLinkLocal = ({ addresses, up, carrier }: LinkState, wanted: DeviceSpec): boolean =>
    hasIpv6(wanted) && up && carrier && wanted.up !== false && !addresses.some(isLinkLocal);

/** The kernel makes it when the mode of making it changes (ip-sysctl, addr_gen_mode). */
const newLinkLocal = (place: Place, name: string): Command[] =>
    ["1", "0"].map((mode) => setting(place, `net/ipv6/conf/${name}/addr_gen_mode`, mode));

/** An MTU too small has destroyed the device's IPv6: what the kernel makes anew knows nothing of our settings. */
const newIpv6 = (place: Place, name: string): Command[] => [
    ...quietSettings(place, name),
    ip(place, "addr", "flush", "dev", name, "to", "fe80::/10"),
    ...newLinkLocal(place, name),
];

/** Brings a device of ours to what is wanted; `dropped` is what was asked for before and no longer is. */
export function devicePlan(
    owner: Owner,
    place: Place,
    link: LinkState,
    wanted: DeviceSpec,
    dropped: Partial<DeviceSpec>,
    standing: Standing,
): Command[] {
    const commands: Command[] = [];
    const { name } = wanted;
    const set = (...words: (string | number)[]) => commands.push(device(place, name, ...words));

    const tag = ownerTag(formatOwner(owner));
    // The alias comes behind them: a link that has it has had them, even if we were killed in between.
    if (link.alias !== tag) commands.push(...quietSettings(place, name), device(place, name, "alias", tag));

    // Somebody was killed who was about to remove it.
    if (link.group === removalGroup(owner)) set("group", stackGroup(owner));

    const mtu = wantedMtu(link, wanted, dropped);
    if (mtu !== undefined && link.mtu !== mtu) set("mtu", mtu);
    if (mtu !== undefined && mtu >= IPV6_MTU && link.mtu < IPV6_MTU) commands.push(...newIpv6(place, name));

    const isMacWanted = wanted.macAddress !== undefined || dropped.macAddress !== undefined;
    const mac = deviceMac(owner, wanted);
    if (isMacWanted && link.macAddress !== mac) set("address", mac);

    if (wanted.bridge !== undefined && link.master !== wanted.bridge) set("master", wanted.bridge);
    if (wanted.bridge === undefined && dropped.bridge !== undefined && link.master === dropped.bridge) set("nomaster");

    const up = wanted.up ?? true;
    if (link.up !== up) set(up ? "up" : "down");

    if (lacksLinkLocal(link, wanted)) commands.push(...newLinkLocal(place, name));

    if (wanted.addresses !== undefined) {
        commands.push(...addressPlan(place, name, link.addresses, parseAddresses(wanted.addresses), standing));
    } else if (dropped.addresses !== undefined) {
        const ours = parseAddresses(dropped.addresses).map(({ text }) => text);
        const present = link.addresses.filter(({ text }) => ours.includes(text));
        commands.push(...addressPlan(place, name, present, [], { ...standing, asked: ours }));
    }

    const isAdded = commands.some((command) => command.kind === "ip" && command.line.startsWith("addr add "));
    if (isAdded && up && link.up && link.carrier)
        commands.push(announcement(place, name, isMacWanted ? mac : link.macAddress));
    return commands;
}

/** A device's inputs as the kernel has them: those that are set, and `up` where it is not. */
export function observedDevice(link: LinkState, wanted: DeviceSpec, standing: Standing): DeviceSpec {
    return {
        name: link.name,
        ...(wanted.addresses === undefined
            ? {}
            : { addresses: observedAddresses(link.addresses, wanted.addresses, standing) }),
        ...(wanted.bridge === undefined || link.master === undefined ? {} : { bridge: link.master }),
        ...(wanted.mtu === undefined ? {} : { mtu: link.mtu }),
        ...(wanted.macAddress === undefined ? {} : { macAddress: link.macAddress }),
        ...(wanted.up === undefined && link.up ? {} : { up: link.up }),
    };
}

/** What programs can read of a device. */
export const deviceOutputs = (link: LinkState) => ({
    macAddress: link.macAddress,
    mtu: link.mtu,
    addresses: link.addresses.filter(({ automatic }) => !automatic).map(({ text }) => text),
});

/** The link if it is ours, of this kind. */
export function ours(
    link: LinkState | undefined,
    kind: string,
    owner: Owner,
    recorded: boolean,
): LinkState | undefined {
    return link && link.kind === kind && isOurs(link, owner, recorded) ? link : undefined;
}
