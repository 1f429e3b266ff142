import { deviceValues, isKnown, LabModel, type ModelDevice } from "./drift-model";
import { type Declared, LAB } from "./reference/lab";

type Values = Readonly<Record<string, unknown>>;

/** What a refresh finds changed, by resource, where it finds anything. */
export type Findings = ReadonlyMap<string, readonly string[]>;

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
