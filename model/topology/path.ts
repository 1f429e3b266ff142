import { placeName } from "../place";
import { isLinkLocal, type Prefix, parseAddress } from "../prefix";
import { hasCarrier, LinkLayer } from "./link-layer";
import { type Lookup, lookUp, sourceOf } from "./lookup";
import { missingNeighbour } from "./neighbour";
import type { Device, Node, Topology } from "./topology";

/** What the sender learns of a packet that does not arrive: an error, or nothing. */
export type Loss = "unreachable" | "no-reply";

/** The first thing that is missing on a way. */
export interface Missing {
    readonly place: string;
    /** `ns1 has no route to 192.168.2.2` */
    readonly what: string;
    /** What to do about it. */
    readonly advice: string;
    readonly loss: Loss;
}

/** One thing that a packet meets, in its order. */
export interface Step {
    readonly place: string;
    readonly text: string;
    readonly resource: string | undefined;
}

/** A way in one direction. */
export interface Leg {
    readonly steps: readonly Step[];
    /** Resources that it stands on. */
    readonly resources: ReadonlySet<string>;
    readonly missing: Missing | undefined;
    /** Where it ends. */
    readonly end: Node | undefined;
    readonly source: Prefix | undefined;
    /** Routers in between. */
    readonly hops: number;
}

/** What comes back when one place asks another. */
export interface Verdict {
    readonly outcome: "reply" | Loss;
    readonly there: Leg;
    readonly back: Leg | undefined;
    /** Of the reply, as it arrives. */
    readonly ttl: number | undefined;
    readonly missing: Missing | undefined;
}

/** Routers that a packet passes at most (the kernel's net.ipv4.ip_default_ttl). */
const TTL = 64;

interface Walk {
    readonly to: Prefix;
    readonly steps: Step[];
    readonly resources: Set<string>;
    source: Prefix | undefined;
    hops: number;
}

const routeText = ({ route, ways }: Lookup): string => {
    const words = ways.map(({ way, device }) =>
        [way.gateway && `via ${way.gateway.address}`, `dev ${device?.name ?? way.device}`].filter(Boolean).join(" "),
    );
    const type = route.type === "unicast" ? "" : `${route.type} `;
    return `route ${type}${route.destination.text} ${words.join(", ")}`.trim();
};

/** Follows packets through a topology as the kernels on the way would: no firewall, no policy routing, no strict rp_filter. */
export class Paths {
    readonly #links: LinkLayer;
    /** Tunnels whose underlay is being looked at: one over itself carries nothing. */
    readonly #underlays = new Map<string, boolean>();

    constructor(private readonly topology: Topology) {
        this.#links = new LinkLayer(topology, (from, to) => this.#reachesUnderlay(from, to));
    }

    #reachesUnderlay(from: Device, to: Device): boolean {
        const [local, remote] = [from.tunnel?.local, to.tunnel?.local];
        if (local === undefined || remote === undefined) return false;
        const key = `${from.place} ${local} ${to.place} ${remote}`;
        const known = this.#underlays.get(key);
        if (known !== undefined) return known;
        this.#underlays.set(key, false);
        const there = this.#follow(this.topology.node(from.place), parseAddress(remote), parseAddress(local));
        const back = this.#follow(this.topology.node(to.place), parseAddress(local), parseAddress(remote));
        const isReached = !there.missing && there.end?.place === to.place && !back.missing;
        this.#underlays.set(key, isReached);
        return isReached;
    }

    /** What a ping from a place to an address comes to. */
    ask(from: string, address: string): Verdict {
        const to = parseAddress(address);
        const start = this.topology.node(from);
        const there = this.#follow(start, to, undefined);
        if (there.missing || there.end === undefined || there.source === undefined) {
            const loss = there.missing?.loss ?? "no-reply";
            const isTold = loss === "no-reply" || this.#isTold(start, there);
            return {
                outcome: isTold ? loss : "no-reply",
                there,
                back: undefined,
                ttl: undefined,
                missing: there.missing,
            };
        }
        if (there.end === start) return { outcome: "reply", there, back: undefined, ttl: TTL, missing: undefined };
        const back = this.#follow(there.end, there.source, to);
        const missing = back.missing && { ...back.missing, what: `the way back: ${back.missing.what}` };
        const isBack = missing === undefined && back.end === start;
        return {
            outcome: isBack ? "reply" : "no-reply",
            there,
            back,
            ttl: isBack ? TTL - back.hops : undefined,
            missing,
        };
    }

    /** Whether the error of a router finds its way to who has sent. */
    #isTold(start: Node, { missing, source }: Leg): boolean {
        if (missing === undefined || missing.place === start.place || source === undefined) return true;
        const back = this.#follow(this.topology.node(missing.place), source, undefined);
        return back.missing === undefined && back.end === start;
    }

    #follow(start: Node, to: Prefix, source: Prefix | undefined): Leg {
        const walk: Walk = { to, steps: [], resources: new Set(), source, hops: 0 };
        const { missing, end } = this.#from(start, walk, undefined);
        const { steps, resources, hops } = walk;
        return { steps, resources, missing, end, source: walk.source, hops };
    }

    /** Goes on from a node; `entry` is the device that the packet has come in by. */
    #from(node: Node, walk: Walk, entry: Device | undefined): { missing?: Missing; end?: Node } {
        const { to } = walk;
        const lost = (what: string, advice: string, loss: Loss) => ({
            missing: { place: node.place, what, advice, loss },
        });
        const name = placeName(node.place);
        if (node.resource) walk.resources.add(node.resource);
        const holder = node.holderOf(to.address);
        if (holder !== undefined) {
            walk.source ??= to;
            walk.steps.push({
                place: node.place,
                text: `${name} has ${to.address} on ${holder.name}`,
                resource: holder.resource,
            });
            walk.resources.add(holder.resource);
            return { end: node };
        }
        if (entry !== undefined) {
            if (!node.forwards(to.family)) {
                const advice = `declare a ForwardingSetting with ipv${to.family}: true there, or give ${name} the address`;
                return lost(`${name} does not forward IPv${to.family}`, advice, "no-reply");
            }
            const resource = node.forwarding.get(to.family)?.resource;
            walk.steps.push({ place: node.place, text: `${name} forwards IPv${to.family}`, resource });
            if (resource) walk.resources.add(resource);
            if (++walk.hops >= TTL)
                return lost(`the packet goes in a circle by ${name}`, "look at the routes above", "unreachable");
        }
        const found = lookUp(node, to);
        if (found === undefined) {
            return lost(`${name} has no route to ${to.address}`, "declare a Route there", "unreachable");
        }
        walk.steps.push({ place: node.place, text: `${name}: ${routeText(found)}`, resource: found.route.resource });
        if (found.route.resource) walk.resources.add(found.route.resource);
        if (found.route.type !== "unicast") {
            const loss = found.route.type === "blackhole" && entry !== undefined ? "no-reply" : "unreachable";
            return lost(
                `${name} drops it: ${routeText(found)}`,
                `remove ${found.route.resource}, or change its type`,
                loss,
            );
        }
        walk.source ??= sourceOf(node, found, to);
        if (walk.source === undefined) {
            return lost(
                `${name} has no IPv${to.family} address to send from`,
                "give one of its devices one",
                "unreachable",
            );
        }
        // Each flow takes one of several ways: all have to be right.
        const before = { steps: [...walk.steps], hops: walk.hops };
        let first: { missing?: Missing; end?: Node } | undefined;
        for (const { way, device } of found.ways) {
            const branch: Walk = { ...walk, steps: [...before.steps], hops: before.hops };
            const result = this.#over(node, branch, device, way.gateway ?? to, way.device);
            if (first === undefined || result.missing) Object.assign(walk, { steps: branch.steps, hops: branch.hops });
            if (result.missing) return result;
            first ??= result;
        }
        return first ?? {};
    }

    /** Over one device to the neighbour that has an address. */
    #over(node: Node, walk: Walk, device: Device | undefined, next: Prefix, name: string | undefined) {
        const lost = (what: string, advice: string) => ({
            missing: { place: node.place, what, advice, loss: "unreachable" as const },
        });
        if (device === undefined) {
            const what = `what lies behind ${name ?? next.address} in ${placeName(node.place)} is not declared`;
            return lost(what, "its devices are not of this program");
        }
        walk.resources.add(device.resource);
        const isStation = hasCarrier(device) && device.bridge === undefined;
        const holder = isStation ? this.#links.holderOf(device, next.address) : undefined;
        if (holder === undefined || isLinkLocal(next)) {
            const { what, advice } = missingNeighbour(this.topology, this.#links, device, next);
            return lost(what, advice);
        }
        walk.steps.push({
            place: node.place,
            text: `${device.name} ⟷ ${holder.name} in ${placeName(holder.place)}`,
            resource: device.resource,
        });
        walk.resources.add(holder.resource);
        return this.#from(this.topology.node(holder.place), walk, holder);
    }
}
