import { formatOwner, isStackGroup, type Owner, ownerTag } from "../model/owner";
import type { Place } from "../model/place";
import type { Machine } from "./host/machine";
import { typedAt } from "./host/place";
import type { Queries } from "./host/query";
import { foreignLink, type LinkState, linksQuery } from "./link";
import { Conflict } from "./problem";

/** Where a device is. */
interface DeviceAt {
    readonly place: Place;
    readonly name: string;
}

/** What the kernel lets live on another device, and removes with it: ip-link(8), `link DEVICE` and, of a VXLAN, `dev DEVICE`. */
const KINDS = ["vlan", "macvlan", "macvtap", "ipvlan", "ipvtap", "macsec", "vxlan"];

const isOn = (link: LinkState, device: string): boolean =>
    KINDS.includes(link.kind) && [link.peerName, link.vxlan?.device].includes(device);

/** A hub of more links than that is not read anew for each of a thousand that go from it: what was seen there is known for a while. */
const MANY = 64;
const KNOWN_MILLISECONDS = 5_000;

interface Known {
    readonly asked: number;
    readonly links: readonly LinkState[];
}

const known = new WeakMap<Machine, Map<Place, Known>>();

/** What others have put on devices that are to go, and what would go with them. */
export class Uppers {
    readonly #known: Map<Place, Known>;

    constructor(
        machine: Machine,
        private readonly owner: Owner,
        private readonly devices: readonly DeviceAt[],
    ) {
        this.#known = known.get(machine) ?? new Map();
        known.set(machine, this.#known);
    }

    /** What is to be asked beside the devices themselves. */
    get queries(): Queries {
        const open = this.devices.filter(({ place }) => !this.#isKnown(place));
        return Object.fromEntries(open.map(({ place }) => [`links ${place}`, linksQuery(place)]));
    }

    #isKnown(place: Place): boolean {
        const { asked = 0, links = [] } = this.#known.get(place) ?? {};
        return links.length > MANY && asked > Date.now() - KNOWN_MILLISECONDS;
    }

    /** Fails where there is something. */
    refuse(answers: Readonly<Record<string, unknown>>): void {
        const tag = ownerTag(formatOwner(this.owner));
        for (const { place, name } of this.devices) {
            const answer = answers[`links ${place}`] as readonly LinkState[] | undefined;
            if (answer) this.#known.set(place, { asked: Date.now(), links: answer });
            const links = answer ?? this.#known.get(place)?.links ?? [];
            // A person may have renamed it.
            const names = [name, ...links.filter(({ alias }) => alias === tag).map((link) => link.name)];
            const isOnOne = (link: LinkState) => names.some((one) => isOn(link, one));
            const upper = links.find((link) => isOnOne(link) && !isStackGroup(link.group, this.owner));
            if (!upper) continue;
            // He may take it away now: whoever tries again looks again.
            this.#known.set(place, { asked: 0, links });
            const foreign = foreignLink("name", upper, place);
            const cure = typedAt(place, `ip link del dev ${upper.name}`);
            const consequence = `${name} was not deleted: what is on it would go along. Remove it (${cure})`;
            throw new Conflict({ ...foreign, what: `${foreign.what}, which is on ${name}` }, consequence);
        }
    }
}
