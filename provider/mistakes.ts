import { formatOwner, type Owner, parseOwner, stackGroup, taggedOwner } from "../model/owner";
import { contains, isLinkLocal, overlaps, parseAddress, parsePrefix } from "../model/prefix";
import { kernelDestination, kernelMetric, MAIN_TABLE, parseNexthop, type RouteSpec, routeFamily } from "../model/route";
import { type Problem, splitList } from "../model/schema";
import { SIDES } from "../model/veth-pair";
import { HOST, type Place } from "./host/command";
import { local } from "./host/host";
import { type LinkState, linksQuery, placeName } from "./link";
import { type Declaration, type DeclaredDevice, devicesOf, type Program } from "./program";

const at = (place: Place): string => (place === HOST ? "on the host" : `in ${place}`);
const quote = (value: unknown): string => JSON.stringify(value);
const resourceName = (owner: string): string => parseOwner(owner).name;
const withoutLength = (address: string): string => address.split("/")[0] ?? address;

async function linksIn(place: Place): Promise<readonly LinkState[]> {
    const { links } = await local.survey({ links: linksQuery(place) });
    return links;
}

/** What there is in a place and the program does not declare. */
async function undeclaredLinks(program: Program, place: Place): Promise<readonly LinkState[]> {
    const declared = program.devicesIn(place).filter(({ kind }) => kind !== "existing");
    return (await linksIn(place)).filter((link) => !declared.some(({ name }) => name === link.name));
}

function namespaceTaken(program: Program, { owner, known }: Declaration): Problem[] {
    const name = String(known["name"]);
    const taken = program.namespaces.get(name);
    if (taken === undefined || taken === owner) return [];
    const advice = `"${resourceName(taken)}" has it already`;
    return [{ property: "name", given: quote(name), expected: "a name of its own", advice }];
}

/** A namespace is declared before it is used, or exists. */
async function namespaceUnknown(program: Program, { known }: Declaration): Promise<Problem[]> {
    for (const property of ["namespace", "leftNamespace", "rightNamespace", "fromNamespace"]) {
        const name = known[property];
        if (typeof name !== "string" || program.namespaces.has(name)) continue;
        if ((await linksIn(name)).length > 0) continue;
        const names = [...program.namespaces.keys()].sort().slice(0, 6).join(", ");
        const expected = "a namespace that this program declares before, or one that exists";
        const advice = names ? `declared: ${names}` : 'declare it: new linuxnet.Namespace("…")';
        return [{ property, given: quote(name), expected, advice }];
    }
    return [];
}

/** Declared by the same resource: a name is one's own among the resources of a kind only. */
const isOfOne = (a: DeclaredDevice, b: DeclaredDevice): boolean => a.owner === b.owner && a.kind === b.kind;

function nameTaken(program: Program, device: DeclaredDevice): Problem[] {
    if (device.kind === "existing") return [];
    const taken = program
        .devicesIn(device.place)
        .find((other) => other.kind !== "existing" && !isOfOne(other, device) && other.name === device.name);
    if (!taken) return [];
    const expected = `a name of its own ${at(device.place)}`;
    const advice = `"${resourceName(taken.owner)}" has it already`;
    return [{ property: device.nameProperty, given: quote(device.name), expected, advice }];
}

function addressTaken(program: Program, device: DeclaredDevice): Problem[] {
    const isSame = (other: DeclaredDevice): boolean =>
        isOfOne(other, device) && other.addressProperty === device.addressProperty;
    const isNear = (other: DeclaredDevice): boolean =>
        other.segment === device.segment || (other.place === device.place && other.name === device.name);
    const neighbours = program.devices.filter((other) => isNear(other) && !isSame(other));
    for (const address of device.addresses) {
        const taken = neighbours.find(({ addresses }) => addresses.map(withoutLength).includes(withoutLength(address)));
        if (!taken) continue;
        const expected = "an address that is free on its layer-2 network";
        const advice = `${taken.name} ${at(taken.place)} has it ("${resourceName(taken.owner)}")`;
        return [{ property: device.addressProperty, given: quote(address), expected, advice }];
    }
    return [];
}

/** A subnet that no device on the host has: the third byte varied. */
function freeSubnet(address: string, taken: readonly string[]): string | undefined {
    const [a, b, , host] = withoutLength(address).split(".");
    if (host === undefined || !address.endsWith("/24")) return undefined;
    const candidates = Array.from({ length: 254 }, (_, index) => `${a}.${b}.${index + 1}.0/24`);
    return candidates.find((candidate) => !taken.some((other) => overlaps(parsePrefix(candidate), parsePrefix(other))));
}

/** One subnet on two devices of a host sends replies to the wrong one: two stacks need two subnets. */
async function subnetTaken(program: Program, device: DeclaredDevice, owner: Owner): Promise<Problem[]> {
    if (program.namespaces.has(device.place) || device.kind === "existing") return [];
    const group = stackGroup(owner);
    const others = (await undeclaredLinks(program, device.place)).filter((link) => link.group !== group);
    for (const address of device.addresses) {
        const prefix = parsePrefix(address);
        for (const link of others) {
            const whose = taggedOwner(link.alias);
            if (whose === undefined) continue;
            const taken = link.addresses.find((other) => !isLinkLocal(other) && overlaps(other, prefix));
            if (!taken) continue;
            const declared = program.devices.flatMap((other) => other.addresses);
            const used = [...declared, ...others.flatMap((other) => other.addresses.map(({ text }) => text))];
            const free = freeSubnet(address, used);
            const cure = free
                ? `; if the program takes it from its configuration: pulumi config set subnet ${free}`
                : "";
            const expected = `a subnet that is free ${at(device.place)}`;
            const advice = `${taken.text} on ${link.name} of ${whose} overlaps${cure}`;
            return [{ property: device.addressProperty, given: quote(address), expected, advice }];
        }
    }
    return [];
}

/** An Address stands on a device that exists, or that the program declares before it. */
async function deviceUnknown(program: Program, { known, unknown }: Declaration): Promise<Problem[]> {
    const name = known["device"];
    if (typeof name !== "string" || unknown.includes("namespace")) return [];
    const place = String(known["namespace"] ?? HOST);
    const links = await linksIn(place);
    const isDeclared = program.devicesIn(place).some((device) => device.kind !== "existing" && device.name === name);
    if (isDeclared || links.some((link) => link.name === name)) return [];
    const names = links.filter((link) => link.name !== "lo").map((link) => link.name);
    const advice = names.length > 0 ? `there is ${names.slice(0, 6).join(", ")}` : "there is none";
    return [{ property: "device", given: quote(name), expected: `a device ${at(place)}`, advice }];
}

/** What has a bridge as its master must find a bridge there. */
async function notABridge(program: Program, { known, unknown }: Declaration): Promise<Problem[]> {
    for (const side of SIDES) {
        const name = known[`${side}Bridge`];
        if (typeof name !== "string" || unknown.includes(`${side}Namespace`)) continue;
        const place = String(known[`${side}Namespace`] ?? HOST);
        const declared = program.devicesIn(place).find((device) => device.name === name && device.kind !== "existing");
        if (declared?.kind === "bridge") continue;
        const found = (await linksIn(place)).find((link) => link.name === name);
        if (!declared && found?.kind === "bridge") continue;
        const kind = declared?.kind ?? found?.kind;
        const advice = kind ? `${name} is a ${kind} there` : `there is no ${name}`;
        return [{ property: `${side}Bridge`, given: quote(name), expected: `a bridge ${at(place)}`, advice }];
    }
    return [];
}

/** The gateways for which the kernel has to find a device. */
function gatewaysToFind({ gateway, device, nexthops = "", onlink }: Partial<RouteSpec>): string[] {
    if (device !== undefined || onlink) return [];
    const hops = splitList(nexthops).map(parseNexthop);
    return [gateway, ...hops.filter((hop) => hop.device === undefined).map((hop) => hop.gateway)].flatMap(
        (found) => found ?? [],
    );
}

/** A gateway must be a neighbour: in the subnet of a device of the route's own place (ip-route(8), onlink). */
async function gatewayOutOfReach(program: Program, { known, unknown }: Declaration): Promise<Problem[]> {
    if (unknown.length > 0) return [];
    for (const gateway of gatewaysToFind(known as Partial<RouteSpec>)) {
        const problems = await outOfReach(program, known as Partial<RouteSpec>, gateway);
        if (problems.length > 0) return problems;
    }
    return [];
}

async function outOfReach(program: Program, spec: Partial<RouteSpec>, gateway: string): Promise<Problem[]> {
    const { namespace = HOST } = spec;
    const target = parseAddress(gateway);
    if (isLinkLocal(target)) return [];
    const existing = await undeclaredLinks(program, namespace);
    const subnets = [
        ...program.devicesIn(namespace).flatMap(({ name, addresses }) => addresses.map((text) => ({ name, text }))),
        ...existing.flatMap(({ name, addresses }) => addresses.map(({ text }) => ({ name, text }))),
    ];
    const property = spec.gateway === gateway ? "gateway" : "nexthops";
    const own = subnets.find(({ text }) => withoutLength(text) === target.address);
    if (own) {
        const expected = "the address of a neighbour, the next router";
        const advice = `${own.name} ${at(namespace)} has it itself`;
        return [{ property, given: quote(gateway), expected, advice }];
    }
    if (subnets.some(({ text }) => contains(parsePrefix(text), target))) return [];
    const shown = subnets.filter(({ name, text }) => name !== "lo" && !isLinkLocal(parsePrefix(text))).slice(0, 4);
    const advice =
        shown.length > 0
            ? `${placeName(namespace)} has ${shown.map(({ name, text }) => `${text} on ${name}`).join(", ")}`
            : `no device with an address is declared ${at(namespace)} before this route`;
    return [
        {
            property,
            given: quote(gateway),
            expected: `an address in a subnet of ${placeName(namespace)}`,
            advice,
        },
    ];
}

/** The kernel keeps one route for a destination, table and metric. */
function routeTaken(program: Program, { owner, known, unknown }: Declaration): Problem[] {
    const spec = known as RouteSpec;
    const key = ["namespace", "destination", "table", "metric"];
    if (unknown.some((property) => key.includes(property)) || routeFamily(spec) === undefined) return [];
    const place = spec.namespace ?? HOST;
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

/** Declares a resource, and returns what is wrong between it and those before it, or what is on the host. */
export async function mistakesInProgram(program: Program, declaration: Declaration, owner: Owner): Promise<Problem[]> {
    if (declaration.kind === "Namespace") {
        if (typeof declaration.known["name"] !== "string") return [];
        const taken = namespaceTaken(program, declaration);
        if (taken.length === 0) program.namespaces.set(declaration.known["name"], formatOwner(owner));
        return taken;
    }
    const unknown = await namespaceUnknown(program, declaration);
    if (unknown.length > 0) return unknown;
    const devices = devicesOf(declaration);
    program.declare(declaration, devices);
    for (const device of devices) {
        const taken = [...nameTaken(program, device), ...addressTaken(program, device)].slice(0, 1);
        if (taken.length === 0) taken.push(...(await subnetTaken(program, device, owner)));
        if (taken.length > 0) return taken;
    }
    if (declaration.kind === "VethPair") return notABridge(program, declaration);
    if (declaration.kind === "Address") return deviceUnknown(program, declaration);
    if (declaration.kind !== "Route") return [];
    const taken = routeTaken(program, declaration);
    return taken.length > 0 ? taken : gatewayOutOfReach(program, declaration);
}
