import { hostPlace, machinePlace, type Place, placeName, placeOf, placeParts } from "../../model/place";
import type { Problem } from "../../model/schema";
import { machineAt } from "../host/machines";
import type { Declaration, Program } from "../program";
import { at, linksIn, quote, resourceName } from "./seen";

/** A name of a namespace, or of a simulated host, that another resource has. */
export function placeTaken(program: Program, { owner, known }: Declaration, place: Place): Problem[] {
    const taken = program.places.get(place);
    if (taken === undefined || taken === owner) return [];
    const advice = `"${resourceName(taken)}" has it already`;
    return [{ property: "name", given: quote(known["name"]), expected: "a name of its own", advice }];
}

/** Where a resource says that it lives: the properties, and the place that they make. */
function placesOf({ known, unknown }: Declaration): { property: string; hostProperty: string; place: Place }[] {
    const pairs = [["namespace", "host"] as const];
    pairs.push(...["left", "right", "from"].map((side) => [`${side}Namespace`, `${side}Host`] as never));
    return pairs.flatMap(([property, hostProperty]) => {
        if (unknown.includes(property) || unknown.includes(hostProperty)) return [];
        const [namespace, host] = [known[property], known[hostProperty]];
        if (typeof namespace !== "string" && typeof host !== "string") return [];
        const place = placeOf({ namespace: namespace as string | undefined, host: host as string | undefined });
        return [{ property, hostProperty, place }];
    });
}

async function isThere(program: Program, place: Place): Promise<boolean> {
    return program.places.has(place) || (await linksIn(place)).length > 0;
}

/** The names of what the program has declared, of the same sort and on the same host. */
function declaredLike(program: Program, place: Place): string[] {
    const isNamespace = placeParts(place).namespace !== undefined;
    return [...program.places.keys()]
        .filter((other) => (placeParts(other).namespace !== undefined) === isNamespace)
        .filter((other) => !isNamespace || hostPlace(other) === hostPlace(place))
        .map((other) => (isNamespace ? (placeParts(other).namespace ?? "") : placeName(other)))
        .sort()
        .slice(0, 6);
}

/** A machine is in the configuration; a simulated host, or a namespace, is declared before it is used, or exists. */
export async function placeUnknown(program: Program, declaration: Declaration): Promise<Problem[]> {
    for (const { property, hostProperty, place } of placesOf(declaration)) {
        machineAt(place);
        const host = hostPlace(place);
        if (host !== machinePlace(place) && !(await isThere(program, host))) {
            const names = declaredLike(program, host).join(", ");
            const expected = "a host that this program declares before, or one that exists";
            const advice = names ? `declared: ${names}` : 'declare it: new linuxnet.SimulatedHost("…")';
            return [{ property: hostProperty, given: quote(placeName(host)), expected, advice }];
        }
        if (placeParts(place).namespace === undefined || (await isThere(program, place))) continue;
        const names = declaredLike(program, place).join(", ");
        const where = host === "" ? "" : ` ${at(host)}`;
        const expected = `a namespace that this program declares${where} before, or one that exists`;
        const advice = names ? `declared: ${names}` : 'declare it: new linuxnet.Namespace("…")';
        return [{ property, given: quote(placeParts(place).namespace), expected, advice }];
    }
    return [];
}
