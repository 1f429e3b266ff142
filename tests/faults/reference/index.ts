import type { Resource } from "@pulumi/pulumi";
import { Address, Bridge, ForwardingSetting, Namespace, Route, VethPair, Vxlan } from "pulumi-linuxnet";
import { LAB } from "./lab";

const DROPPED: readonly string[] = [];

const made = new Map<string, unknown>();

/** With references in place of names, so that the engine has the order; a route finds its device by its gateway. */
function resolve(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const entries = Object.entries(args).map(([key, value]) => {
        if (key === "left" || key === "right") return [key, resolve(Object(value))];
        return [key, key === "namespace" || key === "bridge" ? (made.get(String(value)) ?? value) : value];
    });
    return Object.fromEntries(entries.filter(([key]) => key !== "device" || args.gateway === undefined));
}

const kinds = { Address, Bridge, ForwardingSetting, Namespace, Route, VethPair, Vxlan };
type Constructor = new (name: string, args: unknown) => Resource;

for (const { kind, name, args } of LAB) {
    if (DROPPED.includes(name)) continue;
    made.set(name, new (kinds[kind] as unknown as Constructor)(name, resolve(args)));
}
