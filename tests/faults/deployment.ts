import { LOCAL } from "../../model/place";
import { joinList } from "../../model/schema";
import { configureMachines } from "../../provider/host/machines";
import { remnantsOf, removeRemnant } from "../../provider/remnants";
import { type Inputs, type Resource, Stack } from "../support/provider";
import { type Declared, LAB } from "./reference/lab";

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** As it travels on the wire: flat, and a list as one text. */
function flatten(args: Declared["args"]): Inputs {
    const entries = Object.entries(args).flatMap(([key, value]) => {
        if (Array.isArray(value)) return [[key, joinList(value)]];
        if (typeof value !== "object" || value === null) return [[key, value]];
        return Object.entries(flatten(Object(value))).map(([inner, one]) => [key + capital(inner), one]);
    });
    return Object.fromEntries(entries);
}

/** What runs on the machine for us is ended, and started anew when it is needed, as in a process of its own. */
export function startAnew(): void {
    configureMachines(() => new Map([[LOCAL, { sudo: false }]]));
}

/** The reference lab, by the provider's own create, update and delete; it remembers of each run what the engine would. */
export class Deployment {
    readonly #stack = new Stack("test", "faults");
    readonly #resources: readonly { readonly resource: Resource; readonly inputs: Inputs }[];

    constructor() {
        this.#resources = LAB.map(({ kind, name, args }) => ({
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
        for (const { resource, inputs } of this.#resources) await resource.up(inputs);
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
