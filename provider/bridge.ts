import { type BridgeSpec, bridgeMistakes, bridgeSchema } from "../model/bridge";
import { mtuMistake } from "../model/mtu";
import { isStackGroup } from "../model/owner";
import { atPlace, type Place, placeOf, placeValues } from "../model/place";
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
import { type Command, ip } from "./host/command";
import { typedAt } from "./host/place";
import type { Query } from "./host/query";
import type { Kind } from "./kind";
import { device, foreignLink, type LinkState, linkQuery, parseLinks } from "./link";
import { Conflict } from "./problem";
import { recordsQuery, type StoredRecord, type Story } from "./record";

type BridgeQueries = {
    link: Query<LinkState | undefined>;
    ports: Query<readonly LinkState[]>;
    others: Query<StoredRecord[]>;
};

interface BridgeState {
    readonly link: LinkState;
    readonly ports: readonly LinkState[];
    readonly standing: Standing;
}

function creation(spec: BridgeSpec, { owner }: Story): Command[] {
    const place = placeOf(spec);
    // An MTU at creation does not stick on a bridge, nor one that it has already; one that does follows its ports no more.
    const words = identityWords(owner, spec).slice(0, -2);
    const stp = spec.stp ? ["stp_state", "1"] : [];
    const made = { ...newLink(owner, "bridge", spec), mtu: DEFAULT_MTU };
    const unstuck = spec.mtu === DEFAULT_MTU ? [device(place, spec.name, "mtu", DEFAULT_MTU - 1)] : [];
    const link = unstuck.length > 0 ? { ...made, mtu: DEFAULT_MTU - 1 } : made;
    return [
        ip(place, "link", "add", "name", spec.name, ...words, "type", "bridge", ...stp),
        ...unstuck,
        ...devicePlan(owner, place, link, spec, {}, NOTHING_STANDING),
    ];
}

const MAXIMUM_MTU = 65535;

/** An MTU that the bridge happens to have does not stick: another one first. */
function mtuPlan(link: LinkState, { mtu, ...spec }: BridgeSpec, { mine }: Story): Command[] {
    const isNew = mtu !== undefined && mine !== undefined && mine.spec["mtu"] === undefined;
    if (!isNew || link.mtu !== mtu) return [];
    const another = mtu < MAXIMUM_MTU ? mtu + 1 : mtu - 1;
    return [another, mtu].map((value) => device(placeOf(spec), link.name, "mtu", value));
}

/**
 * An MTU that is no longer asked for: the kernel has a bridge that had one follow its ports no more (br_mtu_auto_adjust), so it is what
 * they leave now. They may be about to lose a larger one of their own: then it is theirs already.
 */
function usualMtu({ ports }: BridgeState, { addresses }: BridgeSpec): number {
    const left = Math.min(DEFAULT_MTU, ...ports.map(({ mtu }) => mtu));
    return mtuMistake("mtu", left, addresses).length > 0 ? DEFAULT_MTU : left;
}

/** Turning STP off leaves a port that was listening so for half a minute; it forwards at once if it is told to. */
function stpPlan({ link, ports }: BridgeState, place: Place, stp: boolean): Command[] {
    const waiting = ports.filter(({ portState = "" }) => ["listening", "learning"].includes(portState));
    return [
        ...(link.stp === stp ? [] : [device(place, link.name, "type", "bridge", "stp_state", stp ? 1 : 0)]),
        ...(stp ? [] : waiting.map((port) => device(place, port.name, "type", "bridge_slave", "state", 3))),
    ];
}

/** It would let a port go that somebody else has put into it. */
function removal(place: Place, { link, ports }: BridgeState, { owner }: Story): Command[] {
    const port = ports.find(({ group }) => !isStackGroup(group, owner));
    if (port) {
        const foreign = foreignLink("name", port, place);
        const what = `${foreign.what}, a port of ${link.name}`;
        const cure = typedAt(place, `ip link set dev ${port.name} nomaster`);
        throw new Conflict({ ...foreign, what }, `${link.name} was not deleted. Take the port out (${cure})`);
    }
    return [ip(place, "link", "del", "dev", link.name)];
}

/** A bridge: a layer-2 switch that is also a device of the place it lives in. ip-link(8). */
export const bridge: Kind<BridgeSpec, BridgeQueries, BridgeState> = {
    name: "Bridge",
    schema: bridgeSchema,
    identity: ["namespace", "host", "name"],
    exclusive: true,
    isLink: true,
    mistakes: bridgeMistakes,

    id: (spec) => atPlace(spec.name, placeOf(spec)),
    record: (spec) => ({ place: placeOf(spec), key: spec.name }),

    queries: (spec, owner) => ({
        link: linkQuery(placeOf(spec), spec.name, { owner, macAddress: deviceMac(owner, spec) }),
        // Behind the link itself: without such a bridge, ip gives the whole batch up here.
        ports: {
            source: "ip",
            place: placeOf(spec),
            ask: `addr show master ${spec.name}`,
            survey: "addr show",
            read: (answer) => parseLinks(answer).filter(({ master }) => master !== undefined),
        },
        others: recordsQuery(placeOf(spec), "Address", `${spec.name} `),
    }),

    observe({ link, ports, others }, spec, story) {
        const { owner, mine } = story;
        if (!link) return { state: undefined };
        if (!ours(link, "bridge", owner, mine !== undefined)) {
            return { state: undefined, foreign: foreignLink("name", link, placeOf(spec)) };
        }
        const own = ports.filter(({ master }) => master === link.name);
        return { state: { link, ports: own, standing: standingOn(others, story, "addresses") } };
    },

    plan(state, wanted, spec, story) {
        const place = placeOf(spec);
        if (!wanted) return state ? removal(place, state, story) : [];
        if (!state) return creation(wanted, story);
        const device = { ...wanted, usualMtu: usualMtu(state, wanted) };
        return [
            ...mtuPlan(state.link, wanted, story),
            ...stpPlan(state, place, wanted.stp ?? false),
            ...devicePlan(story.owner, place, state.link, device, story.dropped, state.standing),
        ];
    },

    inputs({ link, standing }, spec) {
        return {
            ...placeValues(spec),
            ...observedDevice(link, spec, standing),
            ...(spec.stp === undefined && !link.stp ? {} : { stp: link.stp }),
        };
    },

    outputs: ({ link }) => ({ device: deviceOutputs(link) }),
    disturbs: (spec) => [{ place: placeOf(spec), name: spec.name }],
};
