import {
    type Args,
    type Chance,
    devicesOf,
    type Edit,
    type EditableDevice,
    type Editor,
    hopsOf,
    type Lab,
    routesOver,
    titleOf,
    tunnelsOver,
    withDevice,
} from "./edit";

/** What the program says of places and devices, with other names for some. */
type Renaming = (place: unknown, name: unknown) => unknown;

const renamedArgs = (args: Args, rename: Renaming): Args => {
    const patch: Record<string, unknown> = {};
    for (const key of ["bridge", "device"]) if (args[key] !== undefined) patch[key] = rename(args.namespace, args[key]);
    if (args.nexthops !== undefined)
        patch.nexthops = hopsOf(args).map((hop) => ({ ...hop, device: rename(args.namespace, hop.device) }));
    for (const side of ["left", "right"])
        if (args[side] !== undefined) patch[side] = renamedArgs(Object(args[side]), rename);
    return { ...args, ...patch };
};

/** Everything that says the name of the device says the new one. */
const withReferences = (lab: Lab, rename: Renaming): Lab =>
    lab.map((one) => ({ ...one, args: renamedArgs(one.args, rename) }));

const deviceRenamed: Editor = (lab, chance) => {
    const device = chance.pick(devicesOf(lab));
    if (device === undefined) return undefined;
    const name = `dev${chance.fresh()}`;
    const rename: Renaming = (place, known) => (place === device.place && known === device.name ? name : known);
    return {
        what: `name of ${titleOf(device)}: ${name}`,
        target: device.resource.name,
        lab: withDevice(withReferences(lab, rename), device, { name }),
    };
};

/** Of two resources in one place, of whatever kinds. */
const namesSwapped: Editor = (lab, chance) => {
    const all = devicesOf(lab);
    const one = chance.pick(all);
    const other = chance.pick(all.filter(({ place, resource }) => place === one?.place && resource !== one?.resource));
    if (one === undefined || other === undefined) return undefined;
    const swap = new Map([
        [one.name, other.name],
        [other.name, one.name],
    ]);
    const rename: Renaming = (place, known) => (place === one.place ? (swap.get(String(known)) ?? known) : known);
    const renamed = withReferences(lab, rename);
    const again = (device: EditableDevice, from: Lab): EditableDevice =>
        devicesOf(from).find(({ resource, side }) => resource.name === device.resource.name && side === device.side) ??
        device;
    const half = withDevice(renamed, again(one, renamed), { name: other.name });
    return {
        what: `names of ${titleOf(one)} and ${titleOf(other)}: swapped`,
        target: one.resource.name,
        lab: withDevice(half, again(other, half), { name: one.name }),
    };
};

const placed = (args: Args, from: unknown, to: unknown): Args => {
    const patch: Record<string, unknown> = {};
    if (args.namespace === from) patch.namespace = to;
    for (const side of ["left", "right"])
        if (args[side] !== undefined) patch[side] = placed(Object(args[side]), from, to);
    return { ...args, ...patch };
};

const namespaceRenamed = (lab: Lab, chance: Chance): Edit | undefined => {
    const namespace = chance.pick(lab.filter(({ kind }) => kind === "Namespace"));
    if (namespace === undefined) return undefined;
    const name = `place${chance.fresh()}`;
    const moved = lab.map((one) => ({ ...one, args: placed(one.args, namespace.args.name, name) }));
    return {
        what: `name of ${namespace.args.name}: ${name}`,
        target: namespace.name,
        isOfPlace: true,
        lab: moved.map((one) => (one.name === namespace.name ? { ...one, args: { name } } : one)),
    };
};

/** An end over which there is nothing goes to another place. */
const endMoved: Editor = (lab, chance) => {
    const free = devicesOf(lab).filter(
        (device) =>
            device.side !== "" &&
            device.args.bridge === undefined &&
            device.addresses.length === 0 &&
            routesOver(lab, device).length === 0 &&
            tunnelsOver(lab, device).length === 0,
    );
    const device = chance.pick(free);
    const places = [undefined, ...lab.filter(({ kind }) => kind === "Namespace").map(({ args }) => args.name)];
    const others = places.filter((place) => place !== device?.place);
    if (device === undefined || others.length === 0) return undefined;
    const namespace = chance.pick(others);
    return {
        what: `place of ${titleOf(device)}: ${namespace ?? "host"}`,
        target: device.resource.name,
        isOfPlace: true,
        lab: withDevice(lab, device, { namespace }),
    };
};

export const nameEditors: readonly Editor[] = [deviceRenamed, deviceRenamed, namesSwapped, namespaceRenamed, endMoved];
