import { type Place, placeName, placeOf } from "../../model/place";
import { contains, isLinkLocal, type Prefix, parseAddress, parsePrefix } from "../../model/prefix";
import {
    kernelDestination,
    kernelMetric,
    MAIN_TABLE,
    parseNexthop,
    type RouteSpec,
    routeFamily,
} from "../../model/route";
import { type Problem, splitList } from "../../model/schema";
import type { Declaration, Program } from "../program";
import { at, quote, resourceName, undeclaredLinks, withoutLength } from "./seen";

/** The gateways, each with the device by which it is to be reached; the kernel finds it where none is given. */
function gatewaysOf({ gateway, device, nexthops = "", onlink }: Partial<RouteSpec>): Hop[] {
    if (onlink) return [];
    return [{ gateway, device }, ...splitList(nexthops).map(parseNexthop)].flatMap((hop) =>
        hop.gateway === undefined ? [] : [{ gateway: hop.gateway, device: hop.device }],
    );
}

/** An address of a device, with its length. */
interface Subnet {
    readonly name: string;
    readonly text: string;
    /** Whose subnet it is, on a point-to-point link. */
    readonly peer?: string | undefined;
}

interface Hop {
    readonly gateway: string;
    readonly device: string | undefined;
}

/** A gateway must be a neighbour: in the subnet of a device of the route's own place (ip-route(8), onlink). */
export async function gatewayOutOfReach(program: Program, { known, unknown }: Declaration): Promise<Problem[]> {
    if (unknown.length > 0) return [];
    for (const hop of gatewaysOf(known as Partial<RouteSpec>)) {
        const problems = await outOfReach(program, known as Partial<RouteSpec>, hop);
        if (problems.length > 0) return problems;
    }
    return [];
}

/** Whether a route without a gateway makes a neighbour of an address: `10.0.0.1 dev eth0`. */
const isLedTo = (program: Program, place: Place, target: Prefix): boolean =>
    [...program.resources].some(({ kind, inputs }) => {
        const spec = inputs as RouteSpec;
        if (kind !== "Route" || spec.device === undefined || spec.gateway !== undefined) return false;
        return placeOf(spec) === place && contains(parsePrefix(kernelDestination(spec)), target);
    });

async function outOfReach(program: Program, spec: Partial<RouteSpec>, { gateway, device }: Hop): Promise<Problem[]> {
    const place = placeOf(spec);
    const target = parseAddress(gateway);
    const all = program.devices.in(place);
    const isOver = ({ name }: { readonly name: string }): boolean => device === undefined || name === device;
    if (isLinkLocal(target) || all.filter(isOver).some(({ isOpen }) => isOpen)) return [];
    const declared = all.flatMap(({ name, addresses }) => addresses.map((text) => ({ name, text })));
    const isOwn = ({ text }: Subnet): boolean => withoutLength(text) === target.address;
    const isNear = (subnet: Subnet): boolean =>
        isOver(subnet) && contains(parsePrefix(subnet.peer ?? subnet.text), target);
    if (!declared.some(isOwn) && declared.some(isNear)) return [];
    const existing = await undeclaredLinks(program, place);
    const subnets: Subnet[] = [
        ...declared,
        ...existing.flatMap(({ name, addresses }) => addresses.map(({ text, peer }) => ({ name, text, peer }))),
    ];
    const property = spec.gateway === gateway ? "gateway" : "nexthops";
    const own = subnets.find(isOwn);
    if (own) {
        const expected = "the address of a neighbour, the next router";
        const advice = `${own.name} ${at(place)} has it itself`;
        return [{ property, given: quote(gateway), expected, advice }];
    }
    // Where others have routes, too, one of them may lead to it.
    if (subnets.some(isNear) || isLedTo(program, place, target) || (device !== undefined && !program.places.has(place)))
        return [];
    const shown = subnets.filter(({ name, text }) => name !== "lo" && !isLinkLocal(parsePrefix(text))).slice(0, 4);
    const advice =
        shown.length > 0
            ? `${placeName(place)} has ${shown.map(({ name, text }) => `${text} on ${name}`).join(", ")}`
            : `no device with an address is declared ${at(place)} before this route`;
    return [
        {
            property,
            given: quote(gateway),
            expected: `an address in a subnet of ${device === undefined ? "" : `${device} in `}${placeName(place)}`,
            advice,
        },
    ];
}

/** The kernel keeps one route for a destination, table and metric. */
export function routeTaken(program: Program, { owner, known, unknown }: Declaration): Problem[] {
    const spec = known as RouteSpec;
    const key = ["namespace", "host", "destination", "table", "metric"];
    if (unknown.some((property) => key.includes(property)) || routeFamily(spec) === undefined) return [];
    const place = placeOf(spec);
    const name = [place, kernelDestination(spec), spec.table ?? MAIN_TABLE, kernelMetric(spec)].join(" ");
    const taken = program.routes.get(name);
    if (taken === undefined || taken === owner) {
        program.routes.set(name, owner);
        return [];
    }
    const expected = `one route a destination, table and metric ${at(place)}`;
    const advice = `"${resourceName(taken)}" is the same; give one of them another metric`;
    return [{ property: "destination", given: quote(spec.destination), expected, advice }];
}
