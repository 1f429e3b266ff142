import { type Declared, declare } from "../faults/reference/lab";
import { devicesOf, type Editor, isNeeded, type Lab, portsOf, routesOver, tunnelsOver, without } from "./edit";
import { newDestination } from "./edit-settings";

/** Whether anything stands on it. */
function isNeeding(lab: Lab, { kind, name, args }: Declared): boolean {
    if (kind === "Namespace") return true;
    if (kind === "Address") {
        const device = { resource: { kind, name, args }, side: "" as const, args, place: args.namespace };
        return isNeeded(lab, { ...device, name: String(args.device), addresses: [] }, String(args.address));
    }
    return devicesOf(lab)
        .filter(({ resource }) => resource.name === name)
        .some(
            (device) =>
                routesOver(lab, device).length > 0 ||
                tunnelsOver(lab, device).some((tunnel) => tunnel.name !== name) ||
                portsOf(lab, device).length > 0 ||
                device.addresses.some((address) => isNeeded(lab, device, address)),
        );
}

const removed: Editor = (lab, chance) => {
    const one = chance.pick(lab.filter((candidate) => !isNeeding(lab, candidate)));
    return one && { what: `${one.name} removed`, target: one.name, lab: without(lab, one.name) };
};

/** Gets another name in the program, and keeps its object: a rename that Pulumi sees as one made and one removed. */
const succeeded: Editor = (lab, chance) => {
    const links = lab.filter(({ kind }) => ["Bridge", "VethPair", "Route", "Address"].includes(kind));
    const one = chance.pick(links.filter((candidate) => candidate.args.persist === undefined));
    const name = `heir${chance.fresh()}`;
    return (
        one && {
            what: `${one.name} called ${name} in the program`,
            target: name,
            lab: lab.map((candidate) => (candidate === one ? { ...one, name } : candidate)),
        }
    );
};

const placesOf = (lab: Lab): readonly unknown[] => [
    undefined,
    ...lab.filter(({ kind }) => kind === "Namespace").map(({ args }) => args.name),
];

const added = (lab: Lab, one: Declared) => ({ what: `${one.name} added`, target: one.name, lab: [...lab, one] });

const pairAdded: Editor = (lab, chance) => {
    const number = chance.fresh();
    const end = (side: string, host: number) => ({
        namespace: chance.pick(placesOf(lab)),
        name: `new${number}-${side}`,
        addresses: [`172.17.${number}.${host}/24`, `fc00:${number}::${host}/64`],
    });
    return added(lab, declare("VethPair", `new${number}`, { left: end("l", 1), right: end("r", 2) }));
};

const bridgeAdded: Editor = (lab, chance) => {
    const number = chance.fresh();
    const args = { namespace: chance.pick(placesOf(lab)), name: `new${number}`, addresses: [`172.18.${number}.1/24`] };
    return added(lab, declare("Bridge", `new${number}`, args));
};

const routeAdded: Editor = (lab, chance) => {
    const number = chance.fresh();
    const destination = newDestination(chance, chance.below(2) === 0);
    const args = { namespace: chance.pick(placesOf(lab)), destination, type: "unreachable", metric: 3000 + number };
    return added(lab, declare("Route", `new${number}`, args));
};

const addressAdded: Editor = (lab, chance) => {
    const number = chance.fresh();
    const args = { namespace: chance.pick(placesOf(lab)), device: "lo", address: `172.19.${number}.1/32` };
    return added(lab, declare("Address", `new${number}`, args));
};

const forwardingAdded: Editor = (lab, chance) => {
    const has = (place: unknown) =>
        lab.some(({ kind, args }) => kind === "ForwardingSetting" && args.namespace === place);
    const free = placesOf(lab).filter((place) => !has(place));
    if (free.length === 0) return undefined;
    const args = { namespace: chance.pick(free), ipv4: true, ipv6: chance.below(2) === 0 };
    return added(lab, declare("ForwardingSetting", `new${chance.fresh()}`, args));
};

const namespaceAdded: Editor = (lab, chance) => {
    const name = `new${chance.fresh()}`;
    return added(lab, declare("Namespace", name, { name }));
};

export const resourceEditors: readonly Editor[] = [
    removed,
    removed,
    removed,
    succeeded,
    pairAdded,
    bridgeAdded,
    routeAdded,
    addressAdded,
    forwardingAdded,
    namespaceAdded,
];
