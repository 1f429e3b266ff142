import { at, type Change, ip, sysctl, words } from "./drift-change";
import { deviceChanges } from "./drift-device-changes";
import { LabModel, type ModelRoute } from "./drift-model";
import { REBOOTS } from "./drift-reboot";
import { LAB } from "./reference/lab";

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
    const removed = change("route removed", [`del ${args.destination}`], { isThere: false });
    if (device === undefined) {
        const lines = [`del ${args.destination}`, `add unreachable ${args.destination} proto 157`];
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
        ...model.devices.flatMap((device, number) => deviceChanges(device, number, bridges)),
        ...model.routes.flatMap(routeChanges),
        ...otherChanges(model),
        ...REBOOTS,
    ];
}
