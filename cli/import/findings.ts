import { taggedOwner } from "../../model/owner";
import { HOST, type Place, placeName } from "../../model/place";
import { endOf, SIDES } from "../../model/veth-pair";
import type { Inventory } from "../../provider/inventory";
import type { LinkState } from "../../provider/link";
import { toBridge, toVethPair, toVxlan } from "./devices";
import { Names } from "./names";
import type { Device } from "./pairs";
import { type Resource, type ResourceOf, specOf } from "./resource";
import { type DeclaredDevice, toRoutes } from "./routes";
import { Selector } from "./selection";
import { toForwarding } from "./settings";

/** What is taken in, in the order of a program; and what is not, and why, a line each. */
export interface Findings {
    readonly resources: readonly Resource[];
    readonly told: readonly string[];
}

const LOOPBACK = "lo";
const OWN_ADDRESSES = ["127.0.0.1/8", "::1/128"];

function toNamespace({ place, links }: Inventory, names: Names): ResourceOf<"Namespace"> {
    const isUp = links.find(({ name }) => name === LOOPBACK)?.up !== false;
    const loopback = isUp ? undefined : ("down" as const);
    const spec = specOf({ name: place, loopback });
    return { kind: "Namespace", name: names.give("Namespace", place), spec, implied: [] };
}

function toAddresses({ place, links }: Inventory, names: Names): ResourceOf<"Address">[] {
    const addresses = links.find(({ name }) => name === LOOPBACK)?.addresses ?? [];
    return addresses
        .filter(({ text, automatic }) => !automatic && !OWN_ADDRESSES.includes(text))
        .map(({ text }) => {
            const name = names.give("Address", `${place}-lo-${text.replace(/[/:]+/g, "-")}`);
            return { kind: "Address", name, spec: { namespace: place, device: LOOPBACK, address: text }, implied: [] };
        });
}

/** The devices of the program, as its routes see them: in its order. */
function declaredBy({ kind, spec }: Resource): DeclaredDevice[] {
    if (kind === "VethPair") {
        return SIDES.map((side) => endOf(spec, side)).map(({ namespace = HOST, name, addresses }) => ({
            place: namespace,
            name,
            addresses,
        }));
    }
    if (kind !== "Bridge" && kind !== "Vxlan") return [];
    return [{ place: spec.namespace ?? HOST, name: spec.name, addresses: spec.addresses }];
}

/** An alias that somebody has given a device gives way to the stack's mark. */
function aliases(all: Iterable<Inventory>, devices: readonly DeclaredDevice[]): string[] {
    return [...all].flatMap(({ place, links }) =>
        links
            .filter(({ name }) => (name === LOOPBACK ? place !== HOST : isDeclared(devices, place, name)))
            .filter(({ alias }) => alias !== undefined && taggedOwner(alias) === undefined)
            .map(
                ({ name, alias }) =>
                    `${placeName(place)}: the alias "${alias}" of ${name} gives way to the mark of the stack`,
            ),
    );
}

const isDeclared = (devices: readonly DeclaredDevice[], place: Place, name: string): boolean =>
    devices.some((device) => device.place === place && device.name === name);

const namesOf = (devices: readonly Device[]): string[] => devices.map(({ link }) => link.name);

/** What of all that was found becomes a program. `isWhole`: the host's own bridges, pairs and tunnels too. */
export function findResources(
    places: readonly Inventory[],
    isWhole: boolean,
    isOthers: (link: LinkState) => boolean = () => false,
): Findings {
    const all = new Map(places.map((one) => [one.place, one]));
    const names = new Names();
    const namespaces = places.filter(({ place }) => place !== HOST);
    const selection = new Selector(all, isWhole, isOthers).select();
    names.know("Bridge", namesOf(selection.bridges));
    names.know("VethPair", namesOf(selection.pairs.map(({ left }) => left)));
    names.know("Vxlan", namesOf(selection.tunnels));
    const made = [
        ...namespaces.map((one) => toNamespace(one, names)),
        ...selection.bridges.map((one) => toBridge(one, all, names)),
        ...selection.pairs.map((one) => toVethPair(one, names)),
        ...selection.tunnels.map((one) => toVxlan(one, all, names)),
        ...namespaces.flatMap((one) => toAddresses(one, names)),
    ];
    const devices = made.flatMap(declaredBy);
    const devicesOf = (place: Place) => devices.filter((device) => device.place === place);
    // Where nothing of the program has an address, whether the host forwards is nobody's business here.
    const isConcerned = (place: Place, has: (device: DeclaredDevice) => boolean) =>
        place !== HOST || devicesOf(place).some(has);
    const forwarding = places
        .filter(({ place }) => isConcerned(place, ({ addresses }) => addresses !== undefined))
        .map((one) => toForwarding(one, (name) => isDeclared(devices, one.place, name), names));
    const routes = places
        .filter(({ place }) => isConcerned(place, () => true))
        .map((one) => toRoutes(one, devicesOf(one.place), names));
    const told = [...forwarding, ...routes].flatMap((one) => one.told);
    const others = namespaces.flatMap((one) =>
        one.others.map((other) => `${placeName(one.place)}: ${other} is left alone: there is no resource for it`),
    );
    return {
        resources: [
            ...made,
            ...forwarding.flatMap(({ resources }) => resources),
            ...routes.flatMap(({ resources }) => resources),
        ],
        told: [...selection.told, ...told, ...others, ...aliases(places, devices)],
    };
}
