import type { Check } from "../../model/checks";
import { formatOwner, type Owner } from "../../model/owner";
import { placeMade } from "../../model/place";
import type { Problem } from "../../model/schema";
import { type Declaration, devicesOf, type Program } from "../program";
import { addressTaken, subnetTaken } from "./addresses";
import { deviceUnknown, nameTaken, notABridge, portTooSmall } from "./devices";
import { forwardingTaken } from "./forwarding";
import { bridgeLoop } from "./loop";
import { placeTaken, placeUnknown } from "./places";
import { gatewayOutOfReach, routeTaken } from "./routes";
import { frameTooLarge, localUnknown, vniTaken } from "./vxlan";

/** A resource that is a place for others: a namespace, or a simulated host. */
function declarePlace(program: Program, declaration: Declaration, owner: Owner): Problem[] {
    const { kind, known, unknown } = declaration;
    const place = placeMade(kind, known);
    if (place === undefined || unknown.includes("host")) return [];
    const taken = placeTaken(program, declaration, place);
    if (taken.length === 0) program.places.set(place, formatOwner(owner));
    return taken;
}

type Examine = (program: Program, declaration: Declaration) => Problem[] | Promise<Problem[]>;

/** What the first of them finds that finds anything. */
async function firstOf(all: readonly Examine[], program: Program, declaration: Declaration): Promise<Problem[]> {
    for (const examine of all) {
        const problems = await examine(program, declaration);
        if (problems.length > 0) return problems;
    }
    return [];
}

/** Declares a resource, and returns what is wrong between it and those before it, or what is on the host. */
export async function mistakesInProgram(program: Program, declaration: Declaration, owner: Owner): Promise<Problem[]> {
    program.own(owner);
    const unknown = await placeUnknown(program, declaration);
    if (unknown.length > 0) return unknown;
    const { kind } = declaration;
    const devices = devicesOf(declaration);
    program.declare(declaration, devices);
    if (kind === "Namespace" || kind === "SimulatedHost") return declarePlace(program, declaration, owner);
    const isSaid = (check: Check): boolean => declaration.silence?.includes(check) !== true;
    for (const device of devices) {
        const taken = nameTaken(program, device);
        if (taken.length === 0 && isSaid("duplicate-address")) taken.push(...addressTaken(program, device));
        if (taken.length === 0) taken.push(...(await subnetTaken(program, device)));
        if (taken.length === 0) taken.push(...portTooSmall(program, device));
        if (taken.length === 0 && isSaid("tunnel-mtu")) taken.push(...(await frameTooLarge(program, device)));
        if (taken.length > 0) return taken;
    }
    // A cable with one end in a bridge closes no circle; a tunnel may have others behind it.
    const ports = devices.filter(({ bridge }) => bridge !== undefined);
    const [first] = ports;
    if (first && (ports.length > 1 || first.kind === "vxlan") && isSaid("bridge-loop")) {
        const loop = bridgeLoop(program, first);
        if (loop.length > 0) return loop;
    }
    if (kind === "VethPair") return notABridge(program, declaration);
    if (kind === "Vxlan") return firstOf([notABridge, vniTaken, deviceUnknown, localUnknown], program, declaration);
    if (kind === "Address") return deviceUnknown(program, declaration);
    if (kind === "ForwardingSetting") return forwardingTaken(program, declaration);
    if (kind !== "Route") return [];
    return firstOf([routeTaken, deviceUnknown, gatewayOutOfReach], program, declaration);
}
