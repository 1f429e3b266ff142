import { parseOwner } from "../../model/owner";
import { HOST, type Place, placeName, placeParts } from "../../model/place";
import { survey } from "../host/machines";
import { type LinkState, linksQuery } from "../link";
import type { Program } from "../program";

export { quote } from "../../model/quote";
export { withoutLength } from "../declared-devices";

/** Of a place, in a message: `on the host`, `in ns1`, `on left`. */
export const at = (place: Place): string =>
    place === HOST || placeParts(place).namespace === undefined ? `on ${placeName(place)}` : `in ${placeName(place)}`;

export const resourceName = (owner: string): string => parseOwner(owner).name;

export async function linksIn(place: Place): Promise<readonly LinkState[]> {
    const { links } = await survey({ links: linksQuery(place) }, { isCheck: true });
    return links;
}

/** What there is in a place and the program does not declare. */
export async function undeclaredLinks(program: Program, place: Place): Promise<readonly LinkState[]> {
    const declared = program.devices.in(place).filter(({ kind }) => kind !== "existing");
    const names = new Set(declared.map(({ name }) => name));
    return (await linksIn(place)).filter((link) => !names.has(link.name));
}
