import * as v from "valibot";
import { objects } from "./answer";
import { parseRoutes, type RouteState } from "./route-state";

/** A route, and whether it has something that no Route can have: taken in, that would be lost. */
export interface FoundRoute {
    readonly state: RouteState;
    readonly isPeculiar: boolean;
}

const PLAIN_KEYS = [
    "tos",
    "type",
    "dst",
    "gateway",
    "dev",
    "table",
    "protocol",
    "scope",
    "prefsrc",
    "metric",
    "flags",
    "pref",
];
const PLAIN_FLAGS = ["linkdown", "onlink", "offload", "trap", "rt_offload", "rt_trap"];
const PLAIN_HOP_KEYS = ["gateway", "dev", "weight", "flags"];

const routeJson = v.looseObject({
    tos: v.optional(v.string()),
    pref: v.optional(v.string(), "medium"),
    flags: v.optional(v.array(v.string()), []),
    metrics: v.optional(v.array(v.record(v.string(), v.unknown())), []),
    nexthops: v.optional(v.array(v.looseObject({ flags: v.optional(v.array(v.string()), []) })), []),
});
const parse = objects(routeJson);

/** Why nothing more can be said of it: a part of its key that no Route has, or an encapsulation. */
const beyond = ({ tos, nexthops, ...rest }: v.InferOutput<typeof routeJson>): string | undefined => {
    const encapsulation = [rest, ...nexthops].map((one) => one["encap"]).find((kind) => kind !== undefined);
    if (tos !== undefined) return `tos ${tos}`;
    if (rest["from"] !== undefined) return `from ${rest["from"]}`;
    return encapsulation === undefined ? undefined : `encap ${encapsulation}`;
};

function isPeculiar({ metrics, nexthops, ...rest }: v.InferOutput<typeof routeJson>): boolean {
    const hasMore = (one: object, known: readonly string[]) => Object.keys(one).some((key) => !known.includes(key));
    return (
        hasMore(rest, PLAIN_KEYS) ||
        rest.pref !== "medium" ||
        [rest, ...nexthops].some(({ flags }) => flags.some((flag) => !PLAIN_FLAGS.includes(flag))) ||
        metrics.some((metric) => hasMore(metric, ["mtu"])) ||
        nexthops.some((hop) => hasMore(hop, PLAIN_HOP_KEYS))
    );
}

/** Of an answer of `ip -N -j -d route show`. */
export function parseFoundRoutes(answer: string | undefined): readonly FoundRoute[] {
    const peculiar = parse(answer)
        .filter((one) => beyond(one) === undefined)
        .map(isPeculiar);
    return parseRoutes(answer).map((state, at) => ({ state, isPeculiar: peculiar[at] ?? true }));
}

/** Those of which no Route can say what they are, for people. */
export const parseServiceRoutes = (answer: string | undefined): readonly string[] =>
    parse(answer).flatMap((one) => {
        const what = beyond(one);
        return what === undefined ? [] : [`to ${String(one["dst"])} ${what}`];
    });
