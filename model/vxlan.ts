import * as v from "valibot";
import { mtuMistake } from "./mtu";
import { placeEntries } from "./place";
import { familyOf, isLinkLocal, parseAddress } from "./prefix";
import { quote } from "./quote";
import {
    deviceName,
    flag,
    integer,
    interfaceAddresses,
    interfaceName,
    macAddress,
    mtu,
    type Problem,
    plainAddress,
    plainAddresses,
    type SpecOf,
    schema,
    splitList,
} from "./schema";

const entries = {
    ...placeEntries,
    name: interfaceName,
    vni: integer(0, 16777215, "a VXLAN network identifier"),
    local: plainAddress,
    remotes: plainAddresses,
    device: v.optional(deviceName),
    learning: v.optional(flag),
    port: v.optional(integer(1, 65535, "a UDP port")),
    bridge: v.optional(interfaceName),
    addresses: v.optional(interfaceAddresses),
    mtu: v.optional(mtu),
    macAddress: v.optional(macAddress),
    up: v.optional(flag),
};

export type VxlanSpec = SpecOf<typeof entries>;
export const vxlanSchema = schema(entries);

/** The port that IANA has assigned (RFC 7348); the kernel's own default is an older one. */
export const VXLAN_PORT = 4789;

/** Bytes that the encapsulation adds to an inner IP packet: outer IP, UDP, VXLAN, inner Ethernet (RFC 7348). */
export const vxlanOverhead = (local: string): number => (local.includes(":") ? 40 : 20) + 8 + 8 + 14;

/** A link-local address means nothing without the link (RFC 4007): the kernel refuses it, or never finds the way. */
function deviceMistake({ local, remotes = "", device }: Partial<VxlanSpec>, unknown: readonly string[]): Problem[] {
    if (device !== undefined || unknown.includes("device")) return [];
    const found = [local, ...splitList(remotes)].find((one) => one !== undefined && isLinkLocal(parseAddress(one)));
    if (found === undefined) return [];
    const expected = `the device over which the link-local address ${found} is reached`;
    return [{ property: "device", given: "nothing", expected }];
}

export function vxlanMistakes(inputs: Partial<VxlanSpec>, unknown: readonly string[] = []): Problem[] {
    const { local, remotes = "", mtu: size, addresses } = inputs;
    const problems = [...mtuMistake("mtu", size, addresses), ...deviceMistake(inputs, unknown)];
    if (local === undefined) return problems;
    for (const remote of splitList(remotes)) {
        const given = quote(remote);
        if (remote === local) {
            problems.push({ property: "remotes", given, expected: "other hosts' addresses: this is local's" });
        } else if (familyOf(remote) !== familyOf(local)) {
            const expected = `an IPv${familyOf(local)} address like local's, ${local}`;
            problems.push({ property: "remotes", given, expected });
        }
    }
    return problems;
}
