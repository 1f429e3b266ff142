import { LOCAL } from "../../model/place";
import { formatNexthop } from "../../model/route";
import { joinList } from "../../model/schema";
import { configureMachines } from "../../provider/host/machines";
import { remnantsOf, removeRemnant } from "../../provider/remnants";
import { type Inputs, type Resource, refreshTogether, Stack } from "../support/provider";
import { type Declared, LAB } from "./reference/lab";

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const textOf = (item: unknown): string => (typeof item === "string" ? item : formatNexthop(Object(item)));

/** As it travels on the wire: flat, and a list as one text. */
export function flatten(args: Declared["args"]): Inputs {
    const entries = Object.entries(args).flatMap(([key, value]) => {
        if (Array.isArray(value)) return [[key, joinList(value.map(textOf))]];
        if (typeof value !== "object" || value === null) return [[key, value]];
        return Object.entries(flatten(Object(value))).map(([inner, one]) => [key + capital(inner), one]);
    });
    return Object.fromEntries(entries);
}

interface Deployed {
    readonly name: string;
    /** Those that it makes. */
    readonly devices: readonly string[];
    readonly resource: Resource;
    readonly inputs: Inputs;
}

const deviceKey = (namespace: unknown, name: unknown): string => `${namespace ?? ""} ${name}`;

function devicesOf({ kind, args }: Declared): readonly string[] {
    const ends =
        kind === "VethPair" ? [args.left, args.right].map(Object) : kind === "Bridge" || kind === "Vxlan" ? [args] : [];
    return ends.map(({ namespace, name }) => deviceKey(namespace, name));
}

/** What runs on the machine for us is ended, and started anew when it is needed, as in a process of its own. */
export function startAnew(): void {
    configureMachines(() => new Map([[LOCAL, { sudo: false }]]));
}

/** A lab, by the provider's own create, update and delete; it remembers of each run what the engine would. */
export class Deployment {
    readonly #stack = new Stack("test", "faults");
    readonly #resources: readonly Deployed[];

    constructor(lab: readonly Declared[] = LAB) {
        this.#resources = lab.map(({ kind, name, args }) => ({
            name,
            devices: devicesOf({ kind, name, args }),
            resource: this.#stack.resource(kind, name),
            inputs: flatten(args),
        }));
    }

    /** What the state has, in the order of the program. */
    get resources(): readonly Resource[] {
        return this.#resources.map(({ resource }) => resource).filter(({ id }) => id !== undefined);
    }

    /** In order, up to the first that fails. */
    async up(): Promise<void> {
        for (const one of this.#resources) await one.resource.up(one.inputs, () => this.#removeRoutesOver(one));
    }

    /** The engine deletes a route before the device that it is over is replaced, and makes it again behind it. */
    async #removeRoutesOver({ devices }: Deployed): Promise<void> {
        const isOver = ({ inputs }: Deployed) =>
            inputs.destination !== undefined && devices.includes(deviceKey(inputs.namespace, inputs.device));
        for (const { resource } of this.#resources.filter(isOver).toReversed()) await resource.delete();
    }

    /** What a refresh finds changed, by resource, where it finds anything. */
    async refresh(): Promise<ReadonlyMap<string, readonly string[]>> {
        const lines = await refreshTogether(this.#resources.map(({ resource }) => resource));
        const found = this.#resources.map(({ name }, at): [string, readonly string[]] => [name, lines[at] ?? []]);
        return new Map(found.filter(([, changed]) => changed.length > 0));
    }

    /** Those that the next up would change. */
    async differing(): Promise<readonly string[]> {
        const found: string[] = [];
        for (const { name, resource, inputs } of this.#resources)
            if ((await resource.diff(inputs)).changes) found.push(name);
        return found;
    }

    async destroy(): Promise<void> {
        for (const { resource } of this.#resources.toReversed()) await resource.delete();
    }
}

/** What `linuxnet gc` does for a stack whose state has heard of nothing. */
export async function sweepAway(): Promise<void> {
    for (const remnant of await remnantsOf({ project: "faults", stack: "test", name: "" }))
        await removeRemnant(remnant);
    startAnew();
}
