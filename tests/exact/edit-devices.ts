import type { Editor } from "./edit";
import {
    type Chance,
    devicesOf,
    type EditableDevice,
    isNeeded,
    type Lab,
    portsOf,
    routesOver,
    titleOf,
    tunnelsOver,
    withDevice,
} from "./edit";

const edit = (lab: Lab, device: EditableDevice, word: string, patch: Readonly<Record<string, unknown>>) => ({
    what: `${word} of ${titleOf(device)}: ${JSON.stringify(Object.values(patch)[0]) ?? "dropped"}`,
    target: device.resource.name,
    lab: withDevice(lab, device, patch),
});

const isPort = ({ args }: EditableDevice): boolean => args.bridge !== undefined;
const isIpv6 = (address: string): boolean => address.includes(":");
/** Alone in its subnet, it is nobody's neighbour. */
const isSingle = (address: string): boolean => /\/(32|128)$/.test(address);

/** Another host of the same subnet; the lab's own have lower numbers, and its gateways higher ones. */
const neighbourOf = (address: string, chance: Chance): string => {
    const host = 60 + chance.fresh();
    return isIpv6(address)
        ? address.replace(/::[0-9a-f]+\//, `::${host.toString(16)}/`)
        : address.replace(/\.\d+\//, `.${host}/`);
};

const addressable = (lab: Lab): readonly EditableDevice[] => devicesOf(lab).filter((device) => !isPort(device));

const addressAdded: Editor = (lab, chance) => {
    const device = chance.pick(addressable(lab));
    if (device === undefined) return undefined;
    const near = chance.pick(device.addresses);
    const address = near === undefined ? `172.16.${chance.fresh()}.1/24` : neighbourOf(near, chance);
    const at = chance.below(device.addresses.length + 1);
    return edit(lab, device, "addresses", { addresses: device.addresses.toSpliced(at, 0, address) });
};

/** One that nothing else stands on: to be taken away, or to be another. */
function freeAddress(lab: Lab, chance: Chance) {
    const free = addressable(lab).flatMap((device) =>
        device.addresses.filter((address) => !isNeeded(lab, device, address)).map((address) => ({ device, address })),
    );
    return chance.pick(free);
}

const addressRemoved: Editor = (lab, chance) => {
    const { device, address } = freeAddress(lab, chance) ?? {};
    if (device === undefined) return undefined;
    return edit(lab, device, "addresses", { addresses: device.addresses.filter((one) => one !== address) });
};

const addressChanged: Editor = (lab, chance) => {
    const { device, address } = freeAddress(lab, chance) ?? {};
    if (device === undefined || address === undefined) return undefined;
    const another = neighbourOf(address, chance);
    return edit(lab, device, "addresses", {
        addresses: device.addresses.map((one) => (one === address ? another : one)),
    });
};

/** The order counts within a subnet of IPv4. */
const addressesReordered: Editor = (lab, chance) => {
    const subnetOf = (address: string) => address.replace(/\.\d+\/.*/, "");
    const ordered = addressable(lab).filter(({ addresses }) => {
        const subnets = addresses.filter((one) => !isIpv6(one) && !isSingle(one)).map(subnetOf);
        return new Set(subnets).size < subnets.length;
    });
    const device = chance.pick(ordered);
    return device && edit(lab, device, "addresses", { addresses: device.addresses.toReversed() });
};

/** Large enough for IPv6 everywhere, in a tunnel too. */
const MTUS = [1400, 1450, 1600, 2000];

const mtuChanged: Editor = (lab, chance) => {
    const device = chance.pick(devicesOf(lab).filter(({ resource }) => resource.kind !== "Vxlan"));
    if (device === undefined) return undefined;
    const mtu = chance.pick(MTUS.filter((one) => one !== device.args.mtu));
    return edit(lab, device, "mtu", { mtu });
};

const mtuDropped: Editor = (lab, chance) => {
    const isOther = ({ args }: EditableDevice) => args.mtu !== undefined && args.mtu !== 1500;
    const device = chance.pick(devicesOf(lab).filter((one) => one.resource.kind === "VethPair" && isOther(one)));
    return device && edit(lab, device, "mtu", { mtu: undefined });
};

const macChanged: Editor = (lab, chance) => {
    const device = chance.pick(devicesOf(lab));
    const macAddress = `02:00:00:00:02:${chance.fresh().toString(16).padStart(2, "0")}`;
    return device && edit(lab, device, "macAddress", { macAddress });
};

const macDropped: Editor = (lab, chance) => {
    const device = chance.pick(devicesOf(lab).filter(({ args }) => args.macAddress !== undefined));
    return device && edit(lab, device, "macAddress", { macAddress: undefined });
};

/** Over what is down there are no routes. */
const upChanged: Editor = (lab, chance) => {
    const free = (device: EditableDevice) =>
        device.args.up === false || (routesOver(lab, device).length === 0 && tunnelsOver(lab, device).length === 0);
    const device = chance.pick(devicesOf(lab).filter(free));
    return device && edit(lab, device, "up", { up: device.args.up === false ? undefined : false });
};

const bridgeLeft: Editor = (lab, chance) => {
    const device = chance.pick(devicesOf(lab).filter(isPort));
    return device && edit(lab, device, "bridge", { bridge: undefined });
};

/** What has no address may become the port of a bridge beside it; its other end is none, or there might be a loop. */
const bridgeJoined: Editor = (lab, chance) => {
    const all = devicesOf(lab);
    const isFree = ({ resource, addresses, args }: EditableDevice) =>
        resource.kind === "VethPair" &&
        addresses.length === 0 &&
        (args.mtu === undefined || Number(args.mtu) >= 1280) &&
        !all.some((other) => other.resource === resource && isPort(other));
    const bridgesBeside = ({ place }: EditableDevice) =>
        all.filter(({ resource, place: where }) => resource.kind === "Bridge" && where === place);
    const free = all.filter((one) => isFree(one) && routesOver(lab, one).length === 0 && bridgesBeside(one).length > 0);
    const device = chance.pick(free);
    return device && edit(lab, device, "bridge", { bridge: chance.pick(bridgesBeside(device))?.name });
};

const bridgeChanged: Editor = (lab, chance) => {
    const all = devicesOf(lab);
    const others = ({ place, args }: EditableDevice) =>
        all.filter((one) => one.resource.kind === "Bridge" && one.place === place && one.name !== args.bridge);
    const device = chance.pick(all.filter((one) => isPort(one) && others(one).length > 0));
    return device && edit(lab, device, "bridge", { bridge: chance.pick(others(device))?.name });
};

const stpChanged: Editor = (lab, chance) => {
    const bridges = devicesOf(lab).filter(({ resource }) => resource.kind === "Bridge");
    // With ports, a bridge with STP is silent for half a minute, and its carrier with it.
    const device = chance.pick(bridges.filter((one) => one.args.stp === true || portsOf(lab, one).length === 0));
    return device && edit(lab, device, "stp", { stp: device.args.stp !== true });
};

export const deviceEditors: readonly Editor[] = [
    addressAdded,
    addressRemoved,
    addressChanged,
    addressesReordered,
    mtuChanged,
    mtuDropped,
    macChanged,
    macDropped,
    upChanged,
    bridgeLeft,
    bridgeJoined,
    bridgeChanged,
    stpChanged,
];
