import * as v from "valibot";
import { atPlace, type Place, placeOf, placeValues } from "../model/place";
import { joinList, splitList } from "../model/schema";
import { VXLAN_PORT, type VxlanSpec, vxlanMistakes, vxlanOverhead, vxlanSchema } from "../model/vxlan";
import { NOTHING_STANDING, type Standing } from "./addresses";
import {
    DEFAULT_MTU,
    deviceMac,
    deviceOutputs,
    devicePlan,
    identityWords,
    newLink,
    observedDevice,
    ours,
    standingOn,
} from "./device";
import { bridgeLine, type Command, ip } from "./host/command";
import type { Query } from "./host/query";
import type { Kind } from "./kind";
import { device, foreignLink, type LinkState, linkQuery, parseLinks } from "./link";
import { recordsQuery, type StoredRecord, type Story } from "./record";

type VxlanQueries = {
    link: Query<LinkState | undefined>;
    underlay: Query<LinkState | undefined>;
    remotes: Query<readonly string[]>;
    others: Query<StoredRecord[]>;
};

interface VxlanLink {
    readonly link: LinkState;
    /** To whom goes what has no known place: the default destinations of the forwarding table. */
    readonly remotes: readonly string[];
    /** The MTU that leaves room for the encapsulation. */
    readonly derivedMtu: number;
    readonly standing: Standing;
}

/** The address under which bridge(8) keeps the destinations of what is not known: broadcasts, and MAC addresses not learned. */
const ANYBODY = "00:00:00:00:00:00";

const forwardingJson = v.array(v.object({ mac: v.string(), dst: v.optional(v.string()) }));

function parseRemotes(answer: string | undefined): string[] {
    const entries = answer === undefined ? [] : v.parse(forwardingJson, JSON.parse(answer));
    return entries.filter(({ mac }) => mac === ANYBODY).flatMap(({ dst }) => dst ?? []);
}

/** The MTU that is left of the underlay's. */
const mtuOver = (underlay: LinkState | undefined, { local }: VxlanSpec): number =>
    (underlay?.mtu ?? DEFAULT_MTU) - vxlanOverhead(local);

/** The forwarding entries are kept in place: those that stay are not touched. */
function remotesPlan(place: Place, name: string, present: readonly string[], wanted: readonly string[]): Command[] {
    const line = (word: "append" | "del", remote: string) =>
        bridgeLine(place, "fdb", word, ANYBODY, "dev", name, "dst", remote);
    return [
        ...wanted.filter((remote) => !present.includes(remote)).map((remote) => line("append", remote)),
        ...present.filter((remote) => !wanted.includes(remote)).map((remote) => line("del", remote)),
    ];
}

function creation(spec: VxlanSpec, mtu: number, { owner }: Story): Command[] {
    const place = placeOf(spec);
    const made = { ...spec, mtu };
    const words = ["type", "vxlan", "id", spec.vni, "local", spec.local, "dstport", spec.port ?? VXLAN_PORT];
    const over = spec.device === undefined ? [] : ["dev", spec.device];
    const learning = spec.learning === false ? ["nolearning"] : [];
    return [
        ip(place, "link", "add", "name", spec.name, ...identityWords(owner, made), ...words, ...over, ...learning),
        ...remotesPlan(place, spec.name, [], splitList(spec.remotes)),
        ...devicePlan(owner, place, newLink(owner, "vxlan", made), made, {}, NOTHING_STANDING),
    ];
}

/** A VXLAN tunnel: a layer-2 network over any layer-3 path. RFC 7348, ip-link(8) */
export const vxlan: Kind<VxlanSpec, VxlanQueries, VxlanLink> = {
    name: "Vxlan",
    schema: vxlanSchema,
    identity: ["namespace", "host", "name", "vni", "local", "port", "device"],
    mistakes: vxlanMistakes,

    id: (spec) => atPlace(spec.name, placeOf(spec)),
    record: (spec) => ({ place: placeOf(spec), key: spec.name }),

    queries: (spec, owner) => ({
        link: linkQuery(placeOf(spec), spec.name, { owner, macAddress: deviceMac(owner, spec) }),
        underlay: {
            source: "ip",
            place: placeOf(spec),
            ask: spec.device === undefined ? `addr show to ${spec.local}` : `addr show dev ${spec.device}`,
            survey: "addr show",
            read: (answer) =>
                parseLinks(answer).find(({ name, addresses }) =>
                    spec.device === undefined
                        ? addresses.some(({ address }) => address === spec.local)
                        : name === spec.device,
                ),
        },
        remotes: {
            source: "bridge",
            place: placeOf(spec),
            ask: `fdb show dev ${spec.name}`,
            read: parseRemotes,
        },
        others: recordsQuery(placeOf(spec), "Address", `${spec.name} `),
    }),

    observe({ link, underlay, remotes, others }, spec, story) {
        const { owner, mine } = story;
        if (!link) return { state: undefined };
        if (!ours(link, "vxlan", owner, mine !== undefined)) {
            return { state: undefined, foreign: foreignLink("name", link, placeOf(spec)) };
        }
        const standing = standingOn(others, story, "addresses");
        return { state: { link, remotes, derivedMtu: mtuOver(underlay, spec), standing } };
    },

    plan(state, wanted, spec, story) {
        const place = placeOf(spec);
        if (!wanted) return state ? [ip(place, "link", "del", "dev", spec.name)] : [];
        // What the underlay's MTU leaves is looked at when the link is there.
        if (!state) return creation(wanted, wanted.mtu ?? mtuOver(undefined, wanted), story);
        const { link, remotes, derivedMtu, standing } = state;
        const learning = wanted.learning ?? true;
        return [
            ...(link.vxlan?.learning === learning
                ? []
                : [device(place, spec.name, "type", "vxlan", learning ? "learning" : "nolearning")]),
            ...remotesPlan(place, spec.name, remotes, splitList(wanted.remotes)),
            ...devicePlan(
                story.owner,
                place,
                link,
                { ...wanted, mtu: wanted.mtu ?? derivedMtu },
                story.dropped,
                standing,
            ),
        ];
    },

    inputs({ link, remotes, derivedMtu, standing }, spec) {
        const { vni, local, port, device: over, learning } = link.vxlan ?? { ...spec, port: spec.port ?? VXLAN_PORT };
        const wanted = splitList(spec.remotes);
        // Those that are still there keep their places in the list, so that one change reads as one.
        const kept = wanted.filter((remote) => remotes.includes(remote));
        const found = [...kept, ...remotes.filter((remote) => !kept.includes(remote))];
        return {
            ...placeValues(spec),
            ...observedDevice(link, spec, standing),
            ...(spec.mtu === undefined && link.mtu === derivedMtu ? {} : { mtu: link.mtu }),
            vni,
            ...(local === undefined ? {} : { local }),
            remotes: joinList(found),
            ...(spec.device === undefined && over === undefined ? {} : { device: over }),
            ...(spec.port === undefined && port === VXLAN_PORT ? {} : { port }),
            ...(spec.learning === undefined && learning !== false ? {} : { learning: learning !== false }),
        };
    },

    outputs: ({ link }) => ({ link: deviceOutputs(link) }),
    disturbs: (spec) => [{ place: placeOf(spec), name: spec.name }],
};
