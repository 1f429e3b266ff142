import { LabModel, type ModelDevice, type ModelRoute } from "./drift-model";
import { REBOOTS } from "./drift-reboot";
import { LAB } from "./reference/lab";

/** What somebody does by hand. */
export interface Change {
    readonly what: string;
    /** Changes of one kind differ by where they are made. */
    readonly kind: string;
    /** Whether there is still what it is done to, after another one. */
    isPossible(model: LabModel): boolean;
    /** What is typed. */
    readonly commands: readonly (readonly string[])[];
    /** What becomes of the lab. */
    happen(model: LabModel): void;
}

type Namespace = string | undefined;
const words = (line: string): readonly string[] => line.split(" ").filter((word) => word !== "");
const ip = (namespace: Namespace, line: string): readonly string[] => [
    "ip",
    ...(namespace === undefined ? [] : ["-n", namespace]),
    ...words(line),
];
const sysctl = (namespace: Namespace, line: string): readonly string[] => [
    ...(namespace === undefined ? [] : ["ip", "netns", "exec", namespace]),
    ...words(`sysctl -q -w ${line}`),
];
const at = (namespace: Namespace, name: string): string =>
    `${name} ${namespace === undefined ? "on the host" : `in ${namespace}`}`;

interface DeviceChange {
    readonly kind: string;
    readonly what: string;
    readonly line: string;
    readonly isPossible?: (device: ModelDevice, model: LabModel) => boolean;
    readonly happen: (device: ModelDevice, model: LabModel) => void;
}

/** Done to a device: what it is then is looked up in the model of the case. */
function toDevice({ resource, side, namespace, name }: ModelDevice, change: DeviceChange): Change {
    const deviceIn = (model: LabModel) => model.device(resource, side);
    return {
        kind: change.kind,
        what: `${at(namespace, name)}: ${change.what}`,
        commands: [ip(namespace, change.line)],
        isPossible: (model) => deviceIn(model).isThere && (change.isPossible?.(deviceIn(model), model) ?? true),
        happen: (model) => change.happen(deviceIn(model), model),
    };
}

const canHaveIpv6 = ({ isUp, mtu = 1500 }: ModelDevice): boolean => isUp && mtu >= 1280;

function addressChanges(device: ModelDevice, number: number): readonly Change[] {
    if (device.args.addresses === undefined) return [];
    const { name, ipv4, ipv6 } = device;
    const near = ipv4[0]?.replace(/\.\d+\//, `.${70 + number}/`) ?? "10.77.1.1/24";
    const added = [near, `10.77.${number}.1/24`, `fd77:${number}::1/64`];
    return [
        ...[...ipv4, ...ipv6].map((address) =>
            toDevice(device, {
                kind: "address removed",
                what: `${address} removed`,
                line: `address del ${address} dev ${name}`,
                isPossible: (found) => [...found.ipv4, ...found.ipv6].includes(address),
                happen: (found, model) => model.removeAddress(found, address),
            }),
        ),
        ...added.map((address) =>
            toDevice(device, {
                kind: "address added",
                what: `${address} added`,
                line: `address add ${address} dev ${name}${address.includes(":") ? " nodad" : ""}`,
                isPossible: (found) => !address.includes(":") || canHaveIpv6(found),
                happen: (found, model) => model.addAddress(found, address),
            }),
        ),
        toDevice(device, {
            kind: "addresses removed",
            what: "all addresses removed",
            line: `address flush dev ${name} scope global`,
            isPossible: (found) => found.ipv4.length > 0,
            happen: (found, model) => {
                for (const address of [...found.ipv4, ...found.ipv6]) model.removeAddress(found, address);
            },
        }),
    ];
}

/** MTU and MAC address are looked at where the program says something of them. */
function linkChanges(device: ModelDevice): readonly Change[] {
    const { name, mtu, macAddress } = device;
    return [
        toDevice(device, {
            kind: "link down",
            what: "set down",
            line: `link set dev ${name} down`,
            isPossible: ({ isUp }) => isUp,
            happen: (found, model) => model.setDown(found),
        }),
        toDevice(device, {
            kind: "link deleted",
            what: "deleted",
            line: `link del dev ${name}`,
            happen: (found, model) => model.removeLink(found),
        }),
        ...(mtu === undefined ? [] : [1300, 1000, 9000]).map((size) =>
            toDevice(device, {
                kind: "MTU",
                what: `MTU ${size}`,
                line: `link set dev ${name} mtu ${size}`,
                // One that comes back from below finds an IPv6 of the kernel's own making.
                isPossible: (found) => (found.mtu ?? 1500) >= 1280,
                happen: (found, model) => model.setMtu(found, size),
            }),
        ),
        ...(macAddress === undefined ? [] : ["02:00:00:00:99:01", "02:00:00:00:99:02"]).map((address) =>
            toDevice(device, {
                kind: "MAC address",
                what: `MAC address ${address}`,
                line: `link set dev ${name} address ${address}`,
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
            line: `link set dev ${name} type bridge stp_state ${stp ? 0 : 1}`,
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
        line: `link set dev ${name} nomaster`,
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
            line: `link set dev ${name} master ${other.name}`,
            isPossible: ({ bridge }, model) => bridge !== other.name && model.device(other.resource, "").isThere,
            happen: (found) => {
                found.bridge = other.name;
            },
        }),
    );
    return [taken, ...moved];
}

function routeChanges({ resource, namespace, device, args, isIpv6 }: ModelRoute): readonly Change[] {
    const of = (model: LabModel) => model.routes.filter((one) => one.resource === resource);
    const isThere = (model: LabModel) => of(model).every((one) => one.isThere);
    const change = (kind: string, lines: readonly string[], values: Partial<ModelRoute>): Change => ({
        kind,
        what: `${at(namespace, resource)}: ${kind}`,
        commands: lines.map((line) => ip(namespace, `${isIpv6 ? "-6 " : ""}route ${line}`)),
        isPossible: isThere,
        happen: (model) => {
            for (const route of of(model)) Object.assign(route, values);
        },
    });
    const removed = change("route removed", [`del ${args.type ?? ""} ${args.destination}`], { isThere: false });
    if (device === undefined) {
        const lines = [`del ${args.type} ${args.destination}`, `add unreachable ${args.destination} proto 157`];
        return [removed, change("route of another type", lines, { type: "unreachable" })];
    }
    const gateway = String(args.gateway).replace(/\d+$/, "66");
    const replaced = change("route replaced", [`replace ${args.destination} via ${gateway} dev ${device} proto 157`], {
        gateway,
    });
    // The kernel takes a gateway that a subnet of the device holds.
    const isNear = (model: LabModel) => {
        const found = model.devices.find((one) => one.namespace === namespace && one.name === device);
        const own = new LabModel(LAB).devices.find((one) => one.namespace === namespace && one.name === device);
        const addresses = isIpv6 ? [own?.ipv6, found?.ipv6] : [own?.ipv4, found?.ipv4];
        return addresses[0]?.some((address) => addresses[1]?.includes(address)) === true;
    };
    return [removed, { ...replaced, isPossible: (model) => isThere(model) && isNear(model) }];
}

function otherChanges(model: LabModel): readonly Change[] {
    const places = model.places.flatMap(({ name }, index): Change[] => [
        {
            kind: "namespace deleted",
            what: `namespace ${name} deleted`,
            commands: [words(`ip netns del ${name}`)],
            isPossible: ({ places }) => places[index]?.isThere === true,
            happen: (now) => {
                for (const place of now.places.filter((one) => one.name === name)) now.removeNamespace(place);
            },
        },
        {
            kind: "lo down",
            what: `lo in ${name}: set down`,
            commands: [ip(name, "link set dev lo down")],
            isPossible: ({ places }) => places[index]?.isThere === true,
            happen: ({ places }) => Object.assign(places[index] ?? {}, { isLoopbackUp: false }),
        },
    ]);
    const forwardings = model.forwardings.flatMap(({ resource, namespace, args }, index) =>
        (["ipv4", "ipv6"] as const)
            .filter((key) => args[key] !== undefined)
            .map((key): Change => {
                const setting = key === "ipv4" ? "net.ipv4.ip_forward" : "net.ipv6.conf.all.forwarding";
                return {
                    kind: "forwarding off",
                    what: `${resource}: ${key} off`,
                    commands: [sysctl(namespace, `${setting}=0`)],
                    isPossible: (now) => now.forwardings[index]?.isThere === true,
                    happen: (now) => Object.assign(now.forwardings[index] ?? {}, { [key]: false }),
                };
            }),
    );
    const addresses = model.addresses.map(
        ({ resource, args }, index): Change => ({
            kind: "address removed",
            what: `${resource}: removed`,
            commands: [words(`ip address del ${args.address} dev ${args.device}`)],
            isPossible: (now) => now.addresses[index]?.isThere === true,
            happen: (now) => Object.assign(now.addresses[index] ?? {}, { isThere: false }),
        }),
    );
    return [...places, ...forwardings, ...addresses];
}

/** All that is done to the lab, one at a time. */
export function changesOf(model: LabModel): readonly Change[] {
    const bridges = model.devices.filter(({ isBridge }) => isBridge);
    return [
        ...model.devices.flatMap((device, number) => [
            ...linkChanges(device),
            ...addressChanges(device, number),
            ...bridgeChanges(device, bridges),
        ]),
        ...model.routes.flatMap(routeChanges),
        ...otherChanges(model),
        ...REBOOTS,
    ];
}
