import { IPV6_MTU, mtuMistake } from "../../model/mtu";
import { placeOf } from "../../model/place";
import { parseNexthop } from "../../model/route";
import { joinList, type Problem, splitList } from "../../model/schema";
import { endOf, SIDES, type VethPairSpec } from "../../model/veth-pair";
import type { Declaration, DeclaredDevice, Program } from "../program";
import { at, linksIn, quote, resourceName } from "./seen";

/** Declared by the same resource: a name is one's own among the resources of a kind only. */
export const isOfOne = (a: DeclaredDevice, b: DeclaredDevice): boolean => a.owner === b.owner && a.kind === b.kind;

export function nameTaken(program: Program, device: DeclaredDevice): Problem[] {
    if (device.kind === "existing") return [];
    const taken = program.devices
        .named(device.place, device.name)
        .find((other) => other.kind !== "existing" && !isOfOne(other, device));
    if (!taken) return [];
    const expected = `a name of its own ${at(device.place)}`;
    const advice = `"${resourceName(taken.owner)}" has it already`;
    return [{ property: device.nameProperty, given: quote(device.name), expected, advice }];
}

/** The devices that an Address, a Route or a Vxlan names. */
function devicesNamed({ device, nexthops }: Record<string, unknown>): { property: string; name: string }[] {
    const hops = typeof nexthops === "string" ? splitList(nexthops).map(parseNexthop) : [];
    return [
        ...(typeof device === "string" ? [{ property: "device", name: device }] : []),
        ...hops.flatMap(({ device: name }) => (name === undefined ? [] : [{ property: "nexthops", name }])),
    ];
}

/** `ip` takes `if3` for the device with the number 3 where none is called so (iproute2's lib/ll_map.c). */
const numberIn = (name: string): string | undefined => /^if(\d+)$/.exec(name)?.[1];

/** An Address, a Route or a Vxlan stands on a device that exists, or that the program declares before it. */
export async function deviceUnknown(program: Program, declaration: Declaration): Promise<Problem[]> {
    const { kind, owner, known, unknown } = declaration;
    if (isOpen(unknown)) return [];
    const place = placeOf(known as { namespace?: string; host?: string });
    // A Vxlan is a device itself; a Route may have the name of a pair.
    const isItself = (device: DeclaredDevice): boolean =>
        kind === "Vxlan" && device.kind === "vxlan" && device.owner === owner;
    const isAnother = (device: DeclaredDevice): boolean => device.kind !== "existing" && !isItself(device);
    for (const { property, name } of devicesNamed(known)) {
        // A namespace that is not there yet will have it.
        if (name === "lo" && program.places.has(place)) continue;
        if (program.devices.named(place, name).some(isAnother)) continue;
        const links = await linksIn(place);
        if (links.some((link) => link.name === name)) continue;
        const declared = program.devices.in(place).filter(isAnother);
        const names = [...new Set([...declared, ...links].map((device) => device.name))].filter((one) => one !== "lo");
        const there = names.length > 0 ? `there is ${names.slice(0, 6).join(", ")}` : "there is none";
        const number = numberIn(name);
        const advice =
            number === undefined ? there : `${there}; ip would take it for the device with the number ${number}`;
        return [{ property, given: quote(name), expected: `a device ${at(place)}`, advice }];
    }
    return [];
}

/** A bridge without an MTU of its own follows its smallest port, and the kernel drops its IPv6 addresses below 1280. */
export function portTooSmall(program: Program, { place, bridge: name, mtu, mtuProperty }: DeclaredDevice): Problem[] {
    if (name === undefined) return [];
    const bridge = program.devices.named(place, name).find((device) => device.kind === "bridge");
    if (bridge === undefined || bridge.mtu !== undefined || bridge.isMtuOpen) return [];
    return mtuMistake(mtuProperty, mtu, joinList(bridge.addresses)).map((problem) => ({
        ...problem,
        expected: `at least ${IPV6_MTU}: the bridge ${name}, which follows its smallest port, has IPv6 addresses`,
        advice: "RFC 8200; or give the bridge an mtu of its own",
    }));
}

/** What has a bridge as its master must find a bridge there. */
export async function notABridge(program: Program, declaration: Declaration): Promise<Problem[]> {
    const { kind, known, unknown } = declaration;
    const ports =
        kind === "VethPair"
            ? SIDES.map((side) => ({
                  property: `${side}Bridge`,
                  places: [`${side}Namespace`, `${side}Host`],
                  ...endOf(known as VethPairSpec, side),
              }))
            : [
                  {
                      property: "bridge",
                      places: ["namespace", "host"],
                      ...(known as { namespace?: string; host?: string; bridge?: string }),
                  },
              ];
    for (const { property, places, bridge: name, namespace, host } of ports) {
        if (typeof name !== "string" || places.some((key) => unknown.includes(key))) continue;
        const place = placeOf({ namespace, host });
        const declared = program.devices.named(place, name).find((device) => device.kind !== "existing");
        if (declared?.kind === "bridge") continue;
        const found = (await linksIn(place)).find((link) => link.name === name);
        if (!declared && found?.kind === "bridge") continue;
        const is = declared?.kind ?? found?.kind;
        const advice = is ? `${name} is a ${is} there` : `there is no ${name}`;
        return [{ property, given: quote(name), expected: `a bridge ${at(place)}`, advice }];
    }
    return [];
}

const isOpen = (unknown: readonly string[]): boolean => unknown.includes("namespace") || unknown.includes("host");
