import * as pulumi from "@pulumi/pulumi";
import { fingerprint } from "../model/name";
import { AddressProblem, contains, type Prefix, parseAddress, parsePrefix } from "../model/prefix";
import type { Namespace } from "./namespace";
import type { PlaceKey } from "./place";

/** A device that the program has declared: where it lives and what it can reach. */
export interface DeclaredDevice {
    readonly resource: pulumi.Resource;
    readonly place: PlaceKey;
    readonly name: pulumi.Output<string>;
    /** As the program gave it, or as it is made of the resource's name; none of an Address, whose device is another's. */
    readonly plainName?: unknown;
    /** The bridge of this program whose port it is. */
    readonly master?: pulumi.Resource | undefined;
    /** As the program gave them: only plain strings can be compared while it runs. */
    readonly addresses: unknown;
    /** As the program gave it. */
    readonly mtu: pulumi.Input<number> | undefined;
}

/** A route without a gateway: what it leads to is a neighbour, and may be the gateway of another route. */
interface DeclaredLink {
    readonly resource: pulumi.Resource;
    readonly place: PlaceKey;
    readonly destination: Prefix;
}

type Revised = pulumi.Resource & { readonly revision: pulumi.Output<string> };

/** What one run of a program has declared so far, in order. */
class Declared {
    readonly devices: DeclaredDevice[] = [];
    readonly links: DeclaredLink[] = [];
    /** Kinds and names: an owner is told by them. */
    readonly names = new Set<string>();
    /** Declared since the last Reachability. */
    since: Revised[] = [];
    /** The last Reachability that looked at anything new: it stands for all before it. */
    head: pulumi.Output<string | undefined> | undefined;
    provider: pulumi.ProviderResource | undefined;
    /** Namespaces by their hosts and plain names. */
    readonly namespaces = new Map<string, Namespace>();
    /** Where something has been put by a name that nothing declared had. */
    readonly mentioned = new Set<string>();
}

const runs = new WeakMap<object, Declared>();
const noStack = {};

/** A process may run several programs (the Automation API): each has a stack resource of its own. */
function run(): Declared {
    const key = pulumi.runtime.getStackResource() ?? noStack;
    const known = runs.get(key) ?? new Declared();
    runs.set(key, known);
    return known;
}

/**
 * The engine keeps the whole configuration as inputs of the default provider: in the state. How hosts are reached is none
 * of the state's business, so where there are such connections a provider without inputs takes its place.
 */
export function connectionProvider(): pulumi.ProviderResource {
    const declared = run();
    declared.provider ??= new ConnectionProvider("linuxnet");
    return declared.provider;
}

class ConnectionProvider extends pulumi.ProviderResource {
    constructor(name: string) {
        super("pulumi-nodejs", name, {});
    }
}

/** Under components of two types Pulumi takes the same name twice; the objects on the machine would be one. */
export function claimName(kind: string, name: string): void {
    const key = `${kind} ${name}`;
    if (run().names.has(key)) {
        throw new pulumi.RunError(`Two resources of the kind ${kind} are named "${name}": give one another name.`);
    }
    run().names.add(key);
}

export function declare(resource: Revised, kind: string): void {
    if (kind !== "Reachability") run().since.push(resource);
}

/** The namespace, declared earlier on a host, that is meant by a name: the same as if it had been given itself. */
export function namespaceNamed(host: string, name: string): Namespace | undefined {
    const { namespaces, mentioned } = run();
    const key = `${host}/${name}`;
    const found = namespaces.get(key);
    if (found === undefined) mentioned.add(key);
    return found;
}

export const declareNamespace = (host: string, name: string, namespace: Namespace): void =>
    void run().namespaces.set(`${host}/${name}`, namespace);

/** Whether something has been put there by that name before; then it would depend on luck which of them is made first. */
export const isMentioned = (host: string, name: string): boolean => run().mentioned.has(`${host}/${name}`);

export const declareDevice = (device: DeclaredDevice): void => void run().devices.push(device);

/**
 * What triggers a Reachability: the revisions of all that was declared before it, each link of the chain adding only
 * what came since the last.
 */
export function triggers(): pulumi.Input<string | undefined> {
    const { head, since } = run();
    if (since.length === 0) return head ?? "";
    const revisions = since.map(({ revision }) => revision);
    return pulumi.all([head ?? "", ...revisions]).apply((values) => fingerprint(12, ...values.map(String)));
}

/** Makes a Reachability the head of the chain, if it looked at anything new. */
export function advance(reachability: { readonly triggers: pulumi.Output<string | undefined> }): void {
    const declared = run();
    if (declared.since.length === 0) return;
    declared.head = reachability.triggers;
    declared.since = [];
}

/** The device, declared earlier in the place, that has an address, as far as that can be told while the program runs. */
export function holderOf(place: PlaceKey, address: unknown): DeclaredDevice | undefined {
    const target = plainGateway(address);
    const has = ({ addresses }: DeclaredDevice) =>
        plainPrefixes(addresses)?.some((one) => one.address === target?.address);
    return target && run().devices.find((device) => device.place === place && has(device));
}

/** The device, declared earlier in the place, that is meant by a name: the same as if it had been given itself. */
export const deviceNamed = (place: PlaceKey, name: unknown): DeclaredDevice | undefined =>
    typeof name === "string" ? run().devices.find((one) => one.place === place && one.plainName === name) : undefined;

/** What has been declared of a device that is given itself. */
export const declarationOf = ({ name }: { readonly name: pulumi.Output<string> }): DeclaredDevice | undefined =>
    run().devices.find((one) => one.name === name);

/** What has been declared as a port of a bridge: with each of them the bridge's MTU may become smaller. */
export const portsOf = (bridge: pulumi.Resource): readonly pulumi.Resource[] =>
    run()
        .devices.filter(({ master }) => master === bridge)
        .map(({ resource }) => resource);

/** The prefixes of a list whose texts are all known and right (what is wrong is told elsewhere). */
function plainPrefixes(addresses: unknown): Prefix[] | undefined {
    if (addresses === undefined) return [];
    if (!Array.isArray(addresses) || !addresses.every((address) => typeof address === "string")) return undefined;
    return addresses.flatMap((address: string) => {
        try {
            return [parsePrefix(address)];
        } catch (error) {
            if (error instanceof AddressProblem) return [];
            throw error;
        }
    });
}

function plainGateway(gateway: unknown): Prefix | undefined {
    try {
        return typeof gateway === "string" ? parseAddress(gateway) : undefined;
    } catch (error) {
        if (error instanceof AddressProblem) return undefined;
        throw error;
    }
}

/** A route without a gateway, whose destination is known while the program runs. */
export function declareLink(resource: pulumi.Resource, place: PlaceKey, destination: unknown): void {
    const [prefix] = plainPrefixes([destination]) ?? [];
    if (prefix) run().links.push({ resource, place, destination: prefix });
}

/** What makes a neighbour of a gateway: devices and addresses that were declared earlier in the place, and routes that lead to it. */
export function neighboursOf(place: PlaceKey, gateway: unknown): readonly pulumi.Resource[] {
    const target = plainGateway(gateway);
    const links = run().links.filter((link) => link.place === place && target && contains(link.destination, target));
    return [
        ...(gateway === undefined ? [] : wayTo(place, gateway).resources),
        ...links.map(({ resource }) => resource),
    ];
}

export interface Way {
    readonly device: pulumi.Input<string | undefined>;
    /** What the route stands on. */
    readonly resources: readonly pulumi.Resource[];
}

/** Which list has the smallest subnet that holds an address; -1 if none does. */
function nearestOf(lists: readonly (readonly Prefix[] | undefined)[], address: Prefix): number {
    const lengths = lists.map((prefixes = []) =>
        Math.max(-1, ...prefixes.filter((prefix) => contains(prefix, address)).map(({ length }) => length)),
    );
    const longest = Math.max(-1, ...lengths);
    return longest < 0 ? -1 : lengths.indexOf(longest);
}

/**
 * The device over which a gateway is reached: the one declared earlier in the place whose subnet holds it, the smallest of several, as the
 * kernel has it. Where that cannot be told while the program runs, all earlier devices of the place.
 */
export function wayTo(place: PlaceKey, gateway: unknown): Way {
    const candidates = run().devices.filter((device) => device.place === place);
    const target = plainGateway(gateway);
    if (target) {
        const subnets = candidates.map(({ addresses }) => plainPrefixes(addresses));
        const found = candidates[nearestOf(subnets, target)];
        if (found) return { device: found.name, resources: [found.resource] };
        if (subnets.every((prefixes) => prefixes !== undefined)) {
            return { device: undefined, resources: candidates.map(({ resource }) => resource) };
        }
    }
    const names = candidates.map(({ name }) => name);
    const lists = candidates.map(({ addresses }) => pulumi.output(addresses as pulumi.Input<string[] | undefined>));
    const device = pulumi
        .all([pulumi.output(gateway as pulumi.Input<string | undefined>), pulumi.all(names), pulumi.all(lists)])
        .apply(([to, known, subnets]) => {
            const address = plainGateway(to);
            return address && known[nearestOf(subnets.map(plainPrefixes), address)];
        });
    return { device, resources: candidates.map(({ resource }) => resource) };
}
