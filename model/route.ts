import * as v from "valibot";
import { placeEntries } from "./place";
import {
    AddressProblem,
    defaultDestination,
    type Family,
    familyOf,
    isAssignable,
    isLinkLocal,
    type Prefix,
    parseAddress,
} from "./prefix";
import { quote } from "./quote";
import {
    destination,
    deviceName,
    flag,
    integer,
    joinList,
    type Problem,
    plainAddress,
    type SpecOf,
    schema,
    splitList,
} from "./schema";

export const ROUTE_TYPES = ["unicast", "blackhole", "unreachable", "prohibit"] as const;
export type RouteType = (typeof ROUTE_TYPES)[number];

/** One of several ways: `via 10.0.0.2 dev eth0 weight 2`, as ip-route(8) writes it. */
export interface Nexthop {
    readonly gateway?: string | undefined;
    readonly device?: string | undefined;
    readonly weight?: number | undefined;
}

export const formatNexthop = ({ gateway, device, weight }: Nexthop): string =>
    [
        ...(gateway === undefined ? [] : ["via", gateway]),
        ...(device === undefined ? [] : ["dev", device]),
        ...(weight === undefined || weight === 1 ? [] : ["weight", weight]),
    ].join(" ");

export function parseNexthop(text: string): Nexthop {
    const words = text.split(" ");
    // Words stand in pairs: a device may be called "weight".
    const after = (word: string): string | undefined => words.find((_, at) => at % 2 === 1 && words[at - 1] === word);
    const weight = after("weight");
    return { gateway: after("via"), device: after("dev"), weight: weight === undefined ? 1 : Number(weight) };
}

function parseHost(text: string): Prefix {
    const address = parseAddress(text);
    if (!isAssignable(address)) throw new AddressProblem("no host can have this address");
    return address;
}

const NEXTHOP =
    /^(via [0-9a-fA-F:.]+)?( ?dev [A-Za-z0-9_][A-Za-z0-9_.-]{0,14})?( weight ([1-9]\d?|1\d\d|2[0-4]\d|25[0-6]))?$/;

const nexthops = v.pipe(
    v.string(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
        const canonical: string[] = [];
        if (dataset.value === "") {
            addIssue({ message: "next hops with gateway, device or both\nthe list is empty" });
            return NEVER;
        }
        for (const item of splitList(dataset.value)) {
            try {
                const hop = parseNexthop(item);
                if (!NEXTHOP.test(item.trim()) || (hop.gateway ?? hop.device) === undefined) {
                    throw new AddressProblem("a gateway or a device is needed, and a weight from 1 to 256");
                }
                const gateway = hop.gateway === undefined ? undefined : parseHost(hop.gateway).address;
                canonical.push(formatNexthop({ ...hop, gateway }));
            } catch (error) {
                if (!(error instanceof AddressProblem)) throw error;
                addIssue({ message: `next hops with gateway, device or both\n${quote(item)}: ${error.message}` });
                return NEVER;
            }
        }
        return joinList(canonical);
    }),
);

const entries = {
    ...placeEntries,
    destination,
    gateway: v.optional(plainAddress),
    device: v.optional(deviceName),
    metric: v.optional(integer(0, 4294967295, "a metric")),
    table: v.optional(integer(1, 4294967295, "a routing table's number")),
    preferredSource: v.optional(plainAddress),
    // The kernel makes 65520 of what is more (net/ipv4/metrics.c).
    mtu: v.optional(integer(68, 65520, "an MTU in bytes")),
    onlink: v.optional(flag),
    nexthops: v.optional(nexthops),
    type: v.optional(v.picklist(ROUTE_TYPES, `one of ${ROUTE_TYPES.join(", ")}`)),
};

export type RouteSpec = SpecOf<typeof entries>;
export const routeSchema = schema(entries);

/** The family of a route: of its destination, or with `default`, of its gateway. */
export function routeFamily(spec: Partial<RouteSpec>): Family | undefined {
    const hop = spec.nexthops === undefined ? undefined : splitList(spec.nexthops).map(parseNexthop)[0]?.gateway;
    const told = spec.destination !== "default" ? spec.destination : (spec.gateway ?? hop ?? spec.preferredSource);
    return told === undefined ? undefined : familyOf(told);
}

/** The destination as the kernel keys it. */
export function kernelDestination(spec: RouteSpec): string {
    if (spec.destination !== "default") return spec.destination;
    return defaultDestination(routeFamily(spec) ?? 4);
}

/** The metric as the kernel keys it: IPv6 has 1024 unless another is given, and for 0 (net/ipv6/route.c). */
export const kernelMetric = (spec: RouteSpec): number =>
    routeFamily(spec) === 6 ? spec.metric || 1024 : (spec.metric ?? 0);

/** The number of the table "main" (ip-route(8)). */
export const MAIN_TABLE = 254;

export function routeMistakes(inputs: Partial<RouteSpec>, unknown: readonly string[]): Problem[] {
    const problems: Problem[] = [];
    const { destination: to, gateway, type = "unicast", preferredSource } = inputs;
    const has = (key: keyof RouteSpec): boolean => inputs[key] !== undefined || unknown.includes(key);
    const isTyped = !unknown.includes("type");
    const isUnicast = isTyped && type === "unicast";

    if (to === "default" && routeFamily(inputs) === undefined && !has("gateway") && !has("nexthops")) {
        const expected = "0.0.0.0/0 or ::/0, or a gateway that tells the family";
        problems.push({ property: "destination", given: '"default" without a gateway', expected });
    }
    if (isUnicast && !has("gateway") && !has("device") && !has("nexthops") && to !== undefined) {
        const expected = "a gateway, a device or nexthops: a unicast route has a way";
        problems.push({ property: "gateway", given: "nothing", expected, advice: 'or type: "blackhole"' });
    }
    for (const key of ["gateway", "device", "nexthops", "onlink"] as const) {
        if (!isTyped || isUnicast || inputs[key] === undefined) continue;
        const expected = `nothing: a route of type ${type} has no way`;
        problems.push({ property: key, given: quote(inputs[key]), expected });
    }
    if (inputs.nexthops !== undefined && gateway !== undefined) {
        const expected = "either gateway or nexthops, not both";
        problems.push({ property: "gateway", given: quote(gateway), expected });
    }
    if (gateway !== undefined && isLinkLocal(parseAddress(gateway)) && !has("device")) {
        const expected = "a device beside it: every device has link-local neighbours";
        problems.push({ property: "gateway", given: quote(gateway), expected });
    }
    if (gateway?.startsWith("127.")) {
        const expected = "the address of a neighbour, the next router";
        problems.push({
            property: "gateway",
            given: quote(gateway),
            expected,
            advice: "127.0.0.0/8 is the machine itself",
        });
    }
    if (inputs.onlink && !has("device")) {
        problems.push({ property: "onlink", given: "true", expected: "a device beside it" });
    }
    const family = routeFamily(inputs);
    const gateways = splitList(inputs.nexthops ?? "").flatMap((hop) => parseNexthop(hop).gateway ?? []);
    if (family !== undefined && gateways.some((hop) => familyOf(hop) !== family)) {
        const expected = `IPv${family} gateways like the destination`;
        problems.push({ property: "nexthops", given: quote(inputs.nexthops), expected });
    }
    for (const [property, value] of Object.entries({ gateway, preferredSource })) {
        if (value === undefined || family === undefined || familyOf(value) === family) continue;
        problems.push({ property, given: quote(value), expected: `an IPv${family} address like the destination's` });
    }
    return problems;
}
