import { type Place, placeName, placeOf } from "../../model/place.js";
import { splitList, UNKNOWN } from "../../model/schema.js";
import type { Change, Inputs } from "./changes.js";
import type { Forecast } from "./forecast.js";

/** `+`, `~`, `±` and `-` of what is made, changed in place, made anew and removed; `?` of what is checked; `!` of what has drifted. */
type Sign = "+" | "~" | "±" | "-" | "?" | "!";

/** One line of a preview. */
export interface Line {
    readonly sign: Sign;
    readonly text: string;
    readonly name: string;
}

const show = (value: unknown): string => (value === UNKNOWN ? "(known later)" : String(value));

function placeIn({ namespace, host }: Inputs): Place {
    const known = (value: unknown): string | undefined => (value === undefined ? undefined : show(value));
    return placeOf({ namespace: known(namespace), host: known(host) });
}

/** What a device has, beside its name: `192.168.1.1/24, mtu 1400, in br0`. */
function deviceWords(inputs: Inputs): string {
    const { addresses, mtu, bridge, up, macAddress, stp } = inputs;
    const words = [
        ...(addresses === undefined || addresses === "" ? [] : [show(addresses)]),
        ...(mtu === undefined ? [] : [`mtu ${show(mtu)}`]),
        ...(macAddress === undefined ? [] : [show(macAddress)]),
        ...(bridge === undefined ? [] : [`in ${show(bridge)}`]),
        ...(stp === true ? ["stp"] : []),
        ...(up === false ? ["down"] : []),
    ];
    return words.map((word) => ` ${word}`).join(",");
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** The flat inputs of one side, without the side's name. */
const sideOf = (inputs: Inputs, side: string): Inputs =>
    Object.fromEntries(
        Object.entries(inputs)
            .filter(([key]) => key.startsWith(side))
            .map(([key, value]) => [lower(key.slice(side.length)), value]),
    );

const endWords = (inputs: Inputs, side: string): string => {
    const end = sideOf(inputs, side);
    return `${placeName(placeIn(end))}: ${show(end["name"])}${deviceWords(end)}`;
};

export function routeWords(inputs: Inputs): string {
    const { type, destination, gateway, device, nexthops, metric, table } = inputs;
    const words = [
        ...(type === undefined || type === "unicast" ? [] : [type]),
        destination,
        ...(gateway === undefined ? [] : ["via", gateway]),
        ...(device === undefined ? [] : ["dev", device]),
        ...(nexthops === undefined ? [] : [nexthops]),
        ...(metric === undefined ? [] : ["metric", metric]),
        ...(table === undefined ? [] : ["table", table]),
    ];
    return words.map(show).join(" ");
}

const families = ({ ipv4, ipv6 }: Inputs): string =>
    Object.entries({ IPv4: ipv4, IPv6: ipv6 })
        .filter(([, value]) => value !== undefined)
        .map(([family, value]) => `${family} ${value === true ? "on" : "off"}`)
        .join(", ");

/** What a resource is, in network terms. */
const WHOLE: Readonly<Record<string, (inputs: Inputs) => string>> = {
    Namespace: (inputs) => `namespace ${placeName(placeOf({ ...hostOf(inputs), namespace: show(inputs["name"]) }))}`,
    SimulatedHost: (inputs) => `host ${show(inputs["name"])}`,
    VethPair: (inputs) => `${endWords(inputs, "left")} ⟷ ${endWords(inputs, "right")}`,
    Bridge: (inputs) => `${placeName(placeIn(inputs))}: bridge ${show(inputs["name"])}${deviceWords(inputs)}`,
    Vxlan: (inputs) =>
        `${placeName(placeIn(inputs))}: vxlan ${show(inputs["name"])}, vni ${show(inputs["vni"])}, ` +
        `${show(inputs["local"])} → ${show(inputs["remotes"])}${deviceWords(inputs)}`,
    Address: (inputs) => `${placeName(placeIn(inputs))}: ${show(inputs["device"])} ${show(inputs["address"])}`,
    Route: (inputs) => `${placeName(placeIn(inputs))}: route ${routeWords(inputs)}`,
    ForwardingSetting: (inputs) => `${placeName(placeIn(inputs))}: forwarding ${families(inputs)}`,
};

const hostOf = ({ host }: Inputs): { host?: string } => (typeof host === "string" ? { host } : {});

export const wholeWords = ({ kind, name }: Change, inputs: Inputs): string =>
    WHOLE[kind]?.(inputs) ?? `${kind} ${name}`;

/** What of a resource has changed, with the words before it: `ns1: veth-ns1`. */
function subject({ kind, before, after }: Change, property: string): { readonly about: string; readonly key: string } {
    const inputs = { ...before, ...after };
    const [, side, rest] = /^(left|right)(.+)$/.exec(property) ?? [];
    if (kind === "VethPair" && side !== undefined && rest !== undefined) {
        const end = sideOf(inputs, side);
        return { about: `${placeName(placeIn(end))}: ${show(end["name"])}`, key: lower(rest) };
    }
    const place = placeName(placeIn(inputs));
    if (kind === "Route") return { about: `${place}: route ${show(inputs["destination"])}`, key: property };
    if (kind === "ForwardingSetting") return { about: `${place}: forwarding`, key: property };
    if (kind === "Address") return { about: `${place}: ${show(inputs["device"])}`, key: property };
    if (kind === "Namespace" || kind === "SimulatedHost")
        return { about: `${WHOLE[kind]?.(inputs) ?? kind}:`, key: property };
    return { about: WHOLE[kind] ? `${place}: ${show(inputs["name"])}` : `${kind}:`, key: property };
}

/** What is said of two lists; undefined where they have the same, in another order. */
type ListWords = (before: readonly string[], after: readonly string[]) => string | undefined;

/** Lists by what comes and goes. */
const comesAndGoes: ListWords = (before, after) => {
    const gone = before.filter((item) => !after.includes(item));
    const come = after.filter((item) => !before.includes(item));
    if (gone.length === 1 && come.length === 1) return `${gone[0]} → ${come[0]}`;
    const words = [...gone.map((item) => `-${item}`), ...come.map((item) => `+${item}`)];
    return words.length > 0 ? words.join(" ") : undefined;
};

const listOf = (value: unknown): string[] => (typeof value === "string" ? splitList(value) : []);

const LISTS = ["addresses", "remotes", "nexthops", "exceptions"];
/** How a property is called, where it is not called by its name. */
const TITLES: Readonly<Record<string, string>> = {
    addresses: "",
    macAddress: "MAC",
    gateway: "via",
    device: "dev",
    ipv4: "IPv4",
    ipv6: "IPv6",
    loopback: "lo",
    exceptions: "except on",
    up: "",
};

function valueWords(key: string, value: unknown): string {
    if (key === "up") return value === false ? "down" : "up";
    if (key === "loopback") return value === "down" ? "down" : "up";
    if (key === "bridge") return value === undefined ? "none" : show(value);
    if (key === "ipv4" || key === "ipv6") return value === undefined ? "not looked at" : value === true ? "on" : "off";
    return value === undefined ? "not set" : show(value);
}

/** What a property was and is to be: `mtu 1500 → 1400`. */
function propertyWords(key: string, before: unknown, after: unknown, ofLists: ListWords): string {
    const isList = LISTS.includes(key) && after !== UNKNOWN;
    const words = isList
        ? (ofLists(listOf(before), listOf(after)) ?? `in another order: ${show(after)}`)
        : `${valueWords(key, before)} → ${valueWords(key, after)}`;
    return [TITLES[key] ?? key, words].filter((word) => word !== "").join(" ");
}

/** All that differs, by what it is of: an end of a pair, say. */
export function differences(change: Change, ofLists: ListWords = comesAndGoes): string[] {
    const found = new Map<string, string[]>();
    for (const property of changedProperties(change)) {
        const { about, key } = subject(change, property);
        const words = propertyWords(key, change.before[property], change.after[property], ofLists);
        found.set(about, [...(found.get(about) ?? []), words]);
    }
    return Array.from(found, ([about, words]) => `${about} ${words.join("; ")}`);
}

const changedProperties = ({ before, after }: Change): string[] =>
    [...new Set([...Object.keys(before), ...Object.keys(after)])]
        .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
        .sort();

/** A check that runs again, for whatever reason. */
function checkLine({ operation, before, after, name }: Change, forecast: Forecast): Line {
    const inputs = operation === "delete" ? before : after;
    const text = `${placeName(placeIn(sideOf(inputs, "from")))} → ${show(inputs["to"])}`;
    if (operation === "delete") return { sign: "-", text: `check ${text}`, name };
    const expected = forecast(after);
    return { sign: "?", text: `check ${text}${expected === undefined ? "" : `: ${expected}`}`, name };
}

/** The lines of one change, each readable by itself; of a check also what will come of it, if that is known. */
export function describeChange(change: Change, forecast: Forecast = () => undefined): Line[] {
    const { operation, kind, name, before, after, isGone, isRenamed } = change;
    if (kind === "Reachability") return [checkLine(change, forecast)];
    if (operation === "create") {
        return [{ sign: "+", text: wholeWords(change, after) + (isGone ? ", which is gone" : ""), name }];
    }
    if (operation === "delete") return [{ sign: "-", text: wholeWords(change, before), name }];
    const different = differences(change);
    if (operation === "replace") {
        const words =
            different.length > 0 ? different.join(" ⟷ ") : `${wholeWords(change, after)}, with what it stands on`;
        return [{ sign: "±", text: `${words}, made anew`, name }];
    }
    if (different.length === 0) {
        const what = isRenamed ? "goes on under its new name, in place" : "made whole";
        return [{ sign: "~", text: `${wholeWords(change, after)}, ${what}`, name }];
    }
    return different.map((words) => ({ sign: "~", text: `${words}, in place`, name }));
}
