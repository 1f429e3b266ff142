import { formatOwner, isStackGroup, type Owner, ownerTag } from "../model/owner";
import type { Place } from "../model/place";
import type { Machine } from "./host/machine";
import { typedAt } from "./host/place";
import type { Answers, Queries } from "./host/query";
import type { Session } from "./host/session";
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

/** What is known of the places of a machine. */
class Surroundings {
    readonly known = new Map<Place, { readonly asked: number; readonly links: readonly LinkState[] }>();
    /** Those that somebody is asking just now: whoever comes meanwhile goes by that answer. */
    readonly asking = new Map<Place, Promise<void>>();

    isKnown(place: Place): boolean {
        const { asked = 0, links = [] } = this.known.get(place) ?? {};
        return links.length > MANY && asked > Date.now() - KNOWN_MILLISECONDS;
    }
}

const surroundings = new WeakMap<Machine, Surroundings>();

/** What others have put on devices that are to go, and what would go with them. */
export class Uppers {
    readonly #around: Surroundings;

    constructor(
        machine: Machine,
        private readonly owner: Owner,
        private readonly devices: readonly DeviceAt[],
    ) {
        this.#around = surroundings.get(machine) ?? new Surroundings();
        surroundings.set(machine, this.#around);
    }

    /** Asks about the devices themselves, and with that what is in their places, as far as it is not known. */
    async askWith<Q extends Queries>(session: Session, queries: Q): Promise<Answers<Q>> {
        const { known, asking } = this.#around;
        const places = [...new Set(this.devices.map(({ place }) => place))];
        const awaited = places.flatMap((place) => asking.get(place) ?? []);
        const open = places.filter((place) => !asking.has(place) && !this.#around.isKnown(place));
        const links = Object.fromEntries(open.map((place) => [`links ${place}`, linksQuery(place)]));
        // These first: a bridge that is not there ends `ip` at once.
        const told: Promise<Readonly<Record<string, unknown>>> = session.ask({ ...links, ...queries });
        const seen = told.then(
            (answers) => this.#see(open, answers),
            () => this.#see(open, undefined),
        );
        for (const place of open) asking.set(place, seen);
        const answers = await told;
        await Promise.all([seen, ...awaited]);
        // Who was asking has had no answer.
        if (places.some((place) => !known.has(place))) return this.askWith(session, queries);
        return answers as Answers<Q>;
    }

    #see(places: readonly Place[], answers: Readonly<Record<string, unknown>> | undefined): void {
        const { known, asking } = this.#around;
        for (const place of places) {
            asking.delete(place);
            const links = answers?.[`links ${place}`] as readonly LinkState[] | undefined;
            if (links) known.set(place, { asked: Date.now(), links });
            else known.delete(place);
        }
    }

    /** Fails where there is something. */
    refuse(): void {
        const tag = ownerTag(formatOwner(this.owner));
        for (const { place, name } of this.devices) {
            const links = this.#around.known.get(place)?.links ?? [];
            // A person may have renamed it.
            const names = [name, ...links.filter(({ alias }) => alias === tag).map((link) => link.name)];
            const isOnOne = (link: LinkState) => names.some((one) => isOn(link, one));
            const upper = links.find((link) => isOnOne(link) && !isStackGroup(link.group, this.owner));
            if (!upper) continue;
            // He may take it away now: whoever tries again looks again.
            this.#around.known.set(place, { asked: 0, links });
            const foreign = foreignLink("name", upper, place);
            const cure = typedAt(place, `ip link del dev ${upper.name}`);
            const consequence = `${name} was not deleted: what is on it would go along. Remove it (${cure})`;
            throw new Conflict({ ...foreign, what: `${foreign.what}, which is on ${name}` }, consequence);
        }
    }
}
