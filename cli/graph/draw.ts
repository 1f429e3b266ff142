import { byNumber } from "../../model/order.js";
import { HOST, type Place, placeName, placeOf, placeParts } from "../../model/place.js";
import type { Device, Node } from "../../model/topology/node.js";
import { type Resource, Topology } from "../../model/topology/topology.js";
import { routeWords } from "../preview/words.js";
import { type Drift, Drifts } from "./drift.js";
import { drawLinks } from "./links.js";
import { gatherMeshes } from "./meshes.js";
import type { Box, End, Picture, RouteRow, Row } from "./picture.js";
import { frameOf, framesOf, placesOf, simulatedHosts } from "./places.js";

/** What is to be drawn. */
export interface Lab {
    readonly title: string;
    readonly state: Picture["state"];
    readonly resources: readonly Resource[];
    readonly drifts: readonly Drift[];
}

/** The order of the engine's events is not always the same. */
export const sorted = (resources: readonly Resource[]): Resource[] =>
    resources.toSorted((a, b) => byNumber(`${a.kind} ${a.name}`, `${b.kind} ${b.name}`));

const byName = (devices: Iterable<Device>): Device[] => [...devices].sort((a, b) => byNumber(a.name, b.name));

/** So many remotes are named. */
const REMOTES = 2;

function remoteWords(remotes: readonly string[]): string {
    if (remotes.length <= REMOTES) return remotes.join(", ") || "nobody";
    return `${remotes[0]} and ${remotes.length - 1} more`;
}

/** What is to be said of a device; of a port, the bridge that is not of this program. */
function notesOf({ mtu, tunnel, kind, bridge }: Device, { devices }: Node): string[] {
    const isElsewhere = bridge !== undefined && devices.get(bridge)?.kind !== "bridge";
    return [
        ...(isElsewhere ? [`in ${bridge}`] : []),
        ...(tunnel === undefined ? [] : [`vxlan ${tunnel.vni} to ${remoteWords(tunnel.remotes)}`]),
        ...(kind === "existing" ? ["not of this program"] : []),
        ...(mtu === undefined ? [] : [`mtu ${mtu}`]),
    ];
}

/** `forwards IPv4`, `does not forward IPv6` */
function forwardingOf(forwarding: Node["forwarding"]): string {
    const words = (isOn: boolean): string =>
        [...forwarding]
            .filter(([, setting]) => setting.isOn === isOn)
            .map(([family]) => `IPv${family}`)
            .sort()
            .join(", ");
    const [on, off] = [words(true), words(false)];
    return [...(on ? [`forwards ${on}`] : []), ...(off ? [`does not forward ${off}`] : [])].join("; ");
}

/** Whether a route's gateway tells its device already. */
function isObvious(node: Node, name: string): boolean {
    const [way, more] = node.routes.find(({ resource }) => resource === name)?.ways ?? [];
    if (way?.gateway === undefined || more !== undefined) return false;
    return node.neighbourDevice(way.gateway)?.name === way.device;
}

class Drawing {
    readonly boxes: Box[] = [];
    readonly lines = new Map<Device, End>();
    readonly bridges = new Map<Device, End>();
    readonly #hosts: ReadonlyMap<Place, string>;

    constructor(
        readonly resources: readonly Resource[],
        readonly topology: Topology,
        readonly drifts: Drifts,
    ) {
        this.#hosts = simulatedHosts(resources);
    }

    get places(): Place[] {
        return placesOf(this.topology, this.#hosts);
    }

    addPlace(place: Place): void {
        const node = this.topology.node(place);
        const devices = byName(node.devices.values());
        const bridges = devices.filter(({ kind }) => kind === "bridge");
        const isPort = ({ bridge }: Device): boolean => bridges.some(({ name }) => name === bridge);
        const own = devices.filter((one) => !isPort(one) && (one.kind !== "bridge" || one.addresses.length > 0));
        const routes = this.#routesOf(place);
        if (own.length > 0 || routes.length > 0 || node.forwarding.size > 0 || bridges.length === 0) {
            this.#addBox(place, { ...this.#placeBox(node), routes }, own);
        }
        for (const bridge of bridges) this.#addBridge(bridge, devices);
    }

    #placeBox({ place, resource, forwarding }: Node): Omit<Box, "id" | "rows" | "members" | "routes" | "frame"> {
        const { namespace, simulated, machine } = placeParts(place);
        const isHost = namespace === undefined;
        const part = isHost
            ? this.drifts.part("SimulatedHost", this.#hosts.get(place))
            : this.drifts.part("Namespace", resource);
        return {
            kind: isHost ? "host" : "namespace",
            title: namespace ?? (place === HOST ? placeName(HOST) : (simulated.at(-1) ?? machine)),
            name: placeName(place),
            forwarding: forwardingOf(forwarding),
            status: part.status,
            drift: [...part.drift, ...this.drifts.forwarding(place)],
        };
    }

    #addBridge(bridge: Device, devices: readonly Device[]): void {
        const { place, name } = bridge;
        const ports = devices.filter((device) => device.bridge === name);
        const { namespace } = placeParts(place);
        const title = namespace === undefined ? name : `${name} in ${namespace}`;
        const whole = `${name} ${namespace === undefined ? "on" : "in"} ${placeName(place)}`;
        const box = {
            ...({ kind: "bridge", title, name: whole } as const),
            forwarding: bridge.stp ? "stp" : "",
            routes: [],
        };
        const id = this.#addBox(place, { ...box, ...this.drifts.device(bridge) }, ports);
        this.bridges.set(bridge, { box: id, port: "top" });
    }

    #addBox(place: Place, box: Omit<Box, "id" | "rows" | "members" | "frame">, devices: readonly Device[]): string {
        const id = `n${this.boxes.length + 1}`;
        const rows = devices.map((device, at): Row => {
            const { name, kind, addresses, resource } = device;
            const port = `p${at + 1}`;
            this.lines.set(device, { box: id, port });
            const words = {
                addresses: addresses.map(({ text }) => text),
                notes: notesOf(device, this.topology.node(place)),
            };
            return { port, name, kind, ...words, resource, count: 1, ...this.drifts.device(device) };
        });
        this.boxes.push({ id, ...box, frame: frameOf(place), rows, members: [] });
        return id;
    }

    #routesOf(place: Place): RouteRow[] {
        const node = this.topology.node(place);
        return this.resources
            .filter(({ kind, inputs }) => kind === "Route" && placeOf(inputs) === place)
            .map(({ name, inputs: { device, ...inputs } }) => ({
                text: routeWords(isObvious(node, name) ? inputs : { ...inputs, device }),
                resource: name,
                ...this.drifts.part("Route", name),
            }))
            .sort((a, b) => byNumber(a.text, b.text));
    }
}

/** Draws a lab: each place a box, each bridge one, and what joins them. */
export function drawLab({ title, state, resources, drifts: found }: Lab): Picture {
    const drifts = new Drifts(found);
    // What is gone is drawn as it was; a setting or an address is no more than a word of what it was on.
    const ghosts = drifts.gone.filter(({ kind }) => kind !== "Address" && kind !== "ForwardingSetting");
    const shown = sorted([...resources, ...ghosts]);
    const topology = new Topology(shown);
    const drawing = new Drawing(shown, topology, drifts);
    const { places } = drawing;
    for (const place of places) drawing.addPlace(place);
    const { boxes } = drawing;
    const links = drawLinks(topology, drawing, drifts);
    return gatherMeshes({ title, state, frames: framesOf(places), boxes, links });
}
