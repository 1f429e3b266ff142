import { formatOwner, type Owner, ownerTag, parseOwner, sameStack, stackGroup, taggedOwner } from "../model/owner";
import { atPlace, machinePlace, type Place, placeName, placeOf, placeValues } from "../model/place";
import { type SimulatedHostSpec, simulatedHostSchema } from "../model/simulated-host";
import { type Command, ip } from "./host/command";
import { addHost, deleteHost, lookIntoHost } from "./host/netns";
import { simulatedFolder } from "./host/place";
import type { Query } from "./host/query";
import type { Foreign, Kind } from "./kind";
import { device, foreignLink, type LinkState, linksQuery, parseLinks } from "./link";
import { isDevice, type Presence, presenceQuery } from "./namespace";
import { Conflict } from "./problem";

type HostQueries = {
    presence: Query<Presence>;
    links: Query<readonly LinkState[]>;
    inside: Query<readonly Inside[]>;
};

/** A namespace of the host. */
interface Inside {
    readonly place: Place;
    readonly links: readonly LinkState[];
}

interface HostState {
    readonly loopback: LinkState | undefined;
    readonly inside: readonly Inside[];
    /** A folder without a namespace: of an earlier boot, or of somebody who was killed in between. */
    readonly stale: boolean;
}

/** `local/left` is the host "left" on this machine; its own namespace. */
const placeOfHost = ({ name, host }: SimulatedHostSpec): Place => placeOf({ host: `${host ?? "local"}/${name}` });

/** `hosts/inner/netns/ns1` below the folder of a host is the place `inner/ns1` in it. */
function placeWithin(host: Place, path: string): Place {
    const [kind, name = "", ...rest] = path.split("/");
    if (kind === "net") return host;
    return kind === "hosts" ? placeWithin(`${host}${name}/`, rest.join("/")) : host + name;
}

function parseInside(host: Place, answer: string | undefined): Inside[] {
    const folder = simulatedFolder(host) ?? "";
    const lines = (answer ?? "").split("\n").filter((line) => line.startsWith(`${folder}/`) && !line.endsWith(" ?"));
    return lines.map((line) => {
        const space = line.indexOf(" ");
        return {
            place: placeWithin(host, line.slice(folder.length + 1, space)),
            links: parseLinks(line.slice(space + 1)),
        };
    });
}

/** What is in the host and does not go with it: a namespace, or a device, that this stack did not make. */
function foreignInside(inside: readonly Inside[], owner: Owner): Foreign | undefined {
    for (const { place, links } of inside) {
        const tag = taggedOwner(links.find(({ name }) => name === "lo")?.alias);
        if (tag === undefined || !sameStack(parseOwner(tag), owner)) {
            return { property: "name", what: `a namespace named ${placeName(place)}`, owner: tag };
        }
        const link = links.find((one) => isDevice(one) && one.group !== stackGroup(owner));
        if (link) return foreignLink("name", link, place);
    }
    return undefined;
}

function removal(place: Place, { inside }: HostState, owner: Owner): Command[] {
    const foreign = foreignInside(inside, owner);
    if (foreign) throw new Conflict(foreign, `${placeName(place)} was not deleted. Remove it`);
    const filled = inside.filter(({ links }) => links.some(isDevice));
    return [
        // Refused, it is left as it is.
        ...(filled.length > 0 ? [lookIntoHost(place)] : []),
        // Pairs that end outside go at once. The first one to go takes its other end along, so there may be nothing left.
        ...filled.map((one) => ({
            ...ip(one.place, "link", "del", "group", stackGroup(owner)),
            optional: true as const,
        })),
        deleteHost(place),
    ];
}

/** A machine within the machine: a network namespace that has named namespaces of its own. */
export const simulatedHost: Kind<SimulatedHostSpec, HostQueries, HostState> = {
    name: "SimulatedHost",
    schema: simulatedHostSchema,
    identity: ["name", "host"],

    id: ({ name, host }) => atPlace(name, placeOf({ host })),
    record: ({ name, host }) => ({ place: placeOf({ host }), key: name }),

    queries(spec) {
        const place = placeOfHost(spec);
        return {
            presence: presenceQuery(place, "host"),
            links: linksQuery(place),
            inside: {
                source: "inside",
                place: machinePlace(place),
                ask: simulatedFolder(place) ?? "",
                read: (answer) => parseInside(place, answer),
            },
        };
    },

    observe({ presence, links, inside }, spec, { owner, mine, stale }) {
        const place = placeOfHost(spec);
        if (presence === "absent") return { state: undefined };
        if (presence === "other") {
            return { state: undefined, foreign: { property: "name", what: `${simulatedFolder(place)} is in the way` } };
        }
        if (presence === "stale") {
            if (mine || stale) return { state: { loopback: undefined, inside, stale: true } };
            const what = `a folder ${simulatedFolder(place)} without a host (remove it if nobody needs it)`;
            return { state: undefined, foreign: { property: "name", what } };
        }
        const loopback = links.find((link) => link.name === "lo");
        if (loopback?.alias !== ownerTag(formatOwner(owner))) {
            const what = `a simulated host named ${placeName(place)}`;
            return { state: undefined, foreign: { property: "name", what, owner: taggedOwner(loopback?.alias) } };
        }
        return { state: { loopback, inside, stale: false } };
    },

    plan(state, wanted, spec, { owner }) {
        const place = placeOfHost(spec);
        if (!wanted) return state ? removal(place, state, owner) : [];
        if (!state || state.stale) return [addHost(place, ownerTag(formatOwner(owner)), state !== undefined)];
        return state.loopback?.up ? [] : [device(place, "lo", "up")];
    },

    intact: ({ stale }) => !stale,

    inputs: ({ loopback }, { name, host }) => ({
        name,
        ...placeValues({ host }),
        ...(loopback?.up ? {} : { loopback: "down" }),
    }),
    outputs: () => ({}),
    holds: placeOfHost,
    disturbs: (spec) => [{ place: placeOfHost(spec), name: "lo" }],
};
