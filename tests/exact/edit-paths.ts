import { devicesOf, type EditableDevice, type Lab } from "./edit";
import { WITNESSES } from "./edited-lab";

/** From where to what address. */
export interface Path {
    readonly from: string;
    readonly to: string;
}

const neighbour = (address: string): boolean => /^\d.*\/24$/.test(address);
const subnet = (address: string): string => address.replace(/\.\d+\/24$/, "");

/** The ends of a pair that are up, in two namespaces, in one subnet. */
function pathOver(ends: readonly EditableDevice[]): Path | undefined {
    const [left, right] = ends;
    if (left === undefined || right === undefined || left.place === undefined || left.place === right.place) return;
    if (ends.some(({ args }) => args.up === false || args.bridge !== undefined)) return;
    const from = left.addresses.filter(neighbour).map(subnet);
    const to = right.addresses.filter(neighbour).find((address) => from.includes(subnet(address)));
    return to === undefined ? undefined : { from: String(left.place), to: to.split("/")[0] ?? "" };
}

/** A path that has nothing to do with what is shown to change: of the lab's own if it has one, or that of the witnesses. */
export function quietPath(lab: Lab, edited: Lab, shown: readonly string[]): Path {
    const changed = new Set(shown.map((change) => /^\S+ ([^:]+)/.exec(change)?.[1]));
    const places = new Set(
        [...lab, ...edited]
            .filter(({ kind, name }) => kind === "Namespace" && changed.has(name))
            .map(({ args }) => args.name),
    );
    const isQuiet = (ends: readonly EditableDevice[]): boolean => !ends.some(({ place }) => places.has(place));
    const isWitness = (name: string): boolean => WITNESSES.some((witness) => witness.name === name);
    const pairs = lab.filter(({ kind, name }) => kind === "VethPair" && !changed.has(name) && !isWitness(name));
    for (const { name } of pairs) {
        const ends = devicesOf(lab).filter(({ resource }) => resource.name === name);
        const path = isQuiet(ends) ? pathOver(ends) : undefined;
        if (path) return path;
    }
    return { from: "witness1", to: "192.0.2.2" };
}
