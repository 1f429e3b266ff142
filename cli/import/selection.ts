import { isInterfaceName } from "../../model/name";
import { HOST, type Place, placeName } from "../../model/place";
import { isAssignable } from "../../model/prefix";
import type { Inventory } from "../../provider/inventory";
import type { LinkState } from "../../provider/link";
import { isDevice } from "../../provider/namespace";
import { type Device, findPairs, type Pair } from "./pairs";

/** The devices that are taken in; and what is not, and why. */
export interface Selection {
    readonly bridges: readonly Device[];
    readonly pairs: readonly Pair[];
    readonly tunnels: readonly Device[];
    readonly told: readonly string[];
}

/** Bridges of Docker, libvirt, LXC, LXD, Podman and Kubernetes: theirs to manage. */
const MANAGED =
    /^(docker\d+|docker_gwbridge|br-[0-9a-f]{12}|virbr\d+|lxcbr\d+|lxdbr\d+|incusbr\d+|podman\d+|cni-podman\d+|cni\d+|cbr\d+)$/;

const article = (word: string): string => (/^[aeiou]/.test(word) ? `an ${word}` : `a ${word}`);

const deviceTitle = ({ place, link }: Device): string => `${placeName(place)}: ${link.name} (${article(link.kind)})`;

/** Chooses among what is there. `isWhole`: the host's own bridges, pairs and tunnels too. */
export class Selector {
    readonly #told: string[] = [];

    constructor(
        private readonly all: ReadonlyMap<Place, Inventory>,
        private readonly isWhole: boolean,
        /** Whether another stack has made it. */
        private readonly isOthers: (link: LinkState) => boolean,
    ) {}

    select(): Selection {
        const pairs = findPairs(this.all).filter((pair) => this.#isWanted(pair));
        const ends = pairs.flatMap(({ left, right }) => [left, right]);
        const vxlans = this.#all("vxlan").filter((device) => !this.#obstacle(device) && !this.#isOthersOnHost(device));
        const bridges = this.#all("bridge").filter((bridge) => this.#isTaken(bridge, ends, vxlans));
        const tunnels = vxlans.filter(({ place, link }) => {
            const isPort = bridges.some((one) => one.place === place && one.link.name === link.master);
            return place !== HOST || this.isWhole || isPort;
        });
        const taken = new Set([...ends, ...bridges, ...tunnels].map(({ link }) => link));
        for (const { place, links } of this.all.values()) {
            if (place !== HOST) this.#tellRest(place, links.filter(isDevice), taken);
            this.#tellPeculiarities(place, links, taken);
        }
        return { bridges, pairs, tunnels, told: this.#told };
    }

    #all(kind: string): Device[] {
        return [...this.all.values()].flatMap(({ place, links }) =>
            links.filter((link) => link.kind === kind).map((link) => ({ place, link })),
        );
    }

    #isWanted({ left, right }: Pair): boolean {
        if (left.place === HOST && right.place === HOST && (!this.isWhole || this.isOthers(left.link))) return false;
        const obstacles = [left, right].filter((end) => this.#obstacle(end) !== undefined);
        for (const end of obstacles.filter(({ place }) => place === HOST)) this.#leave(end, this.#obstacle(end) ?? "");
        return obstacles.length === 0;
    }

    /** On the host, where stacks meet; within a namespace that is taken in, it stands in the way. */
    #isOthersOnHost({ place, link }: Device): boolean {
        return place === HOST && this.isOthers(link);
    }

    /** Why a device cannot be in a program. */
    #obstacle({ place, link }: Device): string | undefined {
        const here = this.all.get(place);
        const extras = here?.extras.get(link.name);
        if (!isInterfaceName(link.name)) return "no program can give this name";
        const [obstacle] = extras?.obstacles ?? [];
        if (obstacle !== undefined) return `it ${obstacle}`;
        const odd = link.addresses.find((address) => !address.automatic && !isAssignable(address));
        if (odd !== undefined) return `it has the address ${odd.text}, which no program can give`;
        const master = here?.links.find(({ name }) => name === link.master);
        if (link.master !== undefined && master?.kind !== "bridge") return `it belongs to ${link.master}`;
        if (link.kind !== "vxlan") return undefined;
        if (extras?.peerNamespace !== undefined) return "it sends from another namespace";
        if (link.vxlan?.local === undefined) return "it has no address of its own (local)";
        const remote = here?.remotes.get(link.name)?.find(({ more }) => more.length > 0);
        return remote && `it sends to ${remote.address} with ${remote.more.join(" ")}`;
    }

    /** On the host only one that nothing but the program's own devices is plugged into. */
    #isTaken(bridge: Device, ends: readonly Device[], vxlans: readonly Device[]): boolean {
        const { place, link } = bridge;
        const isPort = (one: LinkState) => one.master === link.name;
        const ports = this.all.get(place)?.links.filter(isPort) ?? [];
        const isKnown = (port: LinkState) => [...ends, ...vxlans].some((one) => one.link === port);
        const plugged = ends.filter((end) => end.place === place && isPort(end.link));
        if (place !== HOST) return this.#obstacle(bridge) === undefined;
        if (plugged.length === 0 && !this.isWhole) return false;
        if (MANAGED.test(link.name) || this.isOthers(link)) {
            const whose = this.isOthers(link) ? "another stack has made it" : "another program manages it";
            if (plugged.length > 0) this.#leave(bridge, `${whose}; it is referred to by its name`);
            return false;
        }
        const foreign = ports.find((port) => !isKnown(port));
        const obstacle =
            this.#obstacle(bridge) ??
            (foreign && `${foreign.name} is plugged into it and not taken in; it is referred to by its name`);
        if (obstacle !== undefined) this.#leave(bridge, obstacle);
        return obstacle === undefined;
    }

    /** What is in a namespace that is taken in, and is not taken in itself. */
    #tellRest(place: Place, links: readonly LinkState[], taken: ReadonlySet<LinkState>): void {
        for (const link of links.filter((one) => !taken.has(one))) {
            const device = { place, link };
            const isPeerless =
                link.kind === "veth" ? "its peer is not in what is taken in" : "there is no resource for it";
            this.#leave(device, this.#obstacle(device) ?? isPeerless);
        }
    }

    #tellPeculiarities(place: Place, links: readonly LinkState[], taken: ReadonlySet<LinkState>): void {
        for (const link of links.filter((one) => taken.has(one))) {
            for (const one of this.all.get(place)?.extras.get(link.name)?.peculiarities ?? [])
                this.#told.push(`${deviceTitle({ place, link })}: it ${one}, which stays so and is not in the program`);
        }
    }

    #leave(device: Device, why: string): void {
        this.#told.push(`${deviceTitle(device)} is left alone, with its addresses and routes: ${why}`);
    }
}
