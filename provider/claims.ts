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
    /** The file of the record. */
    readonly path: string;
}

/** The records of a machine itself, and of simulated hosts, up to two within one another. */
export const RECORDS: readonly string[] = [
    "",
    "hosts/*/records/",
    "hosts/*/hosts/*/records/",
    "hosts/*/hosts/*/hosts/*/records/",
].map((folder) => `${RUN}/${folder}*/*.json`);

/** All that the records of a machine say, whoever's it is. */
export async function claimsOn(place: Place): Promise<Claimed[]> {
    const query = (pattern: string): Query<string> => ({
        source: "files",
        place,
        ask: pattern,
        read: (answer) => answer ?? "",
    });
    const questions = Object.fromEntries(RECORDS.map((pattern) => [pattern, query(pattern)]));
    const { boot, ...texts } = await ask(place, { ...questions, boot: bootQuery(place) });
    return Object.values(texts)
        .flatMap((text) => String(text).split("\n"))
        .flatMap((line) => {
            const path = line.slice(0, line.indexOf(" "));
            const [record] = parseRecordLines(line);
            const claims = record?.boot === boot ? record.claims : [];
            return claims.map(({ owner, spec }) => ({
                owner: parseOwner(owner),
                kind: record?.kind ?? "",
                spec,
                path,
            }));
        });
}
