import assert from "node:assert/strict";
import type { Args, Lab } from "./edit";
import { devicesOf } from "./edit";
import type { Kernel, View } from "./edit-kernel";
import { viewsOf } from "./edit-views";

const changedKeys = (before: Args, after: Args): readonly string[] =>
    [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().filter((key) => before[key] !== after[key]);

const withKeys = (words: string, keys: readonly string[]): string =>
    keys.length === 0 ? words : `${words}: ${keys.join(", ")}`;

/** Sent from the same address of another device, a route has been away with the one before. */
const isAnother = (before: View, after: View): boolean =>
    before.identity !== after.identity ||
    (before.values.preferredSource === after.values.preferredSource && before.source !== after.source);

function changeOf(name: string, before: View | undefined, after: View | undefined): readonly string[] {
    if (before === undefined) return after === undefined ? [] : [`create ${name}`];
    if (after === undefined) return [`delete ${name}`];
    const keys = changedKeys(before.values, after.values);
    if (isAnother(before, after)) return [withKeys(`replace ${name}`, keys)];
    return keys.length === 0 ? [] : [withKeys(`update ${name}`, keys)];
}

/** What has changed of each resource, in the engine's words, by what the kernel had before and has now. */
export function changesBetween(before: Kernel, lab: Lab, after: Kernel, edited: Lab): readonly string[] {
    const [old, now] = [viewsOf(before, lab), viewsOf(after, edited)];
    const names = [...new Set([...old.keys(), ...now.keys()])];
    return names.flatMap((name) => changeOf(name, old.get(name), now.get(name))).sort();
}

/** Nothing but what the lab says is in the kernel: a link, a route or a namespace that is left behind is nobody's. */
export function assertNothingElse(kernel: Kernel, lab: Lab): void {
    const places = lab.filter(({ kind }) => kind === "Namespace").map(({ args }) => String(args.name));
    assert.deepEqual([...kernel.keys()].filter((name) => name !== undefined).sort(), places.sort(), "the namespaces");
    const titles = (place: unknown): readonly unknown[] => kernel.get(place)?.links.map(({ ifname }) => ifname) ?? [];
    for (const place of kernel.keys()) {
        const devices = devicesOf(lab).filter((device) => device.place === place);
        const wanted = ["lo", ...devices.map(({ name }) => name)];
        assert.deepEqual([...titles(place)].sort(), wanted.sort(), `the links of ${place ?? "the host"}`);
        const routes = lab.filter(({ kind, args }) => kind === "Route" && args.namespace === place);
        const found = kernel.get(place)?.routes.filter(({ protocol }) => String(protocol) === "157") ?? [];
        assert.equal(found.length, routes.length, `the number of routes in ${place ?? "the host"}`);
    }
}
