import { placeName, placeOf } from "../../model/place";
import { contains, isLinkLocal, parseAddress, parsePrefix } from "../../model/prefix";
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

/** The gateways for which the kernel has to find a device. */
function gatewaysToFind({ gateway, device, nexthops = "", onlink }: Partial<RouteSpec>): string[] {
    if (device !== undefined || onlink) return [];
    const hops = splitList(nexthops).map(parseNexthop);
    return [gateway, ...hops.filter((hop) => hop.device === undefined).map((hop) => hop.gateway)].flatMap(
        (found) => found ?? [],
    );
}

/** A gateway must be a neighbour: in the subnet of a device of the route's own place (ip-route(8), onlink). */
export async function gatewayOutOfReach(program: Program, { known, unknown }: Declaration): Promise<Problem[]> {
    if (unknown.length > 0) return [];
    for (const gateway of gatewaysToFind(known as Partial<RouteSpec>)) {
        const problems = await outOfReach(program, known as Partial<RouteSpec>, gateway);
        if (problems.length > 0) return problems;
    }
    return [];
}

async function outOfReach(program: Program, spec: Partial<RouteSpec>, gateway: string): Promise<Problem[]> {
    const place = placeOf(spec);
    const target = parseAddress(gateway);
    if (isLinkLocal(target) || program.devices.in(place).some(({ isOpen }) => isOpen)) return [];
    const existing = await undeclaredLinks(program, place);
    const subnets = [
        ...program.devices.in(place).flatMap(({ name, addresses }) => addresses.map((text) => ({ name, text }))),
        ...existing.flatMap(({ name, addresses }) => addresses.map(({ text }) => ({ name, text }))),
    ];
    const property = spec.gateway === gateway ? "gateway" : "nexthops";
    const own = subnets.find(({ text }) => withoutLength(text) === target.address);
    if (own) {
        const expected = "the address of a neighbour, the next router";
        const advice = `${own.name} ${at(place)} has it itself`;
        return [{ property, given: quote(gateway), expected, advice }];
    }
    if (subnets.some(({ text }) => contains(parsePrefix(text), target))) return [];
    const shown = subnets.filter(({ name, text }) => name !== "lo" && !isLinkLocal(parsePrefix(text))).slice(0, 4);
    const advice =
        shown.length > 0
            ? `${placeName(place)} has ${shown.map(({ name, text }) => `${text} on ${name}`).join(", ")}`
            : `no device with an address is declared ${at(place)} before this route`;
    return [
        {
            property,
            given: quote(gateway),
            expected: `an address in a subnet of ${placeName(place)}`,
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
