import { type NamespaceSpec, namespaceSchema } from "../model/namespace";
import { formatOwner, ownerTag, stackGroup, taggedOwner } from "../model/owner";
import { atPlace, hostPlace, machinePlace, type Place, placeName, placeOf, placeValues } from "../model/place";
import { type Command, ip } from "./host/command";
import { addNamespace, deleteNamespace } from "./host/netns";
import { netnsPath, netnsWord } from "./host/place";
import type { Query } from "./host/query";
import type { Kind } from "./kind";
import { device, foreignLink, type LinkState, linksQuery } from "./link";
import { Conflict } from "./problem";

/** What the file that should hold a namespace is; a stale one's mount is gone, and another is none. */
export type Presence = "absent" | "present" | "stale" | "other";

export const presenceQuery = (place: Place, of = ""): Query<Presence> => ({
    source: "namespace",
    place: machinePlace(place),
    ask: `${netnsPath(place)} ${of}`.trim(),
    about: place,
    read: (answer) => (answer?.split(" ").at(-1) ?? "absent") as Presence,
});

type NamespaceQueries = { presence: Query<Presence>; links: Query<readonly LinkState[]> };

interface NamespaceState {
    readonly loopback: LinkState | undefined;
    /** Everything else that is inside. */
    readonly links: readonly LinkState[];
    /** A file in /run/netns of an earlier boot, without a namespace behind it. */
    readonly stale: boolean;
}

const placeOfNamespace = ({ name, host }: NamespaceSpec): Place => placeOf({ namespace: name, host });

/** Tunnels that the kernel itself puts into every new namespace (net.core.fb_tunnels_only_for_init_net). */
const FALLBACK = /^(tunl|sit|gre|gretap|erspan|ip_vti|ip6_vti|ip6tnl|ip6gre)0$/;

/** Whether somebody has put the link there. */
export const isDevice = (link: LinkState): boolean => link.name !== "lo" && !FALLBACK.test(link.name);

function removal(place: Place, { links: all, stale }: NamespaceState, group: number): Command[] {
    const inside = all.filter(isDevice);
    const foreign = inside.find((link) => link.group !== group);
    if (foreign) {
        throw new Conflict(foreignLink("name", foreign, place), `${placeName(place)} was not deleted. Remove it`);
    }
    return deleteNamespace(place, stale, inside.length > 0 ? [ip(place, "link", "del", "group", group)] : []);
}

/** A network namespace: network_namespaces(7), ip-netns(8). */
export const namespace: Kind<NamespaceSpec, NamespaceQueries, NamespaceState> = {
    name: "Namespace",
    schema: namespaceSchema,
    identity: ["name", "host"],

    id: (spec) => atPlace(spec.name, hostPlace(placeOfNamespace(spec))),
    record: (spec) => ({ place: hostPlace(placeOfNamespace(spec)), key: spec.name }),

    queries(spec) {
        const place = placeOfNamespace(spec);
        return { presence: presenceQuery(place, "entered"), links: linksQuery(place) };
    },

    observe({ presence: found, links }, spec, { owner, mine, stale }) {
        const place = placeOfNamespace(spec);
        // A namespace has a `lo` at least, for who can enter it.
        const presence = found === "present" && links.length === 0 ? "stale" : found;
        if (presence === "absent") return { state: undefined };
        if (presence === "other") {
            return { state: undefined, foreign: { property: "name", what: `${netnsPath(place)} is in the way` } };
        }
        if (presence === "stale") {
            if (mine || stale) return { state: { loopback: undefined, links: [], stale: true } };
            const removal = netnsWord(place) === spec.name ? `ip netns del ${spec.name}` : `rm ${netnsPath(place)}`;
            const what = `a file ${netnsPath(place)} without a network namespace ("${removal}" removes it)`;
            return { state: undefined, foreign: { property: "name", what } };
        }
        const loopback = links.find((link) => link.name === "lo");
        if (loopback?.alias !== ownerTag(formatOwner(owner))) {
            const foreign = {
                property: "name",
                what: `a namespace named ${placeName(place)}`,
                owner: taggedOwner(loopback?.alias),
            };
            return { state: undefined, foreign };
        }
        return { state: { loopback, links: links.filter((link) => link !== loopback), stale: false } };
    },

    plan(state, wanted, spec, { owner }) {
        const place = placeOfNamespace(spec);
        if (!wanted) return state ? removal(place, state, stackGroup(owner)) : [];
        const add = addNamespace(place, ownerTag(formatOwner(owner)));
        if (!state) return [add];
        if (state.stale) return [...deleteNamespace(place, true), add];
        const up = wanted.loopback !== "down";
        return state.loopback?.up === up ? [] : [device(place, "lo", up ? "up" : "down")];
    },

    forgets: placeOfNamespace,

    intact: ({ stale }) => !stale,

    inputs: ({ loopback: found }, { name, host, loopback }) => ({
        name,
        ...placeValues({ host }),
        ...(found?.up ? (loopback === "up" ? { loopback } : {}) : { loopback: "down" }),
    }),
    outputs: () => ({}),
    holds: placeOfNamespace,
    disturbs: (spec) => [{ place: placeOfNamespace(spec), name: "lo" }],
};
