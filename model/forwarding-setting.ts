import * as v from "valibot";
import { placeEntries } from "./place";
import type { Family } from "./prefix";
import { flag, type Problem, type SpecOf, schema, splitList } from "./schema";

const entries = {
    ...placeEntries,
    ipv4: v.optional(flag),
    ipv6: v.optional(flag),
    persist: v.optional(flag),
};

export type ForwardingSettingSpec = SpecOf<typeof entries>;
export const forwardingSettingSchema = schema(entries);

export function forwardingSettingMistakes(
    inputs: Partial<ForwardingSettingSpec>,
    unknown: readonly string[],
): Problem[] {
    const problems: Problem[] = [];
    const says = (["ipv4", "ipv6"] as const).some((key) => inputs[key] !== undefined || unknown.includes(key));
    if (!says) {
        problems.push({ property: "ipv4", given: "nothing", expected: "ipv4 or ipv6 (or both), true or false" });
    }
    if (inputs.persist && inputs.namespace !== undefined) {
        const expected = "false: /etc/sysctl.d is read for the host's own namespace only";
        problems.push({ property: "persist", given: "true", expected });
    }
    return problems;
}

/** A device of which somebody has set the forwarding otherwise: `eth1 (IPv4)`. */
export const exceptionText = (device: string, family: Family): string => `${device} (IPv${family})`;

/** The same, read again from a list of them. */
export const parseExceptions = (list: unknown): { readonly device: string; readonly family: Family }[] =>
    splitList(typeof list === "string" ? list : "").flatMap((text) => {
        const [, device, family] = /^(.*) \(IPv([46])\)$/.exec(text) ?? [];
        return device === undefined ? [] : [{ device, family: family === "4" ? 4 : 6 } as const];
    });
