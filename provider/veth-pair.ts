import type { Owner } from "../model/owner";
import { atPlace, HOST, machinePlace, type Place, placeOf, placeValues, withinMachine } from "../model/place";
import { endOf, SIDES, type Side, type VethPairSpec, vethPairMistakes, vethPairSchema } from "../model/veth-pair";
import { NOTHING_STANDING, type Standing } from "./addresses";
import {
    type DeviceSpec,
    deviceMac,
    deviceOutputs,
    devicePlan,
    identityWords,
    newLink,
    observedDevice,
    ours,
    standingOn,
} from "./device";
import { type Command, type IpCommand, ip } from "./host/command";
import { netnsWord, netnsWordInside } from "./host/place";
import type { Query } from "./host/query";
import type { Kind } from "./kind";
import { foreignLink, type LinkState, linkQuery } from "./link";
import { type FlatSpec, recordsQuery, type StoredRecord, type Story } from "./record";

type PairQueries = {
    left: Query<LinkState | undefined>;
    right: Query<LinkState | undefined>;
    leftOthers: Query<StoredRecord[]>;
    rightOthers: Query<StoredRecord[]>;
};

interface End {
    readonly link: LinkState | undefined;
    readonly standing: Standing;
}

type PairState = Record<Side, End>;

const placeOfEnd = (spec: VethPairSpec, side: Side): Place => placeOf(endOf(spec, side));

/** Where the pair goes when it goes with anything: the first end that does not live on the machine itself. */
function container(spec: VethPairSpec): Place {
    const [left = HOST, right = HOST] = SIDES.map((side) => placeOfEnd(spec, side));
    return left === machinePlace(left) ? right : left;
}

/** An end's share of what is no longer asked for. */
function droppedOf(dropped: FlatSpec, side: Side): Partial<DeviceSpec> {
    const entries = Object.entries(dropped).filter(([key]) => key.startsWith(side));
    return Object.fromEntries(
        entries.map(([key, value]) => [key.charAt(side.length).toLowerCase() + key.slice(side.length + 1), value]),
    );
}

const endKey = (side: Side, key: string): string => side + key.charAt(0).toUpperCase() + key.slice(1);

/** Both ends are there, and they are each other's. */
const isWhole = ({ left, right }: PairState): boolean =>
    left.link !== undefined &&
    right.link !== undefined &&
    (left.link.peerIndex === undefined || left.link.peerIndex === right.link.index);

const endQuery = (spec: VethPairSpec, side: Side, owner: Owner): Query<LinkState | undefined> =>
    linkQuery(placeOfEnd(spec, side), endOf(spec, side).name, {
        owner,
        macAddress: deviceMac(owner, endOf(spec, side)),
    });

const endWords = (spec: VethPairSpec, side: Side, owner: Owner, netns: string | undefined): (string | number)[] => {
    const end = endOf(spec, side);
    return ["name", end.name, ...(netns === undefined ? [] : ["netns", netns]), ...identityWords(owner, end)];
};

/** The line that makes the pair, from the machine's own namespace or from the place of one of its ends. */
function addition(spec: VethPairSpec, owner: Owner): IpCommand {
    const [left, right] = [placeOfEnd(spec, "left"), placeOfEnd(spec, "right")];
    const line = (place: Place, wordAt: (end: Place) => string | undefined) => {
        const [one, other] = SIDES.map((side) => endWords(spec, side, owner, wordAt(placeOfEnd(spec, side))));
        return ip(place, "link", "add", ...(one ?? []), "type", "veth", "peer", ...(other ?? []));
    };
    const inside = (place: Place) => line(place, (end) => (end === place ? undefined : netnsWordInside(end)));
    return { ...line(machinePlace(left), netnsWord), otherwise: [inside(left), inside(right)] };
}

function creation(spec: VethPairSpec, { owner }: Story): Command[] {
    // It may be made from the inside of one that is not the machine's own: what is set there goes with it.
    const sides = container(spec) === placeOfEnd(spec, "left") ? SIDES : SIDES.toReversed();
    return [
        addition(spec, owner),
        ...sides.flatMap((side) => {
            const [place, end] = [placeOfEnd(spec, side), endOf(spec, side)];
            const link = newLink(owner, "veth", end);
            return devicePlan(owner, place, link, end, {}, NOTHING_STANDING);
        }),
    ];
}

/** A veth pair: veth(4). What enters one end leaves the other. */
export const vethPair: Kind<VethPairSpec, PairQueries, PairState> = {
    name: "VethPair",
    schema: vethPairSchema,
    identity: ["leftNamespace", "leftHost", "leftName", "rightNamespace", "rightHost", "rightName"],
    exclusive: true,
    isLink: true,
    mistakes: vethPairMistakes,

    id: (spec) => SIDES.map((side) => atPlace(endOf(spec, side).name, placeOfEnd(spec, side))).join(" "),

    record: (spec) => ({
        place: container(spec),
        key: `${withinMachine(placeOfEnd(spec, "left"))} ${spec.leftName}`,
    }),

    queries: (spec, owner) => ({
        left: endQuery(spec, "left", owner),
        right: endQuery(spec, "right", owner),
        leftOthers: recordsQuery(placeOfEnd(spec, "left"), "Address", `${spec.leftName} `),
        rightOthers: recordsQuery(placeOfEnd(spec, "right"), "Address", `${spec.rightName} `),
    }),

    observe(answers, spec, story) {
        const { owner, mine } = story;
        const recorded = mine !== undefined;
        const [left, right] = SIDES.map((side) => ours(answers[side], "veth", owner, recorded));
        const other = SIDES.find((side, at) => answers[side] && ![left, right][at]);
        const link = other && answers[other];
        const foreign = link && foreignLink(`${other}Name`, link, placeOfEnd(spec, other));
        // A pair of which somebody has made one end his is his.
        const rest = left ?? right;
        const isHis = foreign && (rest?.peerIndex === link.index || rest?.peerName === link.name);
        if (isHis || (!left && !right)) return { state: undefined, ...(foreign ? { foreign } : {}) };
        const { leftOthers, rightOthers } = answers;
        const state = {
            left: { link: left, standing: standingOn(leftOthers, story, "leftAddresses") },
            right: { link: right, standing: standingOn(rightOthers, story, "rightAddresses") },
        };
        return { state, ...(foreign ? { foreign } : {}) };
    },

    plan(state, wanted, spec, story) {
        const removal = SIDES.flatMap((side) => {
            const name = state?.[side].link?.name;
            return name === undefined ? [] : [ip(placeOfEnd(spec, side), "link", "del", "dev", name)];
        }).slice(0, 1);
        if (!wanted) return removal;
        if (!state) return creation(wanted, story);
        if (!isWhole(state)) return [...removal, ...creation(wanted, story)];
        return SIDES.flatMap((side) => {
            const { link, standing } = state[side];
            const dropped = droppedOf(story.dropped, side);
            return link
                ? devicePlan(story.owner, placeOfEnd(spec, side), link, endOf(wanted, side), dropped, standing)
                : [];
        });
    },

    intact: isWhole,

    inputs(state, spec) {
        const inputs: Record<string, string | number | boolean> = {};
        for (const side of SIDES) {
            const { link, standing } = state[side];
            for (const [key, value] of Object.entries(placeValues(endOf(spec, side))))
                inputs[endKey(side, key)] = value;
            if (!link) continue;
            for (const [key, value] of Object.entries(observedDevice(link, endOf(spec, side), standing))) {
                inputs[endKey(side, key)] = value;
            }
        }
        return inputs;
    },

    outputs: ({ left, right }) => ({
        leftDevice: left.link && deviceOutputs(left.link),
        rightDevice: right.link && deviceOutputs(right.link),
    }),

    disturbs: (spec) => SIDES.map((side) => ({ place: placeOfEnd(spec, side), name: endOf(spec, side).name })),
};
