import { contains, parseAddress, parsePrefix } from "../model/prefix";
import { needsDevice, type RouteSpec } from "../model/route";
import { type Problem, splitList } from "../model/schema";
import { endOf, SIDES, type VethPairSpec } from "../model/veth-pair";
import { HOST, type Place } from "./host/command";
import { local } from "./host/host";
import { parseLinks } from "./link";

type Known = Record<string, unknown>;

/** A device that the program declares, as far as it is known. */
interface DeclaredDevice {
    readonly owner: string;
    readonly property: string;
    readonly place: Place;
    readonly name: string;
    readonly isBridge: boolean;
    readonly addresses: readonly string[];
    /** Devices on the same layer-2 network share this. */
    readonly segment: string;
}

/**
 * What the program has declared so far, as the checks of one operation have seen it: the engine shows a provider one
 * resource at a time, and some mistakes lie between two.
 */
export interface Program {
    readonly namespaces: Map<string, string>;
    readonly devices: Map<string, readonly DeclaredDevice[]>;
    readonly routes: Map<string, string>;
}

export const newProgram = (): Program => ({ namespaces: new Map(), devices: new Map(), routes: new Map() });

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const list = (value: unknown): string[] => (typeof value === "string" ? splitList(value) : []);
const at = (place: Place): string => (place === HOST ? "the host" : place);

/** The devices that a resource declares; none where a name or a place is not known yet. */
function devicesOf(kind: string, owner: string, known: Known, unknown: readonly string[]): DeclaredDevice[] {
    if (kind === "Bridge") {
        const name = text(known["name"]);
        if (!name || unknown.includes("namespace")) return [];
        const place = text(known["namespace"]) ?? HOST;
        const addresses = list(known["addresses"]);
        return [{ owner, property: "name", place, name, isBridge: true, addresses, segment: `${place}/${name}` }];
    }
    if (kind === "Address") {
        const name = text(known["device"]);
        if (!name || unknown.includes("namespace")) return [];
        const place = text(known["namespace"]) ?? HOST;
        const addresses = list(known["address"]);
        return [{ owner, property: "address", place, name, isBridge: false, addresses, segment: `${place}/${name}` }];
    }
    if (kind !== "VethPair") return [];
    const ends = SIDES.map((side) => ({ side, ...endOf(known as VethPairSpec, side) }));
    const bridged = ends.find(({ bridge }) => bridge !== undefined);
    const segment = bridged ? `${bridged.namespace ?? HOST}/${bridged.bridge}` : owner;
    return ends.flatMap(({ side, namespace = HOST, name, addresses }) =>
        name === undefined || unknown.includes(`${side}Namespace`)
            ? []
            : [
                  {
                      owner,
                      property: `${side}Name`,
                      place: namespace,
                      name,
                      isBridge: false,
                      addresses: list(addresses),
                      segment,
                  },
              ],
    );
}

const others = (program: Program, owner: string): DeclaredDevice[] =>
    Array.from(program.devices.entries()).flatMap(([of, devices]) => (of === owner ? [] : devices));

const resourceName = (owner: string): string => owner.split("/").slice(2).join("/");

function nameTaken(program: Program, device: DeclaredDevice): Problem[] {
    if (device.property === "address") return [];
    const taken = others(program, device.owner).find(
        ({ place, name, property }) => property !== "address" && place === device.place && name === device.name,
    );
    if (!taken) return [];
    const expected = `a name of its own in ${at(device.place)}`;
    const advice = `"${resourceName(taken.owner)}" has it already`;
    return [{ property: device.property, given: JSON.stringify(device.name), expected, advice }];
}

function addressTaken(program: Program, device: DeclaredDevice): Problem[] {
    const plain = (address: string): string => address.split("/")[0] ?? address;
    for (const address of device.addresses) {
        const taken = others(program, device.owner).find(
            ({ segment, addresses }) => segment === device.segment && addresses.map(plain).includes(plain(address)),
        );
        if (!taken) continue;
        const property = device.property.replace("Name", "Addresses").replace(/^name$/, "addresses");
        const expected = "an address that is free on its layer-2 network";
        const advice = `${taken.name} in ${at(taken.place)} has it ("${resourceName(taken.owner)}")`;
        return [{ property, given: JSON.stringify(address), expected, advice }];
    }
    return [];
}

/** A gateway must be a neighbour: in the subnet of a device of the route's own place (ip-route(8), onlink). */
async function gatewayOutOfReach(program: Program, known: Partial<RouteSpec>): Promise<Problem[]> {
    const { gateway, namespace = HOST, onlink } = known;
    if (gateway === undefined || onlink) return [];
    const target = parseAddress(gateway);
    if (target.family === 6 && target.address.startsWith("fe80")) return [];
    const declared = others(program, "").filter(({ place }) => place === namespace);
    const subnets = declared.flatMap(({ name, addresses }) => addresses.map((address) => ({ name, address })));
    const existing = await existingLinks(namespace);
    for (const link of existing) {
        subnets.push(...link.addresses.map(({ text: address }) => ({ name: link.name, address })));
    }
    if (subnets.some(({ address }) => contains(parsePrefix(address), target))) return [];
    const shown = [...new Set(subnets.map(({ name, address }) => `${address} on ${name}`))].filter(
        (subnet) => !subnet.includes(" on lo") && !subnet.startsWith("fe80"),
    );
    const expected = `an address in a subnet of ${at(namespace)}`;
    const advice =
        shown.length > 0
            ? `it has ${shown.slice(0, 4).join(", ")}`
            : "no device with an address is declared there before this route";
    return [{ property: "gateway", given: JSON.stringify(gateway), expected, advice }];
}

const existingLinks = async (place: Place) =>
    (await local.survey({ links: { source: "ip", place, ask: "addr show", read: parseLinks } })).links;

/** A namespace is declared before it is used, or exists. */
async function namespaceUnknown(program: Program, property: string, name: string | undefined): Promise<Problem[]> {
    if (name === undefined || program.namespaces.has(name)) return [];
    const { links } = await local.survey({ links: { source: "ip", place: name, ask: "addr show", read: parseLinks } });
    if (links.length > 0) return [];
    const names = [...program.namespaces.keys()];
    const expected = "a namespace of this program or one that exists";
    const advice =
        names.length > 0
            ? `this program has ${names.slice(0, 6).join(", ")}`
            : 'declare it: new linuxnet.Namespace("…")';
    return [{ property, given: JSON.stringify(name), expected, advice }];
}

/** What has a bridge as its master must find a bridge there. */
async function notABridge(
    program: Program,
    property: string,
    name: string | undefined,
    place: Place,
): Promise<Problem[]> {
    if (name === undefined) return [];
    const declared = others(program, "").find((device) => device.place === place && device.name === name);
    if (declared?.isBridge) return [];
    const found = (await existingLinks(place)).find((link) => link.name === name);
    if (found?.kind === "bridge") return [];
    const what = declared ? "an end of a veth pair" : found ? `a ${found.kind}` : undefined;
    const expected = `the name of a bridge in ${at(place)}`;
    return [
        {
            property,
            given: JSON.stringify(name),
            expected,
            advice: what ? `${name} is ${what}` : "there is no such device",
        },
    ];
}

/** Declares a resource, and returns what is wrong between it and those before it. */
export async function mistakesInProgram(
    program: Program,
    kind: string,
    owner: string,
    known: Known,
    unknown: readonly string[],
): Promise<Problem[]> {
    if (kind === "Namespace") {
        const name = text(known["name"]);
        const taken = name === undefined ? undefined : program.namespaces.get(name);
        if (name === undefined) return [];
        if (taken !== undefined && taken !== owner) {
            const advice = `"${resourceName(taken)}" has it already`;
            return [{ property: "name", given: JSON.stringify(name), expected: "a name of its own", advice }];
        }
        program.namespaces.set(name, owner);
        return [];
    }
    const problems: Problem[] = [];
    for (const property of ["namespace", "leftNamespace", "rightNamespace", "fromNamespace"]) {
        problems.push(...(await namespaceUnknown(program, property, text(known[property]))));
    }
    if (problems.length > 0) return problems;
    const devices = devicesOf(kind, owner, known, unknown);
    program.devices.set(owner, devices);
    for (const device of devices) {
        const taken = nameTaken(program, device);
        problems.push(...taken, ...(taken.length > 0 ? [] : addressTaken(program, device)));
    }
    for (const side of SIDES) {
        const place = text(known[`${side}Namespace`]) ?? HOST;
        if (unknown.includes(`${side}Namespace`)) continue;
        problems.push(...(await notABridge(program, `${side}Bridge`, text(known[`${side}Bridge`]), place)));
    }
    if (kind === "Route" && needsDevice(known as Partial<RouteSpec>) && !unknown.includes("device")) {
        problems.push(...(await gatewayOutOfReach(program, known as Partial<RouteSpec>)));
    }
    return problems;
}
