import { taggedOwner } from "../../model/owner";
import { isLinkLocal, overlaps, parsePrefix } from "../../model/prefix";
import type { Problem } from "../../model/schema";
import type { DeclaredDevice, Program } from "../program";
import { isOfOne } from "./devices";
import { at, quote, resourceName, undeclaredLinks, withoutLength } from "./seen";

export function addressTaken(program: Program, device: DeclaredDevice): Problem[] {
    const isSame = (other: DeclaredDevice): boolean =>
        isOfOne(other, device) && other.addressProperty === device.addressProperty;
    const isNear = (other: DeclaredDevice): boolean =>
        program.segmentOf(other) === program.segmentOf(device) ||
        (other.place === device.place && other.name === device.name);
    for (const address of device.addresses) {
        const holders = program.devices.withAddress(withoutLength(address));
        const taken = holders.find((other) => isNear(other) && !isSame(other));
        if (!taken) continue;
        const expected = "an address that is free on its layer-2 network";
        const advice = `${taken.name} ${at(taken.place)} has it ("${resourceName(taken.owner)}")`;
        return [{ property: device.addressProperty, given: quote(address), expected, advice }];
    }
    return [];
}

/** A subnet that no device on the host has: the third byte varied. */
function freeSubnet(address: string, taken: readonly string[]): string | undefined {
    const [a, b, , host] = withoutLength(address).split(".");
    if (host === undefined || !address.endsWith("/24")) return undefined;
    const candidates = Array.from({ length: 254 }, (_, index) => `${a}.${b}.${index + 1}.0/24`);
    return candidates.find((candidate) => !taken.some((other) => overlaps(parsePrefix(candidate), parsePrefix(other))));
}

/** One subnet on two devices of a host sends replies to the wrong one: two stacks need two subnets. */
export async function subnetTaken(program: Program, device: DeclaredDevice): Promise<Problem[]> {
    if (program.places.has(device.place) || device.kind === "existing" || device.addresses.length === 0) return [];
    const others = (await undeclaredLinks(program, device.place)).filter(({ group }) => !program.isOwn(group));
    for (const address of device.addresses) {
        const prefix = parsePrefix(address);
        for (const link of others) {
            const whose = taggedOwner(link.alias);
            if (whose === undefined) continue;
            const taken = link.addresses.find((other) => !isLinkLocal(other) && overlaps(other, prefix));
            if (!taken) continue;
            const declared = program.devices.all.flatMap((other) => other.addresses);
            const used = [...declared, ...others.flatMap((other) => other.addresses.map(({ text }) => text))];
            const free = freeSubnet(address, used);
            const cure = free
                ? `; if the program takes it from its configuration: pulumi config set subnet ${free}`
                : "";
            const expected = `a subnet that is free ${at(device.place)}`;
            const advice = `${taken.text} on ${link.name} of ${whose} overlaps${cure}`;
            return [{ property: device.addressProperty, given: quote(address), expected, advice }];
        }
    }
    return [];
}
