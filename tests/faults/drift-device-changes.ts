import { at, type Change, ip } from "./drift-change";
import type { LabModel, ModelDevice } from "./drift-model";

interface DeviceChange {
    readonly kind: string;
    readonly what: string;
    readonly lines: readonly string[];
    readonly isPossible?: (device: ModelDevice, model: LabModel) => boolean;
    readonly happen: (device: ModelDevice, model: LabModel) => void;
}

/** Under the name that it was given by the program. */
const isAtHand = ({ isThere, name, shownName }: ModelDevice): boolean => isThere && shownName === name;

/** Done to a device: what it is then is looked up in the model of the case. */
function toDevice({ resource, side, namespace, name }: ModelDevice, change: DeviceChange): Change {
    const deviceIn = (model: LabModel) => model.device(resource, side);
    return {
        kind: change.kind,
        what: `${at(namespace, name)}: ${change.what}`,
        commands: change.lines.map((line) => ip(namespace, line)),
        isPossible: (model) => isAtHand(deviceIn(model)) && (change.isPossible?.(deviceIn(model), model) ?? true),
        happen: (model) => change.happen(deviceIn(model), model),
    };
}

const canHaveIpv6 = ({ isUp, mtu = 1500 }: ModelDevice): boolean => isUp && mtu >= 1280;

function addressChanges(device: ModelDevice, number: number): readonly Change[] {
    if (device.args.addresses === undefined) return [];
    const { name, ipv4, ipv6 } = device;
    const near = ipv4[0]?.replace(/\.\d+\//, `.${70 + number}/`) ?? "10.77.1.1/24";
    const added = [near, `10.77.${number}.1/24`, `fd77:${number + 1}::1/64`];
    return [
        ...[...ipv4, ...ipv6].map((address) =>
            toDevice(device, {
                kind: "address removed",
                what: `${address} removed`,
                lines: [`address del ${address} dev ${name}`],
                isPossible: (found) => [...found.ipv4, ...found.ipv6].includes(address),
                happen: (found, model) => model.removeAddress(found, address),
            }),
        ),
        ...added.map((address) =>
            toDevice(device, {
                kind: "address added",
                what: `${address} added`,
                lines: [`address add ${address} dev ${name}${address.includes(":") ? " nodad" : ""}`],
                isPossible: (found) => !address.includes(":") || canHaveIpv6(found),
                happen: (found, model) => model.addAddress(found, address),
            }),
        ),
        toDevice(device, {
            kind: "addresses removed",
            what: "all addresses removed",
            lines: [`address flush dev ${name} scope global`],
            isPossible: (found) => found.ipv4.length > 0,
            happen: (found, model) => {
                for (const address of [...found.ipv4, ...found.ipv6]) model.removeAddress(found, address);
            },
        }),
    ];
}

/** MTU and MAC address are looked at where the program says something of them, or the MTU is too small for IPv6 that it wants. */
function linkChanges(device: ModelDevice): readonly Change[] {
    const { name, mtu, macAddress, ipv6 } = device;
    return [
        toDevice(device, {
            kind: "link down",
            what: "set down",
            lines: [`link set dev ${name} down`],
            isPossible: ({ isUp }) => isUp,
            happen: (found, model) => model.setDown(found),
        }),
        toDevice(device, {
            kind: "link renamed",
            what: "renamed",
            lines: [`link set dev ${name} down`, `link set dev ${name} name ${name}x`, `link set dev ${name}x up`],
            happen: (found, model) => model.rename(found, `${name}x`),
        }),
        toDevice(device, {
            kind: "link deleted",
            what: "deleted",
            lines: [`link del dev ${name}`],
            happen: (found, model) => model.removeLink(found),
        }),
        ...(mtu === undefined ? [1000].filter(() => ipv6.length > 0) : [1300, 1000, 9000]).map((size) =>
            toDevice(device, {
                kind: "MTU",
                what: `MTU ${size}`,
                lines: [`link set dev ${name} mtu ${size}`],
                // One that comes back from below finds an IPv6 of the kernel's own making.
                isPossible: (found) => (found.mtu ?? 1500) >= 1280,
                happen: (found, model) => model.setMtu(found, size),
            }),
        ),
        ...(macAddress === undefined ? [] : ["02:00:00:00:99:01", "02:00:00:00:99:02"]).map((address) =>
            toDevice(device, {
                kind: "MAC address",
                what: `MAC address ${address}`,
                lines: [`link set dev ${name} address ${address}`],
                happen: (found) => {
                    found.macAddress = address;
                },
            }),
        ),
    ];
}

function bridgeChanges(device: ModelDevice, bridges: readonly ModelDevice[]): readonly Change[] {
    const { name, stp, isBridge } = device;
    if (isBridge) {
        const turned = toDevice(device, {
            kind: "STP",
            what: `STP ${stp ? "off" : "on"}`,
            lines: [`link set dev ${name} type bridge stp_state ${stp ? 0 : 1}`],
            isPossible: (found) => found.stp === stp,
            happen: (found) => {
                found.stp = !stp;
            },
        });
        return [turned];
    }
    if (device.bridge === undefined) return [];
    const taken = toDevice(device, {
        kind: "port taken",
        what: "taken from its bridge",
        lines: [`link set dev ${name} nomaster`],
        isPossible: ({ bridge }) => bridge !== undefined,
        happen: (found) => {
            found.bridge = undefined;
        },
    });
    const others = bridges.filter((one) => one.namespace === device.namespace && one.name !== device.bridge);
    const moved = others.map((other) =>
        toDevice(device, {
            kind: "port moved",
            what: `moved to ${other.name}`,
            lines: [`link set dev ${name} master ${other.name}`],
            isPossible: ({ bridge }, model) => bridge !== other.name && isAtHand(model.device(other.resource, "")),
            happen: (found) => {
                found.bridge = other.name;
            },
        }),
    );
    return [taken, ...moved];
}

/** All that is done to a device, one at a time. */
export const deviceChanges = (
    device: ModelDevice,
    number: number,
    bridges: readonly ModelDevice[],
): readonly Change[] => [...linkChanges(device), ...addressChanges(device, number), ...bridgeChanges(device, bridges)];
