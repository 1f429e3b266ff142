import { placeOf } from "../../model/place";
import type { Problem } from "../../model/schema";
import { vxlanOverhead } from "../../model/vxlan";
import { DEFAULT_MTU } from "../device";
import type { Declaration, DeclaredDevice, DeclaredVxlan, Program } from "../program";
import { at, quote, resourceName, undeclaredLinks, withoutLength } from "./seen";

const isOpen = (unknown: readonly string[]): boolean => unknown.includes("namespace") || unknown.includes("host");

/** The MTU of the device that has the tunnel's own address; undefined where that cannot be told yet. */
async function underlayMtu(program: Program, { place }: DeclaredDevice, local: string): Promise<number | undefined> {
    const declared = program.devicesIn(place).filter(({ kind }) => kind !== "vxlan");
    const holder = declared.find(({ addresses }) => addresses.map(withoutLength).includes(local));
    if (holder && holder.kind !== "existing") return holder.isMtuOpen ? undefined : (holder.mtu ?? DEFAULT_MTU);
    const existing = await undeclaredLinks(program, place);
    const found = holder
        ? existing.find(({ name }) => name === holder.name)
        : existing.find(({ addresses }) => addresses.some(({ address }) => address === local));
    return found?.mtu;
}

/** The largest packet that a tunnel takes, and where that comes from. */
async function room(program: Program, device: DeclaredDevice, vxlan: DeclaredVxlan) {
    const underlay = await underlayMtu(program, device, vxlan.local);
    if (device.isMtuOpen || underlay === undefined) return undefined;
    const derived = underlay - vxlanOverhead(vxlan.local);
    return { limit: device.mtu ?? derived, derived, underlay };
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
    const near = program.devices.filter(
        ({ segment, owner, kind }) => segment === device.segment && !(owner === device.owner && kind === device.kind),
    );
    if (device.vxlan) {
        const space = await room(program, device, device.vxlan);
        if (space === undefined) return [];
        const { limit, derived, underlay } = space;
        if (limit > derived) {
            const advice = `the underlay has ${underlay}, of which the encapsulation takes ${underlay - derived}`;
            return [{ property: "mtu", given: String(limit), expected: `at most ${derived}`, advice }];
        }
        const large = near.find(
            (one) => !one.isMtuOpen && (isStation(one) || one.kind === "bridge") && sizeOf(one) > limit,
        );
        if (!large) return [];
        const given = quote(device.bridge ?? device.name);
        const expected = `devices on it with an MTU of at most ${limit}, which ${device.name} leaves them`;
        const advice = `${large.name} ${at(large.place)} ("${resourceName(large.owner)}") has ${sizeOf(large)}: give it mtu: ${limit}`;
        return [{ property: "bridge", given, expected, advice }];
    }
    if (device.isMtuOpen || !(isStation(device) || device.kind === "bridge")) return [];
    for (const tunnel of near) {
        const space = tunnel.vxlan && (await room(program, tunnel, tunnel.vxlan));
        if (!space || sizeOf(device) <= space.limit) continue;
        const given = device.mtu === undefined ? `nothing, which is ${DEFAULT_MTU}` : String(device.mtu);
        const expected = `at most ${space.limit}: what it sends goes through the Vxlan "${resourceName(tunnel.owner)}"`;
        const advice = `its underlay has ${space.underlay}, of which the encapsulation takes ${space.underlay - space.derived}`;
        return [{ property: device.mtuProperty, given, expected, advice }];
    }
    return [];
}

/** A tunnel's own address is one of the place it lives in. */
export async function localUnknown(program: Program, { known, unknown }: Declaration): Promise<Problem[]> {
    const local = known["local"];
    if (typeof local !== "string" || isOpen(unknown)) return [];
    const place = placeOf(known as { namespace?: string; host?: string });
    const declared = program.devicesIn(place);
    const existing = await undeclaredLinks(program, place);
    const addresses = [
        ...declared.flatMap(({ name, addresses }) => addresses.map((text) => ({ name, text }))),
        ...existing.flatMap(({ name, addresses }) => addresses.map(({ text }) => ({ name, text }))),
    ];
    if (declared.some((device) => device.isOpen)) return [];
    if (addresses.some(({ text }) => withoutLength(text) === local)) return [];
    const shown = addresses.filter(({ name, text }) => name !== "lo" && !text.startsWith("fe80:")).slice(0, 4);
    const advice =
        shown.length > 0
            ? `there is ${shown.map(({ name, text }) => `${text} on ${name}`).join(", ")}`
            : "no device with an address is declared there before it";
    return [{ property: "local", given: quote(local), expected: `an address ${at(place)}`, advice }];
}

/** The kernel takes one tunnel a network identifier and port in a place. */
export async function vniTaken(program: Program, { owner, known, unknown }: Declaration): Promise<Problem[]> {
    const { vni, name } = known as { vni?: number; name?: string };
    if (vni === undefined || isOpen(unknown) || unknown.includes("port")) return [];
    const place = placeOf(known as { namespace?: string; host?: string });
    const mine = program.devicesIn(place).find((device) => device.owner === owner && device.vxlan)?.vxlan;
    const isSame = (other: { vni: number; port: number } | undefined) =>
        other?.vni === vni && other.port === mine?.port;
    const declared = program.devicesIn(place).find((other) => other.owner !== owner && isSame(other.vxlan));
    const existing = (await undeclaredLinks(program, place)).find((link) => link.name !== name && isSame(link.vxlan));
    const taken = declared ? `"${resourceName(declared.owner)}"` : existing?.name;
    if (taken === undefined) return [];
    const expected = `a network identifier of its own ${at(place)}`;
    return [{ property: "vni", given: String(vni), expected, advice: `${taken} has it already` }];
}
