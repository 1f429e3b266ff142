import { splitList } from "../model/schema";
import { endOf, SIDES, type VethPairSpec } from "../model/veth-pair";
import { HOST, type Place } from "./host/command";

/** The inputs of a resource that are known; those that are not yet are named beside it. */
export type Known = Record<string, unknown>;

/** A device, or addresses on one, that the program declares. */
export interface DeclaredDevice {
    readonly owner: string;
    /** The flat input that names it, and the one that has its addresses. */
    readonly nameProperty: string;
    readonly addressProperty: string;
    readonly place: Place;
    readonly name: string;
    readonly kind: "bridge" | "veth" | "existing";
    readonly addresses: readonly string[];
    /** Devices on the same layer-2 network share this. */
    readonly segment: string;
}

/** A resource under check. */
export interface Declaration {
    readonly kind: string;
    readonly owner: string;
    readonly known: Known;
    readonly unknown: readonly string[];
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const list = (value: unknown): string[] => (typeof value === "string" ? splitList(value) : []);

/** A bridge, or an Address on a device. */
function single({ owner, known, unknown }: Declaration, kind: "bridge" | "existing"): DeclaredDevice[] {
    const [nameProperty, addressProperty] = kind === "bridge" ? ["name", "addresses"] : ["device", "address"];
    const name = text(known[nameProperty]);
    if (name === undefined || unknown.includes("namespace")) return [];
    const place = text(known["namespace"]) ?? HOST;
    const addresses = list(known[addressProperty]);
    return [{ owner, nameProperty, addressProperty, place, name, kind, addresses, segment: `${place}/${name}` }];
}

function endsOf({ owner, known, unknown }: Declaration): DeclaredDevice[] {
    const ends = SIDES.map((side) => ({ side, ...endOf(known as VethPairSpec, side) }));
    const bridged = ends.find(({ bridge }) => bridge !== undefined);
    const segment = bridged ? `${bridged.namespace ?? HOST}/${bridged.bridge}` : owner;
    return ends
        .filter(({ side, name }) => name !== undefined && !unknown.includes(`${side}Namespace`))
        .map(({ side, namespace = HOST, name, addresses }) => ({
            owner,
            nameProperty: `${side}Name`,
            addressProperty: `${side}Addresses`,
            place: namespace,
            name,
            kind: "veth",
            addresses: list(addresses),
            segment,
        }));
}

/** The devices that a resource declares; none where a name or a place is not known yet. */
export function devicesOf(declaration: Declaration): DeclaredDevice[] {
    if (declaration.kind === "Bridge") return single(declaration, "bridge");
    if (declaration.kind === "Address") return single(declaration, "existing");
    return declaration.kind === "VethPair" ? endsOf(declaration) : [];
}

/**
 * What the program has declared so far, as the checks of one operation have seen it: the engine shows a provider one
 * resource at a time, and some mistakes lie between two.
 */
export class Program {
    /** Names of namespaces, and of routes (place, destination, table, metric), with the owner of each. */
    readonly namespaces = new Map<string, string>();
    readonly routes = new Map<string, string>();
    readonly #devices = new Map<string, readonly DeclaredDevice[]>();

    /** A resource that is checked again (for its replacement, say) takes the place of its earlier self. */
    declare({ kind, owner }: Declaration, devices: readonly DeclaredDevice[]): void {
        if (devices.length > 0) this.#devices.set(`${kind} ${owner}`, devices);
    }

    get devices(): readonly DeclaredDevice[] {
        return Array.from(this.#devices.values()).flat();
    }

    devicesIn(place: Place): readonly DeclaredDevice[] {
        return this.devices.filter((device) => device.place === place);
    }
}
