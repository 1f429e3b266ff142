import * as pulumi from "@pulumi/pulumi";
import { ownName, sharedName } from "../model/name";
import { LOCAL } from "../model/place";
import { quote } from "../model/quote";
import { declareNamespace, isMentioned, namespaceNamed } from "./declared";
import { defaultHost } from "./host";
import type { Namespace } from "./namespace";
import type { SimulatedHost } from "./simulated-host";

/** A host: a name of the stack's configuration (`linuxnet:hosts`), `"local"`, this machine, or a simulated one. */
export type HostInput = SimulatedHost | string;

/** Where something lives: in a network namespace, or in a host's own (with neither, the stack's default host's own). */
export interface Place {
    /** A namespace of this program, or the name of one that exists. `ip -n NAME` */
    namespace?: Namespace | pulumi.Input<string> | undefined;
    /**
     * The host, if it is not to be told by the namespace.
     * @default the configuration's `linuxnet:host`, or else "local", this machine
     */
    host?: HostInput | undefined;
}

/** Tells places apart while a program runs: a namespace by its resource or output, others by names. */
export type PlaceKey = object | string;

export const isNamespace = (value: unknown): value is Namespace =>
    pulumi.CustomResource.isInstance(value) && "name" in value;

const isSimulated = (host: HostInput | undefined): host is SimulatedHost => typeof host === "object";

/** Namespaces by their name outputs: `ns1.name` means ns1. */
const byName = new WeakMap<object, Namespace>();
/** Where each namespace of the program is. */
const hosts = new WeakMap<Namespace, HostInput>();
/** The names of simulated hosts among the resources, and theirs among the hosts. */
const simulated = new WeakMap<SimulatedHost, { key: string; path: pulumi.Output<string> }>();

/** What is in a namespace comes after it, also where it is only named: so the name is known before. */
export function requireUnused(resource: string, name: unknown, host: HostInput): void {
    if (typeof name !== "string" || !isMentioned(hostTitle(host), name)) return;
    throw new pulumi.RunError(
        `${resource}: name: given ${quote(name)}\nexpected a name in which nothing has been put before\n` +
            "declare the namespace before what is in it",
    );
}

export function knowNamespace(namespace: Namespace, name: unknown, host: HostInput): void {
    byName.set(namespace.name, namespace);
    hosts.set(namespace, host);
    if (typeof name === "string") declareNamespace(hostTitle(host), name, namespace);
}

export const knowSimulatedHost = (host: SimulatedHost, key: string, path: pulumi.Output<string>): void =>
    void simulated.set(host, { key, path });

/** A namespace that is given itself, or by its output. */
const givenNamespace = ({ namespace }: Place): Namespace | undefined => {
    if (isNamespace(namespace)) return namespace;
    return typeof namespace === "object" ? byName.get(namespace) : undefined;
};

/** The same, or the one of this program that a name means. */
const namespaceOf = (place: Place): Namespace | undefined => {
    const { namespace, host = defaultHost() } = place;
    return typeof namespace === "string" ? namespaceNamed(hostTitle(host), namespace) : givenNamespace(place);
};

/** The host of a place: of its namespace, or given, or the stack's default. */
export function hostOf(place: Place): HostInput {
    const namespace = namespaceOf(place);
    return (namespace && hosts.get(namespace)) ?? place.host ?? defaultHost();
}

/** A host in a message, and where hosts are compared. */
const hostTitle = (host: HostInput): string => (isSimulated(host) ? (simulated.get(host)?.key ?? "?") : host);

/** A resource whose references lie on different hosts is refused at once: the kernel has no such thing. */
export function agree(resource: string, property: string, given: HostInput, place: Place): void {
    const [one, other] = [hostTitle(given), hostTitle(hostOf(place))];
    if (one === other) return;
    throw new pulumi.RunError(
        `${resource}: ${property}: given one of host ${one}\nexpected one of host ${other}, where the resource is\n` +
            "one layer-2 network on two hosts takes a Vxlan on each of them",
    );
}

/** The resource that takes along what lives in it: the namespace, or the simulated host. */
export function containerOf(place: Place): Namespace | SimulatedHost | undefined {
    const namespace = namespaceOf(place);
    if (namespace) return namespace;
    const host = hostOf(place);
    return isSimulated(host) ? host : undefined;
}

export function placeKey(place: Place): PlaceKey {
    const namespace = namespaceOf(place) ?? place.namespace;
    return typeof namespace === "object" ? namespace : `${hostTitle(hostOf(place))}/${namespace ?? ""}`;
}

/** A host as an input; this machine is none. */
export function hostInput(host: HostInput): pulumi.Input<string> | undefined {
    if (isSimulated(host)) return simulated.get(host)?.path;
    return host === LOCAL ? undefined : host;
}

/** A place as flat inputs. */
export function placeInputs(place: Place): pulumi.Inputs {
    return { namespace: namespaceOf(place)?.name ?? place.namespace, host: hostInput(hostOf(place)) };
}

/**
 * Whether a place is the stack's own, where no other stack's names are: by what is given. Names do not follow from what a mere name is
 * found to mean: those of labs that are deployed would change.
 */
export const isOwnPlace = (place: Place): boolean => givenNamespace(place) !== undefined || isSimulated(hostOf(place));

/** The name of a resource's object when the program gives none; see docs/architecture.md, "Names". */
export function defaultName(resource: string, place: Place, limit: number): string {
    const naming = {
        project: pulumi.getProject(),
        stack: pulumi.getStack(),
        verbatim: new pulumi.Config("linuxnet").get("naming") === "verbatim",
    };
    return isOwnPlace(place) ? ownName(naming, resource, limit) : sharedName(naming, resource, limit);
}
