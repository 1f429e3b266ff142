import { formatOwner, type Owner, sameStack } from "../model/owner";
import { placeOf } from "../model/place";
import { type Claimed, claimsOn } from "./claims";
import { machineNames } from "./host/machines";
import * as kinds from "./index";

/** Something that the records of a machine say a stack has made there. */
export type Remnant = Claimed;

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

/** All that is recorded on the machines of a stack, whoever's it is, in the order in which it can be removed. */
export async function allRemnants(stack: Owner): Promise<Remnant[]> {
    kinds.workFor(stack);
    const all = (await Promise.all(machineNames().map((name) => claimsOn(placeOf({ host: name }))))).flat();
    const rank = ({ kind }: Remnant): number => ORDER.indexOf(kind);
    return all.filter((one) => rank(one) >= 0).toSorted((a, b) => rank(a) - rank(b));
}

/** What is recorded there of the stack itself. */
export const remnantsOf = async (stack: Owner): Promise<Remnant[]> =>
    (await allRemnants(stack)).filter(({ owner }) => sameStack(owner, stack));

/** Removes it as its resource would be, by the same path: what is not the owner's stays. */
export async function removeRemnant({ owner, kind, spec }: Remnant): Promise<void> {
    await factories[kind]?.(formatOwner(owner)).delete("", { ...spec });
}
