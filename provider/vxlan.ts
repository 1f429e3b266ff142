import * as v from "valibot";
import { atPlace, type Place, placeOf, placeValues } from "../model/place";
import { isLinkLocal, parseAddress, parsePrefix } from "../model/prefix";
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
import type { DeclaredDevice } from "./program";
import { recordsQuery, type StoredRecord, type Story } from "./record";

type VxlanQueries = {
    link: Query<LinkState | undefined>;
    underlay: Query<LinkState | undefined>;
    remotes: Query<readonly Remote[]>;
    others: Query<StoredRecord[]>;
};

/** A default destination of the forwarding table. */
export interface Remote {
    readonly address: string;
    /** What else tells it from others, in the words of bridge(8): a person may have given one a port of its own. */
    readonly more: readonly (string | number)[];
}

interface VxlanLink {
    readonly link: LinkState;
    /** To whom goes what has no known place. */
    readonly remotes: readonly Remote[];
    /** The MTU that leaves room for the encapsulation; unknown while no device has the tunnel's own address. */
    readonly derivedMtu: number | undefined;
    readonly standing: Standing;
}

/** The address under which bridge(8) keeps the destinations of what is not known: broadcasts, and MAC addresses not learned. */
export const ANYBODY = "00:00:00:00:00:00";

const forwardingJson = v.array(
    v.object({
        mac: v.string(),
        dst: v.optional(v.string()),
        port: v.optional(v.number()),
        vni: v.optional(v.number()),
        viaIf: v.optional(v.string()),
    }),
);

/** The kernel's spelling of an IPv6 address is not always ours. */
const canonical = (address: string): string => parseAddress(address).address;

export function parseRemotes(answer: string | undefined): Remote[] {
    const entries = answer === undefined ? [] : v.parse(forwardingJson, JSON.parse(answer));
    return entries.flatMap(({ mac, dst, port, vni, viaIf }) => {
        if (mac !== ANYBODY || dst === undefined) return [];
        const more = Object.entries({ port, vni, via: viaIf }).flatMap(([word, is]) =>
            is === undefined ? [] : [word, is],
        );
        return [{ address: canonical(dst), more }];
    });
}

/** Asked for one address, `ip` prints an empty object for each other one that the device has. */
function withoutEmpty(answer: string | undefined): string | undefined {
    if (!answer?.includes("{}")) return answer;
    const isEmpty = (item: object) => Object.keys(item).length === 0;
    const strip = (_: string, value: unknown) =>
        Array.isArray(value) ? value.filter((item) => !isEmpty(item)) : value;
    return JSON.stringify(JSON.parse(answer, strip));
}

const LOOPBACK = "lo";

/** The MTU that is left of the underlay's. An address on the loopback device says nothing of the way out. */
const mtuOver = (underlay: Pick<LinkState, "name" | "mtu"> | undefined, { local }: VxlanSpec): number =>
    (underlay === undefined || underlay.name === LOOPBACK ? DEFAULT_MTU : underlay.mtu) - vxlanOverhead(local);

/** The entry that a remote is to have: the kernel does not look for a link-local address on the tunnel's own device. */
function wantedRemotes({ remotes, device: over }: VxlanSpec): Remote[] {
    return splitList(remotes).map((address) => ({
        address,
        more: over !== undefined && isLinkLocal(parseAddress(address)) ? ["via", over] : [],
    }));
}

/** The forwarding entries are kept in place: those that stay are not touched. */
function remotesPlan(place: Place, name: string, present: readonly Remote[], wanted: readonly Remote[]): Command[] {
    const words = ({ address, more }: Remote) => ["dst", address, ...more];
    const line = (word: "append" | "del", remote: Remote) =>
        bridgeLine(place, "fdb", word, ANYBODY, "dev", name, ...words(remote));
    const isIn = (list: readonly Remote[], one: Remote) =>
        list.some((other) => words(other).join(" ") === words(one).join(" "));
    return [
        ...wanted.filter((one) => !isIn(present, one)).map((one) => line("append", one)),
        ...present.filter((one) => !isIn(wanted, one)).map((one) => line("del", one)),
    ];
}

/** Whether the link is the tunnel that is wanted, and not another one that a person has made of it. */
function isSameTunnel(
    { vxlan: found }: LinkState,
    { vni, local, port = VXLAN_PORT, device: over }: VxlanSpec,
): boolean {
    if (found?.local === undefined || canonical(found.local) !== local) return false;
    return found.vni === vni && found.port === port && found.device === over;
}

function creation(spec: VxlanSpec, mtu: number, { owner }: Story): Command[] {
    const place = placeOf(spec);
    const made = { ...spec, mtu };
    const words = ["type", "vxlan", "id", spec.vni, "local", spec.local, "dstport", spec.port ?? VXLAN_PORT];
    const over = spec.device === undefined ? [] : ["dev", spec.device];
    const learning = spec.learning === false ? ["nolearning"] : [];
    return [
        ip(place, "link", "add", "name", spec.name, ...identityWords(owner, made), ...words, ...over, ...learning),
        ...remotesPlan(place, spec.name, [], wantedRemotes(spec)),
        ...devicePlan(owner, place, newLink(owner, "vxlan", made), made, {}, NOTHING_STANDING),
    ];
}

/** A VXLAN tunnel: a layer-2 network over any layer-3 path. RFC 7348, ip-link(8) */
export const vxlan: Kind<VxlanSpec, VxlanQueries, VxlanLink> = {
    name: "Vxlan",
    schema: vxlanSchema,
    identity: ["namespace", "host", "name", "vni", "local", "port", "device"],
    isLink: true,
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
                parseLinks(withoutEmpty(answer)).find(({ name, addresses }) =>
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
        const derivedMtu = underlay && mtuOver(underlay, spec);
        return { state: { link, remotes, derivedMtu, standing } };
    },

    plan(state, wanted, spec, story) {
        const place = placeOf(spec);
        const removal = state ? [ip(place, "link", "del", "dev", state.link.name)] : [];
        if (!wanted) return removal;
        // What the underlay's MTU leaves is looked at when the link is there.
        if (!state || !isSameTunnel(state.link, wanted)) {
            return [...removal, ...creation(wanted, wanted.mtu ?? mtuOver(undefined, wanted), story)];
        }
        const { link, remotes, derivedMtu, standing } = state;
        const learning = wanted.learning ?? true;
        return [
            ...(link.vxlan?.learning === learning
                ? []
                : [device(place, spec.name, "type", "vxlan", learning ? "learning" : "nolearning")]),
            ...remotesPlan(place, spec.name, remotes, wantedRemotes(wanted)),
            ...devicePlan(
                story.owner,
                place,
                link,
                { ...wanted, mtu: wanted.mtu ?? derivedMtu ?? link.mtu },
                story.dropped,
                standing,
            ),
        ];
    },

    inputs({ link, remotes, derivedMtu, standing }, spec) {
        const { vni, local, port, device: over, learning } = link.vxlan ?? { ...spec, port: spec.port ?? VXLAN_PORT };
        const wanted = splitList(spec.remotes);
        // One that a person has given another port is not the one that is wanted.
        const isShown = ({ address, more }: Remote): boolean =>
            !wanted.includes(address) ||
            wantedRemotes(spec).some((one) => one.address === address && one.more.join(" ") === more.join(" "));
        // Of one that a person has renamed, the forwarding table has not been asked for.
        const present = link.name === spec.name ? remotes.filter(isShown).map(({ address }) => address) : wanted;
        // Those that are still there keep their places in the list, so that one change reads as one.
        const found = new Set([...wanted.filter((remote) => present.includes(remote)), ...present]);
        return {
            ...placeValues(spec),
            ...observedDevice(link, spec, standing),
            ...(spec.mtu === undefined && link.mtu === (derivedMtu ?? link.mtu) ? {} : { mtu: link.mtu }),
            vni,
            ...(local === undefined ? {} : { local: canonical(local) }),
            remotes: joinList([...found]),
            ...(spec.device === undefined && over === undefined ? {} : { device: over }),
            ...(spec.port === undefined && port === VXLAN_PORT ? {} : { port }),
            ...(spec.learning === undefined && learning !== false ? {} : { learning: learning !== false }),
        };
    },

    outputs: ({ link }) => ({ link: deviceOutputs(link) }),

    foresee(wanted, { underlay }, declared) {
        if (wanted.mtu !== undefined) return wanted;
        const isOver = ({ name, addresses }: DeclaredDevice) =>
            wanted.device === undefined
                ? addresses.some((text) => parsePrefix(text).address === wanted.local)
                : name === wanted.device;
        const made = declared.find((one) => one.place === placeOf(wanted) && isOver(one));
        return { ...wanted, mtu: mtuOver(made ? { name: made.name, mtu: made.mtu ?? DEFAULT_MTU } : underlay, wanted) };
    },

    disturbs: (spec) => [{ place: placeOf(spec), name: spec.name }],
};
