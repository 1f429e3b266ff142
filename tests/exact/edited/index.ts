import type { Resource } from "@pulumi/pulumi";
import { Address, Bridge, ForwardingSetting, Namespace, Route, VethPair, Vxlan } from "pulumi-linuxnet";
import { LAB } from "./lab";

type Args = Readonly<Record<string, unknown>>;

const places = new Map<unknown, unknown>();
const devices = new Map<string, unknown>();

const keyOf = ({ namespace }: Args, name: unknown): string => `${namespace ?? ""} ${name}`;

/** A device is given itself, or by its name: to every other resource so. */
function deviceOf(resource: string, place: Args, name: unknown): unknown {
    const isGiven = (resource.codePointAt(resource.length - 1) ?? 0) % 2 === 0;
    return isGiven ? (devices.get(keyOf(place, name)) ?? name) : name;
}

function resolve(resource: string, args: Args): Args {
    const { namespace, bridge, device, nexthops, left, right, ...rest } = args;
    return {
        ...rest,
        ...(namespace === undefined ? {} : { namespace: places.get(namespace) }),
        ...(bridge === undefined ? {} : { bridge: deviceOf(resource, args, bridge) }),
        ...(device === undefined ? {} : { device: deviceOf(resource, args, device) }),
        ...(left === undefined
            ? {}
            : { left: resolve(resource, Object(left)), right: resolve(resource, Object(right)) }),
        ...(Array.isArray(nexthops)
            ? { nexthops: nexthops.map((hop) => ({ ...hop, device: deviceOf(resource, args, hop.device) })) }
            : {}),
    };
}

const kinds = { Address, Bridge, ForwardingSetting, Namespace, Route, VethPair, Vxlan };
type Constructor = new (name: string, args: unknown) => Resource;

for (const { kind, name, args } of LAB) {
    const made = new (kinds[kind] as unknown as Constructor)(name, resolve(name, args));
    if (kind === "Namespace") places.set(args.name, made);
    if (kind === "Bridge" || kind === "Vxlan") devices.set(keyOf(args, args.name), made);
    if (!(made instanceof VethPair)) continue;
    for (const [end, device] of [[Object(args.left), made.left] as const, [Object(args.right), made.right] as const])
        devices.set(keyOf(end, end.name), device);
}
