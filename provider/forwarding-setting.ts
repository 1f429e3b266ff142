import {
    exceptionText,
    type ForwardingSettingSpec,
    forwardingSettingMistakes,
    forwardingSettingSchema,
} from "../model/forwarding-setting";
import { type Owner, parseOwner, sameStack } from "../model/owner";
import { atPlace, machinePlace, makerOf, type Place, placeOf, placeValues, where } from "../model/place";
import { joinList } from "../model/schema";
import { type Command, type SettingCommand, setting } from "./host/command";
import { settingsFolder } from "./host/place";
import { pairs, type Query } from "./host/query";
import type { Foreign, Kind } from "./kind";
import { Conflict } from "./problem";
import { recordFile, recordQuery, type StoredRecord, type Story } from "./record";
import { ADVERTISED_PROTOCOL, parseRoutes, type RouteState } from "./route-state";
import { equal, obstacle, persistedLines, persistedPath, written } from "./sysctl-file";

type Values = Map<string, string>;

type ForwardingQueries = {
    ipv4: Query<Values>;
    ipv4Devices: Query<Values>;
    redirects: Query<Values>;
    ipv6: Query<Values>;
    accept: Query<Values>;
    /** Where IPv6 is asked for. */
    defaults?: Query<readonly RouteState[]>;
    file: Query<string[]>;
    /** Whose namespace it is; a machine's own is nobody's. */
    maker?: Query<StoredRecord | undefined>;
    /** Where a file is asked for. */
    folder?: Query<string[]>;
};

interface ForwardingState {
    /** Every setting below /proc/sys that forwarding touches, by its path. */
    readonly values: Values;
    /** Devices over which a default route was advertised. */
    readonly advertised: readonly string[];
    /** The lines of the file in /etc/sysctl.d; undefined if there is none. */
    readonly file: readonly string[] | undefined;
    /** What stands in its place, or in that of /etc/sysctl.d, and is no file or folder: neither followed nor removed. */
    readonly obstacle: string | undefined;
    /** The namespace is of this stack: what differs from the rest is nobody's who may. */
    readonly isOurs?: boolean;
}

const FAMILIES = ["ipv4", "ipv6"] as const;
type FamilyKey = (typeof FAMILIES)[number];

/** What was there before any of us, by its path. */
type Before = Readonly<Record<string, string>>;

/** The setting that is written; `conf.all.forwarding` of IPv4 is `ip_forward` under another name (ip-sysctl). */
const MAIN: Record<FamilyKey, string> = {
    ipv4: "net/ipv4/ip_forward",
    ipv6: "net/ipv6/conf/all/forwarding",
};

const isOf = (family: FamilyKey, path: string): boolean => path.startsWith(`net/${family}/`);

const values = (place: Place, ask: string): Query<Values> => ({ source: "settings", place, ask, read: pairs });

const files = (place: Place, ask: string): Query<string[]> => ({
    source: "files",
    place: machinePlace(place),
    ask,
    read: (answer) => (answer ?? "").split("\n").filter((line) => line !== ""),
});

/** What stands on one device alone; `all` is the setting itself, and `default` what a device that comes begins with. */
const isOfDevice = (path: string): boolean => path.endsWith("/forwarding") && !path.includes("/conf/all/");

/**
 * Devices of a namespace of ours that do not forward as it does: the kernel writes each device's when the setting changes, and not
 * when it is written once more. On a machine's own, and in a namespace of others, each device's is the owner's.
 */
function exceptions(
    family: FamilyKey,
    wanted: boolean | undefined,
    { values: now, isOurs }: ForwardingState,
): string[] {
    if (!isOurs || wanted === undefined || now.get(MAIN[family]) !== written(wanted)) return [];
    const devices = [...now].filter(([path]) => isOf(family, path) && isOfDevice(path));
    return devices.filter(([, value]) => value !== written(wanted)).map(([path]) => path);
}

/** Has them forward as the rest. */
function evenOut(family: FamilyKey, wanted: boolean | undefined, state: ForwardingState, place: Place): Command[] {
    const paths = exceptions(family, wanted, state);
    const keeping = family === "ipv6" && wanted && paths.length > 0 ? keepAdvertised(state, place) : [];
    return [...keeping, ...paths.map((path) => setting(place, path, written(wanted === true)))];
}

function exceptionOf(path: string): string {
    const [, family, , device = ""] = path.split("/");
    return exceptionText(device, family === "ipv4" ? 4 : 6);
}

const isMadeBy = (owner: Owner, record: StoredRecord | undefined, boot: string): boolean =>
    record?.boot === boot && record.claims.some((claim) => sameStack(parseOwner(claim.owner), owner));

/** A claim of another stack that wants the opposite; one of ours is about to be changed too, or the check would have refused it. */
function contradiction(
    wanted: ForwardingSettingSpec,
    { others: all, owner }: Story,
    place: Place,
): Foreign | undefined {
    const others = all.filter((claim) => !sameStack(parseOwner(claim.owner), owner));
    for (const family of FAMILIES) {
        const other = others.find(({ spec }) => spec[family] !== undefined && spec[family] !== wanted[family]);
        if (wanted[family] === undefined || !other) continue;
        const path = MAIN[family].replaceAll("/", ".");
        const what = `${path}=${written(other.spec[family] === true)} ${where(place)}, which is kept so`;
        return { property: family, what, owner: other.owner };
    }
    return undefined;
}

const acceptPath = (device: string): string => `net/ipv6/conf/${device}/accept_ra`;

const advertisedOver = (defaults: readonly RouteState[]): string[] =>
    defaults
        .filter(({ protocol }) => protocol === ADVERTISED_PROTOCOL)
        .flatMap(({ hops }) => hops.flatMap(({ device }) => device ?? []));

/** Turning it on for IPv6 makes the kernel forget advertised default routes unless accept_ra is 2 (ip-sysctl). */
function keepAdvertised({ values: now, advertised }: ForwardingState, place: Place): Command[] {
    return advertised
        .map(acceptPath)
        .filter((path) => now.get(path) === "1")
        .map((path) => setting(place, path, "2"));
}

/** What the kernel writes into other settings when a family's is written: inet_forward_change, addrconf_forward_change. */
function sideEffects(family: FamilyKey, value: string): (path: string) => string | undefined {
    const redirects = value === "1" ? "0" : "1";
    return (path) => {
        if (path === MAIN[family] || !isOf(family, path)) return undefined;
        if (path.endsWith("/forwarding")) return value;
        return path === "net/ipv4/conf/all/accept_redirects" ? redirects : undefined;
    };
}

/** The settings that writing the original value changes, and accept_ra: to be put back behind it. */
function besides(family: FamilyKey, { values: now }: ForwardingState, before: Before, place: Place): SettingCommand[] {
    const effect = sideEffects(family, before[MAIN[family]] ?? "");
    return Object.entries(before)
        .filter(([path, value]) => now.has(path) && effect(path) !== undefined && effect(path) !== value)
        .filter(([path]) => path !== "net/ipv4/conf/all/forwarding")
        .map(([path, value]) => setting(place, path, value));
}

/** accept_ra of the devices whose advertised default route we have kept. */
function acceptAgain({ values: now }: ForwardingState, before: Before, place: Place): SettingCommand[] {
    return Object.entries(before)
        .filter(([path, value]) => path.endsWith("/accept_ra") && now.get(path) === "2" && value === "1")
        .map(([path, value]) => setting(place, path, value));
}

/** Writes the original value, and what the kernel changes with it. Done half-way before, what is left of it. */
function putBack(
    family: FamilyKey,
    state: ForwardingState,
    before: Before,
    place: Place,
    unfinished: boolean,
): SettingCommand[] {
    const main = MAIN[family];
    const original = before[main];
    if (original === undefined) return [];
    const others = [
        ...besides(family, state, before, place),
        ...(family === "ipv6" ? acceptAgain(state, before, place) : []),
    ];
    if (state.values.get(main) !== original) return [setting(place, main, original), ...others];
    return unfinished ? others.filter(({ path, value }) => state.values.get(path) !== value) : [];
}

/** Whether a place routes between its devices: ip_forward and conf/all/forwarding of the kernel's ip-sysctl. */
export const forwardingSetting: Kind<ForwardingSettingSpec, ForwardingQueries, ForwardingState> = {
    name: "ForwardingSetting",
    schema: forwardingSettingSchema,
    identity: ["namespace", "host"],
    shared: true,
    mistakes: forwardingSettingMistakes,

    id: (spec) => atPlace("forwarding", placeOf(spec)),
    record: (spec) => ({ place: placeOf(spec), key: "forwarding" }),

    queries(spec) {
        const place = placeOf(spec);
        const maker = makerOf(place);
        return {
            ...(maker && { maker: recordQuery(recordFile(maker.within, maker.kind, maker.name)) }),
            ipv4: values(place, MAIN.ipv4),
            ipv4Devices: values(place, "net/ipv4/conf/*/forwarding"),
            redirects: values(place, "net/ipv4/conf/*/accept_redirects"),
            ipv6: values(place, "net/ipv6/conf/*/forwarding"),
            accept: values(place, "net/ipv6/conf/*/accept_ra"),
            ...(spec.ipv6 === undefined
                ? {}
                : { defaults: { source: "ip", place, ask: "route show table all exact ::/0", read: parseRoutes } }),
            file: files(place, `${settingsFolder(place)}/90-*.conf`),
            ...(spec.persist ? { folder: files(place, settingsFolder(place)) } : {}),
        };
    },

    observe(answers, spec, story) {
        const { owner, mine } = story;
        const place = placeOf(spec);
        const { ipv4, ipv4Devices, redirects, ipv6, accept, defaults = [], file, folder = [], maker } = answers;
        if (!ipv4.has(MAIN.ipv4)) return { state: undefined };
        const path = persistedPath(owner, place);
        const lines = file.filter((line) => line.startsWith(`${path} `)).map((line) => line.slice(path.length + 1));
        const state: ForwardingState = {
            values: new Map([...ipv4, ...ipv4Devices, ...redirects, ...ipv6, ...accept]),
            advertised: advertisedOver(defaults),
            file: lines.length > 0 ? lines : undefined,
            obstacle: obstacle(path, [...folder, ...file]),
            isOurs: isMadeBy(owner, maker, story.boot),
        };
        const foreign = contradiction(spec, story, place);
        if (foreign) return { state: undefined, foreign };
        if (spec.persist && state.obstacle && !mine) {
            return { state: undefined, foreign: { property: "persist", what: state.obstacle } };
        }
        if (spec.persist && state.file && !mine && !equal(state.file, persistedLines(spec))) {
            return { state: undefined, foreign: { property: "persist", what: `a file ${path} with other content` } };
        }
        return { state };
    },

    before({ ipv4, ipv4Devices, redirects, ipv6, accept, defaults = [] }, wanted, { record }) {
        // A person's accept_ra of another device is not ours to put back.
        const keeping = advertisedOver(defaults).map(acceptPath);
        const kept = [...accept].filter(([path]) => keeping.includes(path));
        const now = [...ipv4, ...ipv4Devices, ...redirects, ...ipv6, ...kept];
        // Until somebody asks for a family, what is there is not of our doing.
        const isNew = (family: FamilyKey) =>
            wanted?.[family] !== undefined && !record?.claims.some(({ spec }) => spec[family] !== undefined);
        const fresh = now.filter(([path]) => FAMILIES.some((family) => isNew(family) && isOf(family, path)));
        return { ...(record?.before ?? Object.fromEntries(now)), ...Object.fromEntries(fresh) };
    },

    plan(state, wanted, spec, { owner, dropped, others, record, mine }) {
        if (!state) return [];
        const place = placeOf(spec);
        const now = state.values;
        const commands: Command[] = [];
        const before = record?.before ?? {};
        const unfinished = mine?.previous !== undefined;
        for (const family of FAMILIES) {
            const target = wanted?.[family];
            const ours = target ?? dropped[family];
            if (ours === undefined) continue;
            const value = now.get(MAIN[family]);
            const isOriginal = target !== undefined && before[MAIN[family]] === written(target);
            commands.push(...evenOut(family, target, state, place));
            if (isOriginal) {
                const back = putBack(family, state, before, place, unfinished);
                commands.push(...back.filter(({ path }) => !(state.isOurs && isOfDevice(path))));
            } else if (target !== undefined) {
                if (value === written(target)) continue;
                if (family === "ipv6" && target) commands.push(...keepAdvertised(state, place));
                commands.push(setting(place, MAIN[family], written(target)));
            } else if (!others.some((claim) => claim.spec[family] !== undefined)) {
                // Only what still has our value is put back; another is somebody else's since.
                if (value === written(ours === true) || unfinished) {
                    commands.push(...putBack(family, state, before, place, unfinished));
                }
            }
        }
        const lines = wanted?.persist ? persistedLines(wanted) : undefined;
        if (lines && state.obstacle) {
            throw new Conflict({ property: "persist", what: state.obstacle }, "Nothing was changed. Remove it");
        }
        const known = [mine?.spec, mine?.previous, spec].map((old) =>
            old?.["persist"] ? persistedLines(old) : undefined,
        );
        const isOurs = known.some((old) => equal(old, state.file));
        if (lines && !equal(lines, state.file)) {
            commands.push({
                kind: "file",
                place,
                path: persistedPath(owner, place),
                content: lines.join("\n"),
                exclusive: !state.file,
            });
        } else if (!lines && state.file && isOurs) {
            commands.push({ kind: "file", place, path: persistedPath(owner, place), content: undefined });
        }
        return commands;
    },

    leave({ file }, spec, former) {
        if (!spec.persist || !equal(file, persistedLines(spec))) return [];
        const place = placeOf(spec);
        return [{ kind: "file", place, path: persistedPath(former, place), content: undefined }];
    },

    inputs(state, spec) {
        const { values: now, file } = state;
        const on = (family: FamilyKey) =>
            spec[family] === undefined ? {} : { [family]: now.get(MAIN[family]) === "1" };
        const persisted = spec.persist ? { persist: equal(file, persistedLines(spec)) } : {};
        const differing = FAMILIES.flatMap((family) => exceptions(family, spec[family], state));
        return {
            ...placeValues(spec),
            ...on("ipv4"),
            ...on("ipv6"),
            ...(spec.persist === undefined ? {} : { persist: false, ...persisted }),
            ...(differing.length > 0 ? { exceptions: joinList(differing.map(exceptionOf)) } : {}),
        };
    },

    outputs: () => ({}),
    blank: () => ({ values: new Map(), advertised: [], file: undefined, obstacle: undefined }),
};
