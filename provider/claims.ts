import { type Owner, parseOwner } from "../model/owner";
import type { Place } from "../model/place";
import { ask } from "./host/machines";
import { RUN } from "./host/place";
import type { Query } from "./host/query";
import { bootQuery, type FlatSpec, parseRecordLines } from "./record";

/** What a record of a machine says that somebody has made there. */
export interface Claimed {
    readonly owner: Owner;
    /** `VethPair` */
    readonly kind: string;
    readonly spec: FlatSpec;
}

/** The records of a machine itself, and of simulated hosts, up to two within one another. */
const PATTERNS = ["", "hosts/*/records/", "hosts/*/hosts/*/records/", "hosts/*/hosts/*/hosts/*/records/"].map(
    (folder) => `${RUN}/${folder}*/*.json`,
);

/** All that the records of a machine say, whoever's it is. */
export async function claimsOn(place: Place): Promise<Claimed[]> {
    const query = (pattern: string): Query<string> => ({
        source: "files",
        place,
        ask: pattern,
        read: (answer) => answer ?? "",
    });
    const questions = Object.fromEntries(PATTERNS.map((pattern) => [pattern, query(pattern)]));
    const { boot, ...texts } = await ask(place, { ...questions, boot: bootQuery(place) });
    const records = Object.values(texts).flatMap((text) => parseRecordLines(String(text)));
    return records
        .filter((record) => record.boot === boot)
        .flatMap(({ kind, claims }) => claims.map(({ owner, spec }) => ({ owner: parseOwner(owner), kind, spec })));
}
