import { type Owner, parseOwner, stackGroups } from "../model/owner";
import { hostPlace, type Place, placeOf } from "../model/place";
import { splitList } from "../model/schema";
import type { Resource } from "../model/topology/topology";
import { endOf, SIDES, type VethPairSpec } from "../model/veth-pair";
import { VXLAN_PORT, type VxlanSpec } from "../model/vxlan";
import { DeclaredDevices } from "./declared-devices";
import { joinSegments } from "./segments";

/** The inputs of a resource that are known; those that are not yet are named beside it. */
type Known = Record<string, unknown>;

/** A tunnel, as far as others have to know it. */
export interface DeclaredVxlan {
    readonly vni: number;
    readonly local: string;
    readonly port: number;
    readonly remotes: readonly string[];
    /** The device that it sends over, where one is given. */
    readonly device: string | undefined;
    readonly isDeviceOpen: boolean;
}

/** A device, or addresses on one, that the program declares. */
export interface DeclaredDevice {
    readonly owner: string;
    /** The flat inputs that name it, that have its addresses, and its MTU. */
    readonly nameProperty: string;
    readonly addressProperty: string;
    readonly mtuProperty: string;
    readonly place: Place;
    readonly name: string;
    readonly kind: "bridge" | "veth" | "vxlan" | "existing";
    readonly addresses: readonly string[];
    /** Its addresses are not known yet. */
    readonly isOpen: boolean;
    /** In bytes, as given; undefined if it is not, or not known yet. */
    readonly mtu: number | undefined;
    readonly isMtuOpen: boolean;
    /** Devices on the same layer-2 network share this. */
    readonly segment: string;
    /** The bridge whose port it is. */
    readonly bridge: string | undefined;
    /** A bridge that speaks the Spanning Tree Protocol, or may: that is not known yet. */
    readonly stp?: boolean | undefined;
    readonly vxlan?: DeclaredVxlan | undefined;
}

/** A resource under check. */
export interface Declaration {
    readonly kind: string;
    readonly owner: string;
    readonly known: Known;
    readonly unknown: readonly string[];
    /** Checks that are to say nothing of it. */
    readonly silence?: readonly string[];
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const list = (value: unknown): string[] => (typeof value === "string" ? splitList(value) : []);

function vxlanOf({ known, unknown }: Declaration): DeclaredVxlan | undefined {
    const { vni, local, port = VXLAN_PORT, remotes, device } = known as Partial<VxlanSpec>;
    if (vni === undefined || local === undefined || unknown.includes("port")) return undefined;
    return { vni, local, port, remotes: list(remotes), device, isDeviceOpen: unknown.includes("device") };
}

/** A bridge, a Vxlan, or an Address on a device. */
function single(declaration: Declaration, kind: "bridge" | "vxlan" | "existing"): DeclaredDevice[] {
    const { owner, known, unknown } = declaration;
    const [nameProperty, addressProperty] = kind === "existing" ? ["device", "address"] : ["name", "addresses"];
    const name = text(known[nameProperty]);
    if (name === undefined || unknown.includes("namespace") || unknown.includes("host")) return [];
    const place = placeOf(known as { namespace?: string; host?: string });
    const bridge = text(known["bridge"]);
    return [
        {
            owner,
            nameProperty,
            addressProperty,
            mtuProperty: "mtu",
            place,
            name,
            kind,
            addresses: list(known[addressProperty]),
            isOpen: unknown.includes(addressProperty),
            mtu: known["mtu"] as number | undefined,
            isMtuOpen: unknown.includes("mtu"),
            segment: `${place}/${bridge ?? name}`,
            bridge,
            stp: known["stp"] === true || unknown.includes("stp"),
            vxlan: kind === "vxlan" ? vxlanOf(declaration) : undefined,
        },
    ];
}

function endsOf({ owner, known, unknown }: Declaration): DeclaredDevice[] {
    const ends = SIDES.map((side) => {
        const end = endOf(known as VethPairSpec, side);
        return { ...end, place: placeOf(end) };
    });
    const bridged = ends.find(({ bridge }) => bridge !== undefined);
    const segment = bridged ? `${bridged.place}/${bridged.bridge}` : owner;
    return ends
        .filter(
            ({ side, name }) =>
                name !== undefined && !["Namespace", "Host"].some((key) => unknown.includes(side + key)),
        )
        .map(({ side, place, name, addresses, bridge, mtu }) => ({
            owner,
            nameProperty: `${side}Name`,
            addressProperty: `${side}Addresses`,
            mtuProperty: `${side}Mtu`,
            place,
            name,
            kind: "veth",
            addresses: list(addresses),
            isOpen: unknown.includes(`${side}Addresses`),
            mtu,
            isMtuOpen: unknown.includes(`${side}Mtu`),
            segment,
            bridge,
        }));
}

/** The devices that a resource declares; none where a name or a place is not known yet. */
export function devicesOf(declaration: Declaration): DeclaredDevice[] {
    if (declaration.kind === "Bridge") return single(declaration, "bridge");
    if (declaration.kind === "Vxlan") return single(declaration, "vxlan");
    if (declaration.kind === "Address") return single(declaration, "existing");
    return declaration.kind === "VethPair" ? endsOf(declaration) : [];
}

/**
 * What the program has declared so far, as the checks of one operation have seen it: the engine shows a provider one
 * resource at a time, and some mistakes lie between two.
 */
export class Program {
    /** Namespaces and simulated hosts, with the owner of each. */
    readonly places = new Map<Place, string>();
    /** Routes (place, destination, table, metric), with the owner of each. */
    readonly routes = new Map<string, string>();
    /** What is wanted of forwarding (place, family), by the owner of each wish. */
    readonly forwarding = new Map<string, Map<string, unknown>>();
    /** Kinds and owners of all that has been checked: what is not among them is not declared, or not yet. */
    readonly checked = new Set<string>();
    /** The groups of this stack's links, and of those under its former name while it is being renamed. */
    readonly #groups = new Set<number>();
    readonly devices = new DeclaredDevices();
    readonly #resources = new Map<string, Resource>();
    #segments: ReadonlyMap<string, string> | undefined;

    own(owner: Owner): void {
        for (const group of stackGroups(owner)) this.#groups.add(group);
    }

    /** Whether a link of that group is the stack's. */
    isOwn(group: number): boolean {
        return this.#groups.has(group);
    }

    /** A resource that is checked again (for its replacement, say) takes the place of its earlier self. */
    declare({ kind, owner, known }: Declaration, devices: readonly DeclaredDevice[]): void {
        this.#resources.set(`${kind} ${owner}`, { kind, name: parseOwner(owner).name, inputs: known });
        if (devices.length === 0) return;
        this.devices.set(`${kind} ${owner}`, devices);
        if (devices.some((device) => device.kind === "vxlan")) this.#segments = undefined;
    }

    /** Everywhere that the program has anything, the own namespaces of its hosts too. */
    get everywhere(): readonly Place[] {
        const places = [...this.places.keys(), ...this.devices.all.map(({ place }) => place)];
        return [...new Set(places.flatMap((place) => [place, hostPlace(place)]))];
    }

    /** All that it has declared, as far as it is known. */
    get resources(): Iterable<Resource> {
        return this.#resources.values();
    }

    /** The layer-2 network of a device, across tunnels: the same text for all that are on it. */
    segmentOf({ segment }: DeclaredDevice): string {
        this.#segments ??= joinSegments(this.devices.all);
        return this.#segments.get(segment) ?? segment;
    }
}
