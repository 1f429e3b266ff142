import { HOST, type Place } from "../../model/place";
import { joinList } from "../../model/schema";
import { VXLAN_PORT, vxlanOverhead } from "../../model/vxlan";
import { DEFAULT_MTU } from "../../provider/device";
import type { Inventory } from "../../provider/inventory";
import type { LinkState } from "../../provider/link";
import type { Names } from "./names";
import type { Device, Pair } from "./pairs";
import { type ResourceOf, specOf } from "./resource";

const namespaceOf = (place: Place): string | undefined => (place === HOST ? undefined : place);

/** The name of a place among those of resources. */
export const placeWord = (place: Place): string => (place === HOST ? "host" : place);

/** Inside a namespace of the program a device without a name has its resource's. */
const impliedName = (place: Place, link: LinkState, resource: string): boolean =>
    place !== HOST && link.name === resource;

/** What somebody has set: exactly these, if any. */
function addressesOf({ addresses }: LinkState): string | undefined {
    const set = addresses.filter(({ automatic }) => !automatic).map(({ text }) => text);
    return set.length === 0 ? undefined : joinList(set);
}

const common = (link: LinkState, usualMtu: number) => ({
    name: link.name,
    addresses: addressesOf(link),
    mtu: link.mtu === usualMtu ? undefined : link.mtu,
    up: link.up ? undefined : false,
});

export function toBridge(
    { place, link }: Device,
    all: ReadonlyMap<Place, Inventory>,
    names: Names,
): ResourceOf<"Bridge"> {
    const ports = all.get(place)?.links.filter(({ master }) => master === link.name) ?? [];
    const usualMtu = Math.min(...(ports.length > 0 ? ports.map(({ mtu }) => mtu) : [DEFAULT_MTU]));
    const name = names.give("Bridge", link.name, `${placeWord(place)}-${link.name}`);
    const spec = specOf({
        namespace: namespaceOf(place),
        ...common(link, usualMtu),
        stp: link.stp ? true : undefined,
    });
    return { kind: "Bridge", name, spec, implied: impliedName(place, link, name) ? ["name"] : [] };
}

export function toVethPair({ left, right }: Pair, names: Names): ResourceOf<"VethPair"> {
    const name = names.give("VethPair", left.link.name, `${placeWord(left.place)}-${left.link.name}`);
    const isTogether = left.place === right.place;
    const implied = (
        [
            ["left", left],
            ["right", right],
        ] as const
    ).filter(([side, { place, link }]) => impliedName(place, link, isTogether ? `${name}-${side}` : name));
    const [one, other] = [common(left.link, DEFAULT_MTU), common(right.link, DEFAULT_MTU)];
    const spec = specOf({
        leftNamespace: namespaceOf(left.place),
        leftName: one.name,
        leftAddresses: one.addresses,
        leftBridge: left.link.master,
        leftMtu: one.mtu,
        leftUp: one.up,
        rightNamespace: namespaceOf(right.place),
        rightName: other.name,
        rightAddresses: other.addresses,
        rightBridge: right.link.master,
        rightMtu: other.mtu,
        rightUp: other.up,
    });
    return { kind: "VethPair", name, spec, implied: implied.map(([side]) => `${side}Name`) };
}

/** The MTU that a tunnel has without a word of the program; unknown where nothing has its own address. */
function tunnelMtu({ place, link }: Device, local: string, all: ReadonlyMap<Place, Inventory>): number | undefined {
    const over = link.vxlan?.device;
    const underlay = all
        .get(place)
        ?.links.find(({ name, addresses }) =>
            over === undefined ? addresses.some(({ address }) => address === local) : name === over,
        );
    // The SDK knows one that the program gives, and says so: then this does, too.
    if (underlay === undefined || (underlay.name !== "lo" && underlay.mtu !== DEFAULT_MTU)) return undefined;
    return DEFAULT_MTU - vxlanOverhead(local);
}

export function toVxlan(device: Device, all: ReadonlyMap<Place, Inventory>, names: Names): ResourceOf<"Vxlan"> {
    const { place, link } = device;
    const { vni = 0, local = "", port, device: over, learning } = link.vxlan ?? {};
    const name = names.give("Vxlan", link.name, `${placeWord(place)}-${link.name}`);
    const remotes = all.get(place)?.remotes.get(link.name) ?? [];
    const spec = specOf({
        namespace: namespaceOf(place),
        ...common(link, tunnelMtu(device, local, all) ?? Number.NaN),
        vni,
        local,
        remotes: joinList(remotes.map(({ address }) => address)),
        device: over,
        learning: learning === false ? false : undefined,
        port: port === VXLAN_PORT ? undefined : port,
        bridge: link.master,
    });
    return { kind: "Vxlan", name, spec, implied: impliedName(place, link, name) ? ["name"] : [] };
}
