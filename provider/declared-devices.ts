import type { Place } from "../model/place";
import type { DeclaredDevice } from "./program";

/** Devices by something that they have. */
class Index {
    readonly #found = new Map<string, Set<DeclaredDevice>>();

    constructor(private readonly keysOf: (device: DeclaredDevice) => readonly string[]) {}

    add(device: DeclaredDevice): void {
        for (const key of this.keysOf(device)) {
            const known = this.#found.get(key);
            if (known) known.add(device);
            else this.#found.set(key, new Set([device]));
        }
    }

    remove(device: DeclaredDevice): void {
        for (const key of this.keysOf(device)) this.#found.get(key)?.delete(device);
    }

    get(key: string): readonly DeclaredDevice[] {
        return [...(this.#found.get(key) ?? [])];
    }
}

const nameKey = (place: Place, name: string): string => `${place} ${name}`;
export const withoutLength = (address: string): string => address.split("/")[0] ?? address;

/** The devices of a program, so that a check of one finds those that concern it without going through all. */
export class DeclaredDevices {
    readonly #byResource = new Map<string, readonly DeclaredDevice[]>();
    readonly #byPlace = new Index(({ place }) => [place]);
    readonly #byName = new Index(({ place, name }) => [nameKey(place, name)]);
    readonly #byAddress = new Index(({ addresses }) => addresses.map(withoutLength));
    readonly #bySegment = new Index(({ segment }) => [segment]);
    readonly #tunnels = new Index(({ segment, vxlan }) => (vxlan ? [segment] : []));

    get #indexes(): readonly Index[] {
        return [this.#byPlace, this.#byName, this.#byAddress, this.#bySegment, this.#tunnels];
    }

    /** What a resource declares, in place of what it has declared before. */
    set(resource: string, devices: readonly DeclaredDevice[]): void {
        for (const index of this.#indexes) {
            for (const device of this.#byResource.get(resource) ?? []) index.remove(device);
            for (const device of devices) index.add(device);
        }
        this.#byResource.set(resource, devices);
    }

    get all(): readonly DeclaredDevice[] {
        return Array.from(this.#byResource.values()).flat();
    }

    in(place: Place): readonly DeclaredDevice[] {
        return this.#byPlace.get(place);
    }

    named(place: Place, name: string): readonly DeclaredDevice[] {
        return this.#byName.get(nameKey(place, name));
    }

    /** Those with this address, given without the length of its prefix. */
    withAddress(address: string): readonly DeclaredDevice[] {
        return this.#byAddress.get(address);
    }

    /** Those on a layer-2 network, tunnels to others not followed. */
    on(segment: string): readonly DeclaredDevice[] {
        return this.#bySegment.get(segment);
    }

    /** The tunnels among them. */
    tunnelsOn(segment: string): readonly DeclaredDevice[] {
        return this.#tunnels.get(segment);
    }
}
