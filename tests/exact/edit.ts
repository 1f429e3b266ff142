import { contains, parseAddress, parsePrefix } from "../../model/prefix";
import type { Declared } from "../faults/reference/lab";

export type Lab = readonly Declared[];
export type Args = Readonly<Record<string, unknown>>;

/** What a person changes in a program, and what the program is then. */
export interface Edit {
    /** `mtu of ns1/pair1-l: 1400` */
    readonly what: string;
    /** The resource that is edited, and so has to be among those that change. */
    readonly target: string;
    readonly lab: Lab;
    /**
     * Of a place: one at a time. What leaves a namespace that is itself replaced in the same operation, the engine creates before it
     * has deleted it (docs/guarantees.md).
     */
    readonly isOfPlace?: true;
}

/** Makes one of its kind, by lot; undefined where the lab has nothing for it. */
export type Editor = (lab: Lab, chance: Chance) => Edit | undefined;

/** What is left to chance, and numbers that nobody has used. */
export class Chance {
    #fresh = 0;

    constructor(private readonly random: () => number) {}

    below(limit: number): number {
        return Math.floor(this.random() * limit);
    }

    pick<T>(list: readonly T[]): T | undefined {
        return list[this.below(list.length)];
    }

    fresh(): number {
        this.#fresh += 1;
        return this.#fresh;
    }
}

/** One device of a lab, as its program has it. */
export interface EditableDevice {
    readonly resource: Declared;
    /** Which end of a pair; empty for what is one by itself. */
    readonly side: "left" | "right" | "";
    readonly args: Args;
    readonly place: unknown;
    readonly name: string;
    readonly addresses: readonly string[];
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textsOf = (value: unknown): readonly string[] => listOf(value).map(String);
export const hopsOf = ({ nexthops }: Args): readonly Args[] => listOf(nexthops).map(Object);

export function devicesOf(lab: Lab): readonly EditableDevice[] {
    return lab.flatMap((resource) => {
        const { kind, args } = resource;
        const sides =
            kind === "VethPair" ? (["left", "right"] as const) : kind === "Bridge" || kind === "Vxlan" ? [""] : [];
        return sides.map((side): EditableDevice => {
            const own: Args = side === "" ? args : Object(args[side]);
            const { namespace: place, name, addresses } = own;
            return {
                resource,
                side: side as EditableDevice["side"],
                args: own,
                place,
                name: String(name),
                addresses: textsOf(addresses),
            };
        });
    });
}

export const titleOf = ({ place, name }: EditableDevice): string => `${place ?? "host"}/${name}`;

export const withArgs = (lab: Lab, name: string, patch: Args): Lab =>
    lab.map((one) => (one.name === name ? { ...one, args: { ...one.args, ...patch } } : one));

export const withDevice = (lab: Lab, { resource, side, args }: EditableDevice, patch: Args): Lab =>
    withArgs(lab, resource.name, side === "" ? patch : { [side]: { ...args, ...patch } });

export const without = (lab: Lab, name: string): Lab => lab.filter((one) => one.name !== name);

const holds = (address: string, gateway: unknown): boolean =>
    typeof gateway === "string" && contains(parsePrefix(address), parseAddress(gateway));

export const gatewaysOf = (args: Args): readonly unknown[] => [args, ...hopsOf(args)].map(({ gateway }) => gateway);

/** The routes that go over a device, named or found by their gateways. */
export const routesOver = (lab: Lab, { place, name, addresses }: EditableDevice): Lab =>
    lab.filter(({ kind, args }) => {
        if (kind !== "Route" || args.namespace !== place) return false;
        const isNamed = [args, ...hopsOf(args)].some(({ device }) => device === name);
        return isNamed || gatewaysOf(args).some((gateway) => addresses.some((address) => holds(address, gateway)));
    });

/** Whether anything else in the lab is told by this address, or reached through it. */
export function isNeeded(lab: Lab, { place }: EditableDevice, address: string): boolean {
    const [plain] = address.split("/");
    return lab.some(
        ({ kind, args }) =>
            args.namespace === place &&
            ((kind === "Route" &&
                (args.preferredSource === plain || gatewaysOf(args).some((gateway) => holds(address, gateway)))) ||
                (kind === "Vxlan" && args.local === plain)),
    );
}

/** The tunnels that are sent from a device. */
export const tunnelsOver = (lab: Lab, { place, name, addresses }: EditableDevice): Lab =>
    lab.filter(
        ({ kind, args }) =>
            kind === "Vxlan" &&
            args.namespace === place &&
            (args.device === name || addresses.some((address) => address.split("/")[0] === args.local)),
    );

export const portsOf = (lab: Lab, { place, name }: EditableDevice): readonly EditableDevice[] =>
    devicesOf(lab).filter((one) => one.place === place && one.args.bridge === name);
