import { mtuMistake } from "../../model/mtu";
import { ownerTag } from "../../model/owner";
import { type Place, placeOf } from "../../model/place";
import { isLinkLocal, parseAddress, parsePrefix } from "../../model/prefix";
import { joinList, type Problem } from "../../model/schema";
import { vxlanOverhead } from "../../model/vxlan";
import { DEFAULT_MTU } from "../device";
import type { VxlanState } from "../link";
import type { Declaration, DeclaredDevice, DeclaredVxlan, Program } from "../program";
import { at, quote, resourceName, undeclaredLinks, withoutLength } from "./seen";

const LOOPBACK = "lo";

const isOpen = (unknown: readonly string[]): boolean => unknown.includes("namespace") || unknown.includes("host");

/** The MTU of a device that the program makes; a bridge without one of its own follows its smallest port. */
function declaredMtu(program: Program, { kind, name, place, mtu, isMtuOpen }: DeclaredDevice): number | undefined {
    if (isMtuOpen) return undefined;
    if (mtu !== undefined || kind !== "bridge") return mtu ?? DEFAULT_MTU;
    const ports = program.devices.in(place).filter((device) => device.kind === "veth" && device.bridge === name);
    if (ports.some((port) => port.isMtuOpen)) return undefined;
    return ports.length === 0 ? DEFAULT_MTU : Math.min(...ports.map((port) => port.mtu ?? DEFAULT_MTU));
}

/** The MTU of the device that a tunnel sends over, or that has its own address; undefined where that cannot be told. */
async function underlayMtu(program: Program, place: Place, vxlan: DeclaredVxlan): Promise<number | undefined> {
    const { local, device, isDeviceOpen } = vxlan;
    if (isDeviceOpen) return undefined;
    const declared = program.devices.in(place);
    const over = device ?? declared.find(({ addresses }) => addresses.map(withoutLength).includes(local))?.name;
    const holder = declared.find(({ name, kind }) => name === over && kind !== "existing");
    if (holder) return declaredMtu(program, holder);
    const found = (await undeclaredLinks(program, place)).find(({ name, addresses }) =>
        over === undefined ? addresses.some(({ address }) => address === local) : name === over,
    );
    return found?.name === LOOPBACK ? undefined : found?.mtu;
}

interface Room {
    /** The largest packet that the tunnel takes. */
    readonly limit: number;
    /** What its underlay leaves it; undefined where that cannot be told. */
    readonly derived: number | undefined;
    /** Where the limit comes from, for a person to read. */
    readonly reason: string;
}

async function room(program: Program, device: DeclaredDevice, vxlan: DeclaredVxlan): Promise<Room | undefined> {
    if (device.isMtuOpen) return undefined;
    const underlay = await underlayMtu(program, device.place, vxlan);
    const overhead = vxlanOverhead(vxlan.local);
    const derived = underlay === undefined ? undefined : underlay - overhead;
    const limit = device.mtu ?? derived;
    if (limit === undefined) return undefined;
    const isOwn = underlay === undefined || limit < underlay - overhead;
    const reason = isOwn
        ? `its MTU is ${limit}`
        : `its underlay has ${underlay}, of which the encapsulation takes ${overhead}`;
    return { limit, derived, reason };
}

/** A device that sends packets of its own into the network, and does not only pass on what it is given. */
const isStation = ({ kind, bridge }: DeclaredDevice): boolean => kind === "veth" && bridge === undefined;

/** What a station may send; a bridge follows its smallest port unless told otherwise. */
const sizeOf = ({ kind, mtu }: DeclaredDevice): number => mtu ?? (kind === "veth" ? DEFAULT_MTU : 0);

/**
 * A packet that does not fit the tunnel of its bridge is dropped there without a word. So the devices on the bridge
 * have an MTU that leaves room for the encapsulation.
 */
export async function frameTooLarge(program: Program, device: DeclaredDevice): Promise<Problem[]> {
    if (device.vxlan) {
        const space = await room(program, device, device.vxlan);
        if (space === undefined) return [];
        const { limit, derived = limit, reason } = space;
        if (limit > derived) {
            return [{ property: "mtu", given: String(limit), expected: `at most ${derived}`, advice: reason }];
        }
        const small = mtuMistake("mtu", limit, joinList(device.addresses));
        if (device.mtu === undefined && small.length > 0) {
            return small.map((problem) => ({ ...problem, given: `nothing, which is ${limit}`, advice: reason }));
        }
        const large = program.devices
            .on(device.segment)
            .find((one) => !one.isMtuOpen && (isStation(one) || one.kind === "bridge") && sizeOf(one) > limit);
        if (!large) return [];
        const given = quote(device.bridge ?? device.name);
        const expected = `devices on it with an MTU of at most ${limit}, which ${device.name} leaves them`;
        const advice = `${large.name} ${at(large.place)} ("${resourceName(large.owner)}") has ${sizeOf(large)}: give it mtu: ${limit}`;
        return [{ property: "bridge", given, expected, advice }];
    }
    if (device.isMtuOpen || !(isStation(device) || device.kind === "bridge")) return [];
    for (const tunnel of program.devices.tunnelsOn(device.segment)) {
        const space = tunnel.vxlan && (await room(program, tunnel, tunnel.vxlan));
        if (!space || sizeOf(device) <= space.limit) continue;
        const given = device.mtu === undefined ? `nothing, which is ${DEFAULT_MTU}` : String(device.mtu);
        const expected = `at most ${space.limit}: what it sends goes through the Vxlan "${resourceName(tunnel.owner)}"`;
        return [{ property: device.mtuProperty, given, expected, advice: space.reason }];
    }
    return [];
}

/** A tunnel's own address is one of the place it lives in. */
export async function localUnknown(program: Program, { owner, known, unknown }: Declaration): Promise<Problem[]> {
    const local = known["local"];
    // The kernel's own link-local addresses are in no list.
    if (typeof local !== "string" || isOpen(unknown) || isLinkLocal(parseAddress(local))) return [];
    const place = placeOf(known as { namespace?: string; host?: string });
    const declared = program.devices.in(place).filter((device) => !(device.kind === "vxlan" && device.owner === owner));
    const existing = await undeclaredLinks(program, place);
    const addresses = [
        ...declared.flatMap(({ name, addresses }) => addresses.map((text) => ({ name, text }))),
        ...existing.flatMap(({ name, addresses }) => addresses.map(({ text }) => ({ name, text }))),
    ];
    if (declared.some((device) => device.isOpen)) return [];
    if (addresses.some(({ text }) => withoutLength(text) === local)) return [];
    const others = addresses.filter(({ name, text }) => name !== LOOPBACK && !isLinkLocal(parsePrefix(text)));
    // An Address that is deployed is declared and there.
    const shown = [...new Set(others.map(({ name, text }) => `${text} on ${name}`))].slice(0, 4);
    const advice =
        shown.length > 0 ? `there is ${shown.join(", ")}` : "no device with an address is declared there before it";
    return [{ property: "local", given: quote(local), expected: `an address ${at(place)}`, advice }];
}

/**
 * What the kernel takes once in a place: a network identifier with its port; for IPv4 and IPv6 each, and over link-local
 * addresses once a device.
 */
function networkKey({ vni, port, local, device }: Pick<VxlanState, "vni" | "port" | "local" | "device">): string {
    const address = local === undefined ? undefined : parseAddress(local);
    return [vni, port, address?.family ?? 4, address && isLinkLocal(address) ? device : ""].join(" ");
}

export async function vniTaken(program: Program, { owner, known, unknown }: Declaration): Promise<Problem[]> {
    const { vni, name } = known as { vni?: number; name?: string };
    if (vni === undefined || isOpen(unknown)) return [];
    const place = placeOf(known as { namespace?: string; host?: string });
    const mine = program.devices.in(place).find((device) => device.owner === owner && device.vxlan)?.vxlan;
    if (mine === undefined) return [];
    const isSame = (other: VxlanState | DeclaredVxlan | undefined) =>
        other !== undefined && networkKey(other) === networkKey(mine);
    const declared = program.devices.in(place).find((other) => other.owner !== owner && isSame(other.vxlan));
    // The resource's own, under the name that it has had, makes room before it.
    const existing = (await undeclaredLinks(program, place)).find(
        (link) => link.name !== name && link.alias !== ownerTag(owner) && isSame(link.vxlan),
    );
    const taken = declared ? `"${resourceName(declared.owner)}"` : existing?.name;
    if (taken === undefined) return [];
    const expected = `a network identifier of its own ${at(place)}`;
    return [{ property: "vni", given: String(vni), expected, advice: `${taken} has it already` }];
}
