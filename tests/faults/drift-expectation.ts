import { LabModel, type ModelDevice, text, texts } from "./drift-model";
import { type Declared, LAB } from "./reference/lab";

type Values = Readonly<Record<string, unknown>>;

/** What a refresh finds changed, by resource, where it finds anything. */
export type Findings = ReadonlyMap<string, readonly string[]>;

/** A device that has another name is known by its MAC address, and with neither it is none of ours. */
const isKnown = ({ isThere, name, shownName, args, macAddress }: ModelDevice): boolean =>
    isThere && (shownName === name || macAddress === text(args.macAddress));

/** What a refresh shows of a device: what the program says of it, and what is against a default. */
function deviceValues(device: ModelDevice): Values {
    const { args, side, isUp, stp } = device;
    const wanted = texts(args.addresses);
    const present = [...device.ipv4, ...device.ipv6];
    // Those that are wanted keep their places in the list; what somebody has added stands behind them.
    const addresses = [
        ...wanted.filter((address) => present.includes(address)),
        ...present.filter((address) => !wanted.includes(address)),
    ];
    const values = {
        name: device.shownName,
        addresses: args.addresses === undefined ? undefined : addresses.join(", "),
        bridge: args.bridge === undefined ? undefined : device.bridge,
        mtu: args.mtu === undefined ? undefined : device.mtu,
        macAddress: args.macAddress === undefined ? undefined : device.macAddress,
        up: isUp ? undefined : false,
        stp: stp || args.stp !== undefined ? stp : undefined,
    };
    const named = (key: string) => (side === "" ? key : side + key.charAt(0).toUpperCase() + key.slice(1));
    return Object.fromEntries(Object.entries(values).map(([key, value]) => [named(key), value]));
}

/** What a refresh would find of each resource; undefined is "gone". */
function valuesIn(model: LabModel, { kind, name }: Declared): Values | undefined {
    const isIt = ({ resource }: { readonly resource: string }) => resource === name;
    switch (kind) {
        case "Namespace": {
            const place = model.places.find(isIt);
            return place?.isThere ? { loopback: place.isLoopbackUp ? undefined : "down" } : undefined;
        }
        case "Bridge":
        case "VethPair":
            return linkValues(model.devices.filter(isIt));
        case "Route": {
            const route = model.routes.find(isIt);
            return route?.isThere ? { gateway: route.gateway, type: route.type } : undefined;
        }
        case "ForwardingSetting": {
            const found = model.forwardings.find(isIt);
            if (!found?.isThere) return undefined;
            const said = (key: "ipv4" | "ipv6") => (found.args[key] === undefined ? undefined : found[key]);
            return { ipv4: said("ipv4"), ipv6: said("ipv6") };
        }
        case "Address":
            return model.addresses.find(isIt)?.isThere ? {} : undefined;
        default:
            throw new Error(`There is no rule for a ${kind}.`);
    }
}

/** Half a pair is none. */
const linkValues = (devices: readonly ModelDevice[]): Values | undefined =>
    devices.every(isKnown) ? Object.assign({}, ...devices.map(deviceValues)) : undefined;

function linesOf(before: Values, after: Values | undefined): readonly string[] {
    if (after === undefined) return ["gone"];
    const show = (value: unknown): string => (value === undefined ? "(absent)" : String(value));
    return Object.keys(before)
        .sort()
        .filter((key) => before[key] !== after[key])
        .map((key) => `${key}: ${show(before[key])} → ${show(after[key])}`);
}

/** What a refresh of the lab has to show, and nothing else. */
export function expectedFindings(model: LabModel): Findings {
    const undisturbed = new LabModel(LAB);
    const found = LAB.map((declared): [string, readonly string[]] => [
        declared.name,
        linesOf(valuesIn(undisturbed, declared) ?? {}, valuesIn(model, declared)),
    ]);
    return new Map(found.filter(([, lines]) => lines.length > 0));
}
