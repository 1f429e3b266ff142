import { placeOf } from "../../model/place";
import type { Problem } from "../../model/schema";
import type { Declaration, Program } from "../program";
import { at, quote, resourceName } from "./seen";

/** Several resources may want forwarding in a place, but not on and off. */
export function forwardingTaken(program: Program, { owner, known, unknown }: Declaration): Problem[] {
    if (unknown.includes("namespace") || unknown.includes("host")) return [];
    const place = placeOf(known as { namespace?: string; host?: string });
    return ["ipv4", "ipv6"].flatMap((property) => {
        const key = `${place} ${property}`;
        const wishes = program.forwarding.get(key) ?? new Map<string, unknown>();
        program.forwarding.set(key, wishes.set(owner, known[property]));
        const isOther = ([, wish]: [string, unknown]) => wish !== undefined && wish !== known[property];
        const [other, wish] = (known[property] === undefined ? undefined : [...wishes].find(isOther)) ?? [];
        if (other === undefined) return [];
        const advice = `"${resourceName(other)}" keeps it so ${at(place)}`;
        return [{ property, given: quote(known[property]), expected: String(wish), advice }];
    });
}
