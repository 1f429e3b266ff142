import * as v from "valibot";
import { fingerprint } from "../model/name";
import { formatOwner, type Owner } from "../model/owner";
import { machinePlace, type Place } from "../model/place";
import type { FileCommand } from "./host/command";
import { recordsFolder, recordsPattern } from "./host/place";
import { type Query, remember } from "./host/query";

const specSchema = v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]));

/** The properties of a resource as they travel: flat. */
export type FlatSpec = { readonly [key: string]: string | number | boolean | undefined };

const claimSchema = v.object({ owner: v.string(), spec: specSchema, previous: v.optional(specSchema) });

/** What one resource wants of an object: now, and until an unfinished change is done, before it. */
export interface Claim {
    readonly owner: string;
    readonly spec: FlatSpec;
    readonly previous?: FlatSpec | undefined;
}

const recordSchema = v.object({
    boot: v.string(),
    kind: v.string(),
    claims: v.array(claimSchema),
    /** What was there before the first of us, to be put back by the last. */
    before: v.optional(v.record(v.string(), v.string()), {}),
});

/** The story of one object, kept on its host. The kernel's object itself carries but the owner's tag. */
export interface StoredRecord {
    readonly boot: string;
    readonly kind: string;
    readonly claims: readonly Claim[];
    readonly before: Readonly<Record<string, string>>;
}

/** The file of a record, on the machine that its object is on. */
export interface RecordFile {
    readonly place: Place;
    readonly path: string;
    /** Where the object is. */
    readonly about: Place;
}

const encode = (key: string): string => {
    const name = encodeURIComponent(key);
    return name.length <= 180 ? name : `${name.slice(0, 160)}~${fingerprint(12, key)}`;
};

export const recordFile = (place: Place, kind: string, key: string): RecordFile => ({
    place: machinePlace(place),
    path: `${recordsFolder(place)}/${kind}.${encode(key)}.json`,
    about: place,
});

function parseRecord(text: string): StoredRecord | undefined {
    try {
        const result = v.safeParse(recordSchema, JSON.parse(text));
        return result.success ? result.output : undefined;
    } catch {
        return undefined; // a torn file is no record
    }
}

const afterPath = (line: string): string => line.slice(line.indexOf(" ") + 1);

const lines = remember((answer) => (answer === undefined ? [] : answer.split("\n")));

/** The records in an answer of `path content` lines. */
export const parseRecordLines = (answer: string): StoredRecord[] =>
    answer.split("\n").flatMap((line) => parseRecord(afterPath(line)) ?? []);

export const recordQuery = ({ place, path, about }: RecordFile): Query<StoredRecord | undefined> => ({
    source: "files",
    place,
    about,
    ask: path,
    survey: recordsPattern(about),
    read(answer) {
        const found = lines(answer).find((line) => line.startsWith(`${path} `));
        return found === undefined ? undefined : parseRecord(afterPath(found));
    },
});

/** The records of one kind in a place, whose key begins so. */
export function recordsQuery(place: Place, kind: string, key = ""): Query<StoredRecord[]> {
    const prefix = `${recordsFolder(place)}/${kind}.${encode(key)}`;
    return {
        source: "files",
        place: machinePlace(place),
        about: place,
        ask: `${prefix}*.json`,
        survey: recordsPattern(place),
        read: (answer) =>
            lines(answer)
                .filter((line) => line.startsWith(prefix))
                .flatMap((line) => parseRecord(afterPath(line)) ?? []),
    };
}

/** A machine's boot: what was recorded before it is void. */
export const bootQuery = (place: Place): Query<string> => ({
    source: "settings",
    place: machinePlace(place),
    ask: "kernel/random/boot_id",
    constant: true,
    read: (answer) => afterPath(answer ?? " unknown"),
});

export function writeRecord({ place, path }: RecordFile, record: StoredRecord, exclusive: boolean): FileCommand {
    return { kind: "file", place, path, content: JSON.stringify(record), exclusive };
}

/** With all records of a place, where nothing is there any more. */
export const removeRecord = ({ place, path }: RecordFile, of?: Place): FileCommand => ({
    kind: "file",
    place,
    path,
    content: undefined,
    ...(of === undefined ? {} : { folder: recordsFolder(of) }),
});

/** What a resource finds recorded about its object. */
export interface Story {
    readonly owner: Owner;
    readonly boot: string;
    readonly record: StoredRecord | undefined;
    /** Our own claim. */
    readonly mine: Claim | undefined;
    /** Those of other resources. */
    readonly others: readonly Claim[];
    /** What we had asked for before, where the wanted no longer says anything about it. */
    readonly dropped: FlatSpec;
    /** A record of an earlier boot says that the object was ours. */
    readonly stale: boolean;
}

export function tellStory(
    owner: Owner,
    boot: string,
    found: StoredRecord | undefined,
    wanted: FlatSpec | undefined,
): Story {
    const record = found?.boot === boot ? found : undefined;
    const name = formatOwner(owner);
    const mine = record?.claims.find((claim) => claim.owner === name);
    const known = { ...mine?.previous, ...mine?.spec };
    const dropped = Object.fromEntries(Object.entries(known).filter(([key]) => wanted?.[key] === undefined));
    return {
        owner,
        boot,
        record,
        mine,
        others: record?.claims.filter((claim) => claim !== mine) ?? [],
        dropped,
        stale: found !== undefined && record === undefined && found.claims.some((claim) => claim.owner === name),
    };
}
