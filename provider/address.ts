import { type AddressSpec, addressSchema } from "../model/address";
import { atPlace, machinePlace, type Place, placeOf, where } from "../model/place";
import { deviceAddressText, parsePrefix } from "../model/prefix";
import { isInTheWay } from "./addresses";
import { type Command, ip, setting, type ToolCommand } from "./host/command";
import type { Query } from "./host/query";
import type { Kind } from "./kind";
import { type LinkAddress, type LinkState, linkQuery } from "./link";
import { Failure, Useless } from "./problem";

type AddressQueries = { link: Query<LinkState | undefined>; promote: Query<string | undefined> };

interface AddressState {
    /** The device; undefined while it is still to be made. */
    readonly link: LinkState | undefined;
    /** net.ipv4.conf.DEV.promote_secondaries: whether the addresses behind a primary survive it. */
    readonly promote: string;
    readonly present: LinkAddress | undefined;
}

const promotePath = ({ device }: AddressSpec): string => `net/ipv4/conf/${device}/promote_secondaries`;

/** The addresses behind a primary one go with it unless the device promotes them; what it did before comes back. */
function removal({ present, promote }: AddressState, spec: AddressSpec, before: string | undefined): Command[] {
    const path = promotePath(spec);
    const lifts = parsePrefix(spec.address).family === 4 && (before ?? promote) !== "1";
    const back = lifts ? [setting(placeOf(spec), path, before ?? promote)] : [];
    if (!present) return before !== undefined && promote !== before ? back : [];
    const lift = lifts && promote !== "1" ? [setting(placeOf(spec), path, "1")] : [];
    return [...lift, deletion(spec), ...back];
}

const deletion = (spec: AddressSpec): Command => ip(placeOf(spec), "addr", "del", spec.address, "dev", spec.device);

/** An address on a device that the program does not manage: ip-address(8). */
export const address: Kind<AddressSpec, AddressQueries, AddressState> = {
    name: "Address",
    schema: addressSchema,
    identity: ["namespace", "host", "device", "address"],
    alone: true,
    unmarked: true,
    spares: true,

    id: (spec) => atPlace(`${spec.address}@${spec.device}`, placeOf(spec)),
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
        const own = parsePrefix(spec.address);
        const present = link.addresses.find((one) => deviceAddressText(one) === spec.address);
        // The kernel has no place for ours beside it.
        const other = link.addresses.find((one) => one !== present && isInTheWay(one, own));
        const found = mine ? other : (present ?? other);
        if (found) {
            const what = `the address ${deviceAddressText(found)} on ${spec.device} ${where(placeOf(spec))}`;
            return { state: undefined, foreign: { property: "address", what } };
        }
        return { state: { link, present, promote: promote ?? "0" } };
    },

    before({ promote }, wanted, { record, mine }) {
        if (wanted) return {};
        return mine?.previous ? (record?.before ?? {}) : { promote_secondaries: promote ?? "0" };
    },

    plan(state, wanted, spec, { record, mine }) {
        const place = placeOf(spec);
        if (!wanted) return state ? removal(state, spec, mine?.previous && record?.before["promote_secondaries"]) : [];
        if (!state) {
            throw new Failure(
                `device: given "${spec.device}", but there is no such device ${where(place)}.\n` +
                    "Expected one that exists, or one of this program: pass it as an object (device: pair.left).",
            );
        }
        if (state.present?.duplicate) {
            const message = `address: another host on ${spec.device}'s network has ${spec.address} already`;
            throw new Useless(message, [deletion(spec)]);
        }
        if (!state.present) return [ip(place, "addr", "add", spec.address, "dev", spec.device)];
        // Duplicate address detection (RFC 4862) takes a second behind a random delay of up to one; a device that is down never begins.
        return state.present.tentative && state.link?.carrier ? [wait(place)] : [];
    },

    intact: ({ present }) => present !== undefined,
    inputs: (_, spec) => spec,
    outputs: () => ({}),
    blank: (spec, declared) =>
        declared.some(({ place, name }) => place === placeOf(spec) && name === spec.device)
            ? { link: undefined, present: undefined, promote: "0" }
            : undefined,
    disturbs: (spec) => [{ place: placeOf(spec), name: spec.device }],
};

const wait = (place: Place): ToolCommand => ({
    kind: "tool",
    place: machinePlace(place),
    argv: ["sleep", "1"],
    text: "waiting for duplicate address detection",
});
