import { type Place, placeName } from "../place";
import { isLinkLocal, type Prefix, parseAddress } from "../prefix";
import { hasCarrier, LinkLayer } from "./link-layer";
import { type Lookup, lookUp, sourceOf } from "./lookup";
import { missingNeighbour } from "./neighbour";
import type { Device, Node } from "./node";
import type { Topology } from "./topology";
import { DOWN_ADVICE, type Explanation, title, tunnelText } from "./tunnel";
import type { Cause, Leg, Loss, Missing, Step, Verdict } from "./verdict";

/** Routers that a packet passes at most (the kernel's net.ipv4.ip_default_ttl). */
const TTL = 64;

interface Walk {
    readonly to: Prefix;
    readonly steps: Step[];
    source: Prefix | undefined;
    /** What it comes to beyond the first link: it is sent from a link-local address, which no router passes on (RFC 4291, 2.5.6). */
    beyondLink?: Outcome;
    hops: number;
}

const routeText = ({ route, ways }: Lookup): string => {
    const words = ways.map(({ way, device }) =>
        [way.gateway && `via ${way.gateway.address}`, `dev ${device?.name ?? way.device}`].filter(Boolean).join(" "),
    );
    const type = route.type === "unicast" ? "" : `${route.type} `;
    const text = `route ${type}${route.destination.text} ${words.join(", ")}`.trim();
    return route.isForeign ? `${text}, which is not of this lab` : text;
};

/** Of a tunnel that would stand on itself. */
const UNFOUNDED: Explanation = {
    what: "the way there leads through the tunnel itself",
    advice: "give the hosts a way beside it",
};

/** How a packet gets on: to its end, or to what is missing. */
interface Outcome {
    readonly missing?: Missing;
    readonly end?: Node;
}

const lost = ({ place }: Node, cause: Cause, what: string, advice: string, loss: Loss): Outcome => ({
    missing: { place, what, advice, loss, cause },
});

function pass(walk: Walk, { place }: Node, text: string, resource: string | undefined): void {
    walk.steps.push({ place, text, resource });
}

/** Follows packets through a topology as the kernels on the way would: no firewall, no policy routing, no strict rp_filter. */
export class Paths {
    readonly #links: LinkLayer;
    /** Tunnels whose underlay is being looked at: one over itself carries nothing. */
    readonly #underlays = new Map<string, Explanation | undefined>();

    constructor(private readonly topology: Topology) {
        this.#links = new LinkLayer(topology, (from, to) => this.#underlayProblem(from, to) === undefined);
    }

    #underlayProblem(from: Device, to: Device): Explanation | undefined {
        const [local, remote] = [from.tunnel?.local, to.tunnel?.local];
        if (local === undefined || remote === undefined) return UNFOUNDED;
        const key = `${from.place} ${local} ${to.place} ${remote}`;
        if (this.#underlays.has(key)) return this.#underlays.get(key);
        this.#underlays.set(key, UNFOUNDED);
        const ends = [from, to].map(({ place }) => this.topology.node(place));
        const down = ends.map((node, at) => node.ownerOf([local, remote][at] ?? "")).find((one) => one?.isUp === false);
        const problem = down
            ? { what: `${title(down)} is down`, advice: DOWN_ADVICE }
            : this.#wayProblem(ends, local, remote);
        this.#underlays.set(key, problem);
        return problem;
    }

    #wayProblem([near, far]: readonly Node[], local: string, remote: string): Explanation | undefined {
        if (near === undefined || far === undefined) return UNFOUNDED;
        const there = this.#follow(near, parseAddress(remote), parseAddress(local));
        if (there.missing) return there.missing;
        if (there.end !== undefined && there.end !== far)
            return {
                what: `${remote} is ${placeName(there.end.place)}'s there`,
                advice: "give the two different addresses",
            };
        const { missing } = this.#follow(far, parseAddress(local), parseAddress(remote));
        return missing && { ...missing, what: `the way back: ${missing.what}` };
    }

    /** What a ping from a place to an address comes to; given whose address is meant, an answer of anybody else is none. */
    ask(from: Place, address: string, owner?: Place): Verdict {
        const verdict = this.#ask(from, address);
        const { end } = verdict.there;
        if (owner === undefined || end === undefined || end.place === owner) return verdict;
        const what = `${address} is ${placeName(end.place)}'s here`;
        const advice = `give ${placeName(owner)} an address of its own, or its network another subnet`;
        const missing: Missing = { place: end.place, what, advice, loss: "no-reply", cause: "address" };
        return { ...verdict, outcome: "another", ttl: undefined, missing };
    }

    #ask(from: Place, address: string): Verdict {
        const to = parseAddress(address);
        const start = this.topology.node(from);
        const there = this.#follow(start, to, undefined);
        if (there.missing || there.end === undefined) {
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
        // Sent from a link-local address, it has been answered over the same link.
        if (there.end === start || there.source === undefined)
            return { outcome: "reply", there, back: undefined, ttl: TTL, missing: undefined };
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
        const walk: Walk = { to, steps: [], source, hops: 0 };
        const { missing, end } = this.#from(start, walk, undefined);
        const { steps, hops } = walk;
        return { steps, missing, end, source: walk.source, hops };
    }

    /** Goes on from a node; `entry` is the device that the packet has come in by. */
    #from(node: Node, walk: Walk, entry: Device | undefined): Outcome {
        const { to } = walk;
        const name = placeName(node.place);
        const holder = node.holderOf(to.address);
        if (holder !== undefined) {
            walk.source ??= to;
            pass(walk, node, `${name} has ${to.address} on ${holder.name}`, holder.resource);
            return { end: node };
        }
        const stopped = entry && (this.#forward(node, walk, entry) ?? walk.beyondLink);
        if (stopped) return stopped;
        const found = lookUp(node, to);
        if (found === undefined) {
            return lost(node, "route", `${name} has no route to ${to.address}`, "declare a Route there", "unreachable");
        }
        pass(walk, node, `${name}: ${routeText(found)}`, found.route.resource);
        if (found.route.type !== "unicast") {
            const loss = found.route.type === "blackhole" && entry !== undefined ? "no-reply" : "unreachable";
            const { resource } = found.route;
            const advice = resource === undefined ? "remove it" : `remove ${resource}, or change its type`;
            return lost(node, "route", `${name} drops it: ${routeText(found)}`, advice, loss);
        }
        walk.source ??= sourceOf(node, found, to);
        if (walk.source === undefined) {
            const what = `${name} has no IPv${to.family} address to send from`;
            const without = lost(node, "address", what, "give one of its devices one", "unreachable");
            if (to.family === 4) return without;
            walk.beyondLink = without;
        }
        return this.#byEach(node, walk, found);
    }

    /** A router on the way. */
    #forward(node: Node, walk: Walk, entry: Device): Outcome | undefined {
        const { family } = walk.to;
        const name = placeName(node.place);
        const isOn = node.forwardsFrom(entry, family);
        if (!isOn && node.forwards(family)) {
            const what = `${name} does not forward IPv${family} of ${entry.name}`;
            const advice = "somebody has set it for that device alone: linuxnet up";
            return lost(node, "forwarding", what, advice, "no-reply");
        }
        if (!isOn) {
            const what = node.resource
                ? `${name} does not forward IPv${family}`
                : `nothing says that ${name} forwards IPv${family}`;
            const advice = `declare a ForwardingSetting with ipv${family}: true there`;
            return lost(node, "forwarding", what, advice, "no-reply");
        }
        pass(walk, node, `${name} forwards IPv${family}`, node.forwarding.get(family)?.resource);
        if (++walk.hops < TTL) return undefined;
        return lost(node, "loop", `the packet goes in a circle by ${name}`, "look at the routes above", "unreachable");
    }

    /** Each flow takes one of several ways: all have to be right. */
    #byEach(node: Node, walk: Walk, { ways }: Lookup): Outcome {
        const before = { steps: [...walk.steps], hops: walk.hops };
        let first: Outcome | undefined;
        for (const { way, device } of ways) {
            const branch: Walk = { ...walk, steps: [...before.steps], hops: before.hops };
            const result = this.#over(node, branch, device, way.gateway ?? walk.to, way.device);
            if (first === undefined || result.missing) Object.assign(walk, { steps: branch.steps, hops: branch.hops });
            if (result.missing) return result;
            first ??= result;
        }
        return first ?? {};
    }

    /** Over one device to the neighbour that has an address. */
    #over(node: Node, walk: Walk, device: Device | undefined, next: Prefix, name: string | undefined): Outcome {
        if (device === undefined) {
            const what = `what lies behind ${name ?? next.address} in ${placeName(node.place)} is not declared`;
            return lost(node, "unknown", what, "its devices are not of this program", "unreachable");
        }
        const isStation = hasCarrier(device) && device.bridge === undefined;
        const holder = isStation ? this.#links.holderOf(device, next.address) : undefined;
        if (holder === undefined || isLinkLocal(next)) {
            const problemOf = (from: Device, to: Device) => this.#underlayProblem(from, to);
            const { what, advice } = missingNeighbour(this.topology, this.#links, problemOf, device, next);
            const outcome = lost(node, "neighbour", what, advice, "unreachable");
            if (outcome.missing === undefined || this.#links.ownerOf(next.address) !== undefined) return outcome;
            return { missing: { ...outcome.missing, asked: this.#links.devicesOn(device) } };
        }
        this.#cross(walk, device, holder);
        return this.#from(this.topology.node(holder.place), walk, holder);
    }

    /** From one device to the next, and into each tunnel in between. */
    #cross(walk: Walk, device: Device, holder: Device): void {
        let [at, name] = [device, device.name];
        const to = (next: Device): void =>
            pass(walk, this.topology.node(at.place), `${name} ⟷ ${title(next)}`, at.resource);
        for (const crossing of this.#links.tunnelsBetween(device, holder)) {
            if (crossing.near !== device) to(crossing.near);
            [at, name] = [crossing.near, tunnelText(crossing)];
        }
        to(holder);
    }
}
