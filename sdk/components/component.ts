import * as pulumi from "@pulumi/pulumi";
import { hostOf, type Place } from "../place";

/** What all components have in common: their resources are children, named after them, and can be reached. */
export abstract class Component extends pulumi.ComponentResource {
    /** @internal What the names of its resources begin with. */
    readonly base: string;

    protected constructor(kind: string, name: string, options?: pulumi.ComponentResourceOptions) {
        super(`linuxnet:components:${kind}`, name, {}, options);
        this.base = name;
    }
}

/** Whether a program says where something is. */
export const isPlaced = ({ namespace, host }: Place): boolean => namespace !== undefined || host !== undefined;

/** The machine that a place is on, to make something else there. */
export const machineOf = (place: Place): Place => ({ host: hostOf(place) });

/** One, two, and so on; of a number that is none, an error. */
export function upTo(count: number, about: { readonly component: string; readonly property: string }): number[] {
    if (!Number.isSafeInteger(count) || count < 1) {
        throw new pulumi.RunError(
            `${about.component}: ${about.property}: given ${count}\nexpected a whole number from 1 on`,
        );
    }
    return Array.from({ length: count }, (_, at) => at + 1);
}
