import * as pulumi from "@pulumi/pulumi";
import { ownName, sharedName } from "../model/name";
import type { Namespace } from "./namespace";

/** Where something lives: in a network namespace, or in a host's own (with neither, this machine's own). */
export interface Place {
    /** A namespace of this program, or the name of one that exists. `ip -n NAME` */
    namespace?: Namespace | pulumi.Input<string> | undefined;
    /**
     * The host, if it is not to be told by the namespace.
     * @default "local", this machine
     */
    host?: string | undefined;
}

/** Tells places apart while a program runs: a namespace by its resource or name, the host by an empty name. */
export type PlaceKey = object | string;

export const isNamespace = (value: unknown): value is Namespace =>
    pulumi.CustomResource.isInstance(value) && "name" in value;

/** Namespaces by their name outputs: `ns1.name` means ns1. */
const byName = new WeakMap<object, Namespace>();

export const knowByName = (namespace: Namespace): void => void byName.set(namespace.name, namespace);

/** The namespace's resource, which takes along what lives in it. */
export function containerOf({ namespace }: Place): Namespace | undefined {
    if (isNamespace(namespace)) return namespace;
    return typeof namespace === "object" ? byName.get(namespace) : undefined;
}

export const placeKey = (place: Place): PlaceKey => containerOf(place) ?? place.namespace ?? "";

/** A place as flat inputs. */
export function placeInputs({ namespace, host }: Place): pulumi.Inputs {
    return {
        namespace: isNamespace(namespace) ? namespace.name : namespace,
        host: host === "local" ? undefined : host,
    };
}

/** The name of a resource's object when the program gives none; see docs/architecture.md, "Names". */
export function defaultName(resource: string, place: Place, limit: number): string {
    const naming = {
        project: pulumi.getProject(),
        stack: pulumi.getStack(),
        verbatim: new pulumi.Config("linuxnet").get("naming") === "verbatim",
    };
    return containerOf(place) ? ownName(naming, resource, limit) : sharedName(naming, resource, limit);
}
