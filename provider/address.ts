import { type AddressSpec, addressSchema } from "../model/address";
import { parsePrefix } from "../model/prefix";
import { HOST, ip, type Place, setting } from "./host/command";
import type { Query } from "./host/query";
import type { Kind } from "./kind";
import { type LinkAddress, type LinkState, linkQuery, where } from "./link";
import { Failure } from "./problem";

type AddressQueries = { link: Query<LinkState | undefined>; promote: Query<string | undefined> };

interface AddressState {
    readonly link: LinkState;
    /** net.ipv4.conf.DEV.promote_secondaries: whether the addresses behind a primary survive it. */
    readonly promote: string;
    readonly present: LinkAddress | undefined;
}

const placeOf = (spec: AddressSpec): Place => spec.namespace ?? HOST;
const promotePath = ({ device }: AddressSpec): string => `net/ipv4/conf/${device}/promote_secondaries`;

function removal(state: AddressState, spec: AddressSpec, before: string | undefined) {
    const place = placeOf(spec);
    const restored =
        before !== undefined && before !== "1" && parsePrefix(spec.address).family === 4
            ? [setting(place, promotePath(spec), before)]
            : [];
    if (!state.present) return state.promote === "1" ? restored : [];
    const promoted = restored.length > 0 && state.promote !== "1" ? [setting(place, promotePath(spec), "1")] : [];
    return [...promoted, ip(place, "addr", "del", spec.address, "dev", spec.device), ...restored];
}

/** An address on a device that the program does not manage: ip-address(8). */
export const address: Kind<AddressSpec, AddressQueries, AddressState> = {
    name: "Address",
    schema: addressSchema,
    identity: ["namespace", "host", "device", "address"],

    id: (spec) => [`${spec.address}@${spec.device}`, ...(spec.namespace ? [spec.namespace] : [])].join("@"),
    record: (spec) => ({ place: placeOf(spec), key: `${spec.device} ${spec.address}` }),

    queries: (spec) => ({
        link: linkQuery(placeOf(spec), spec.device),
        promote: {
            source: "settings",
            place: placeOf(spec),
            ask: promotePath(spec),
            read: (answer) => answer?.split(" ").at(-1),
        },
    }),

    // The kernel keeps no owner of an address (iproute2 6.1 knows none): the record alone says whose it is.
    observe({ link, promote }, spec, { mine }) {
        if (!link) return { state: undefined };
        const { address: plain } = parsePrefix(spec.address);
        const present = link.addresses.find(({ text }) => text === spec.address);
        const other = link.addresses.find(({ address: known, family, text }) =>
            family === 6 ? known === plain && text !== spec.address : false,
        );
        const found = mine ? other : (present ?? other);
        if (found) {
            const what = `the address ${found.text} on ${spec.device} ${where(placeOf(spec))}`;
            return { state: undefined, foreign: { property: "address", what } };
        }
        return { state: { link, present, promote: promote ?? "0" } };
    },

    before: ({ promote }) => ({ promote_secondaries: promote ?? "0" }),

    plan(state, wanted, spec, { record }) {
        const place = placeOf(spec);
        if (!wanted) return state ? removal(state, spec, record?.before["promote_secondaries"]) : [];
        if (!state) {
            throw new Failure(
                `device: given "${spec.device}", but there is no such device ${where(place)}.\n` +
                    "Expected one that exists, or one of this program: pass it as an object (device: pair.left).",
            );
        }
        if (state.present?.duplicate) {
            throw new Failure(`address: another host on ${spec.device}'s network has ${spec.address} already`);
        }
        if (!state.present) return [ip(place, "addr", "add", spec.address, "dev", spec.device)];
        // Duplicate address detection (RFC 4862) takes a second behind a random delay of up to one; a device that is down never begins.
        return state.present.tentative && state.link.carrier ? [WAIT] : [];
    },

    intact: ({ present }) => present !== undefined,
    inputs: (_, spec) => spec,
    outputs: () => ({}),
    disturbs: (spec) => [{ place: placeOf(spec), name: spec.device }],
};

const WAIT = {
    kind: "tool",
    place: HOST,
    argv: ["sleep", "1"],
    text: "waiting for duplicate address detection",
} as const;
