import type { Owner } from "../model/owner";
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
import { HOST, ip, type Place } from "./host/command";
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

const placeOf = (spec: VethPairSpec, side: Side): Place => endOf(spec, side).namespace ?? HOST;

/** An end's share of what is no longer asked for. */
function droppedOf(dropped: FlatSpec, side: Side): Partial<DeviceSpec> {
    const entries = Object.entries(dropped).filter(([key]) => key.startsWith(side));
    return Object.fromEntries(
        entries.map(([key, value]) => [key.charAt(side.length).toLowerCase() + key.slice(side.length + 1), value]),
    );
}

/** Both ends are there, and they are each other's. */
const isWhole = ({ left, right }: PairState): boolean =>
    left.link !== undefined &&
    right.link !== undefined &&
    (left.link.peerIndex === undefined || left.link.peerIndex === right.link.index);

const endQuery = (spec: VethPairSpec, side: Side, owner: Owner): Query<LinkState | undefined> =>
    linkQuery(placeOf(spec, side), endOf(spec, side).name, { owner, macAddress: deviceMac(owner, endOf(spec, side)) });

const wordsOf = (spec: VethPairSpec, side: Side, owner: Story["owner"]): (string | number)[] => {
    const end = endOf(spec, side);
    const netns = end.namespace === undefined ? [] : ["netns", end.namespace];
    return ["name", end.name, ...netns, ...identityWords(owner, end)];
};

function creation(spec: VethPairSpec, { owner }: Story) {
    const add = [
        "link",
        "add",
        ...wordsOf(spec, "left", owner),
        "type",
        "veth",
        "peer",
        ...wordsOf(spec, "right", owner),
    ];
    return [
        ip(HOST, ...add),
        ...SIDES.flatMap((side) => {
            const [place, end] = [placeOf(spec, side), endOf(spec, side)];
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
    mistakes: vethPairMistakes,

    id: (spec) =>
        SIDES.map((side) =>
            [endOf(spec, side).name, ...(placeOf(spec, side) ? [placeOf(spec, side)] : [])].join("@"),
        ).join(" "),

    record: (spec) => ({
        place: spec.leftNamespace ?? spec.rightNamespace ?? HOST,
        key: `${placeOf(spec, "left")} ${spec.leftName}`,
    }),

    queries: (spec, owner) => ({
        left: endQuery(spec, "left", owner),
        right: endQuery(spec, "right", owner),
        leftOthers: recordsQuery(placeOf(spec, "left"), "Address", `${spec.leftName} `),
        rightOthers: recordsQuery(placeOf(spec, "right"), "Address", `${spec.rightName} `),
    }),

    observe(answers, spec, story) {
        const { owner, mine } = story;
        const recorded = mine !== undefined;
        for (const side of SIDES) {
            const link = answers[side];
            if (link && !ours(link, "veth", owner, recorded)) {
                return { state: undefined, foreign: foreignLink(`${side}Name`, link, placeOf(spec, side)) };
            }
        }
        const { left, right, leftOthers, rightOthers } = answers;
        if (!left && !right) return { state: undefined };
        return {
            state: {
                left: { link: left, standing: standingOn(leftOthers, story, "leftAddresses") },
                right: { link: right, standing: standingOn(rightOthers, story, "rightAddresses") },
            },
        };
    },

    plan(state, wanted, spec, story) {
        const removal = SIDES.filter((side) => state?.[side].link !== undefined)
            .slice(0, 1)
            .map((side) => ip(placeOf(spec, side), "link", "del", "dev", endOf(spec, side).name));
        if (!wanted) return removal;
        if (!state) return creation(wanted, story);
        if (!isWhole(state)) return [...removal, ...creation(wanted, story)];
        return SIDES.flatMap((side) => {
            const { link, standing } = state[side];
            const dropped = droppedOf(story.dropped, side);
            return link
                ? devicePlan(story.owner, placeOf(spec, side), link, endOf(wanted, side), dropped, standing)
                : [];
        });
    },

    intact: isWhole,

    inputs(state, spec) {
        const inputs: Record<string, string | number | boolean> = {};
        for (const side of SIDES) {
            const { link, standing } = state[side];
            const namespace = endOf(spec, side).namespace;
            if (namespace !== undefined) inputs[`${side}Namespace`] = namespace;
            if (!link) continue;
            for (const [key, value] of Object.entries(observedDevice(link, endOf(spec, side), standing))) {
                inputs[side + key.charAt(0).toUpperCase() + key.slice(1)] = value;
            }
        }
        return inputs;
    },

    outputs: ({ left, right }) => ({
        leftDevice: left.link && deviceOutputs(left.link),
        rightDevice: right.link && deviceOutputs(right.link),
    }),

    disturbs: (spec) => SIDES.map((side) => ({ place: placeOf(spec, side), name: endOf(spec, side).name })),
};
