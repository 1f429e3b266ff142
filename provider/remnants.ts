import { formatOwner, type Owner, parseOwner, sameStack } from "../model/owner";
import { type Place, placeOf } from "../model/place";
import { ask, machineNames } from "./host/machines";
import { RUN } from "./host/place";
import type { Query } from "./host/query";
import * as kinds from "./index";
import { bootQuery, type FlatSpec, parseRecordLines } from "./record";

/** Something that the records of a machine say a stack has made there. */
export interface Remnant {
    readonly owner: Owner;
    /** `VethPair` */
    readonly kind: string;
    readonly spec: FlatSpec;
}

/** The kinds that leave records; what stands on others goes before them. */
const factories: Readonly<Record<string, (owner: string) => kinds.Provider>> = {
    Route: kinds.route,
    Address: kinds.address,
    ForwardingSetting: kinds.forwardingSetting,
    Vxlan: kinds.vxlan,
    VethPair: kinds.vethPair,
    Bridge: kinds.bridge,
    Namespace: kinds.namespace,
    SimulatedHost: kinds.simulatedHost,
};
const ORDER = Object.keys(factories);

/** The records of a machine itself, and of simulated hosts, up to two within one another. */
const PATTERNS = ["", "hosts/*/records/", "hosts/*/hosts/*/records/", "hosts/*/hosts/*/hosts/*/records/"].map(
    (folder) => `${RUN}/${folder}*/*.json`,
);

async function onMachine(place: Place): Promise<Remnant[]> {
    const query = (pattern: string): Query<string> => ({
        source: "files",
        place,
        ask: pattern,
        read: (answer) => answer ?? "",
    });
    const questions = Object.fromEntries(PATTERNS.map((pattern) => [pattern, query(pattern)]));
    const { boot, ...texts } = await ask(place, { ...questions, boot: bootQuery(place) });
    const records = Object.values(texts).flatMap((text) => parseRecordLines(String(text)));
    return records
        .filter((record) => record.boot === boot)
        .flatMap(({ kind, claims }) => claims.map(({ owner, spec }) => ({ owner: parseOwner(owner), kind, spec })));
}

/** All that is recorded of a stack on its machines, in the order in which it can be removed. */
export async function remnantsOf(stack: Owner): Promise<Remnant[]> {
    kinds.workFor(stack);
    const all = (await Promise.all(machineNames().map((name) => onMachine(placeOf({ host: name }))))).flat();
    const rank = ({ kind }: Remnant): number => ORDER.indexOf(kind);
    const found = all.filter((one) => sameStack(one.owner, stack) && rank(one) >= 0);
    return found.toSorted((a, b) => rank(a) - rank(b));
}

/** Removes it as its resource would be, by the same path: what is not the owner's stays. */
export async function removeRemnant({ owner, kind, spec }: Remnant): Promise<void> {
    await factories[kind]?.(formatOwner(owner)).delete("", { ...spec });
}
