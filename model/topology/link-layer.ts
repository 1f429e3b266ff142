import { parseAddress } from "../prefix";
import type { Device } from "./node";
import type { Topology } from "./topology";

/** Whether a packet from one place reaches an address of another: what a tunnel stands on. */
export type Underlay = (from: Device, to: Device) => boolean;

/** Whether anything sent over a device may arrive anywhere. */
export const hasCarrier = ({ isUp, kind, peer }: Device): boolean => isUp && (kind !== "veth" || peer?.isUp === true);

/** A tunnel as a packet takes it. */
export interface Crossing {
    readonly near: Device;
    readonly far: Device;
}

/** What a device reaches on its network. */
interface Network {
    /** Who hears it, and the tunnels in between. */
    readonly stations: ReadonlyMap<Device, readonly Crossing[]>;
    /** The near ends of all tunnels into which it sends. */
    readonly tunnels: readonly Device[];
    /** All devices of it, bridges and ports too. */
    readonly devices: readonly Device[];
}

/** Who hears what a device sends: layer 2, over pairs, bridges and tunnels. */
export class LinkLayer {
    readonly #networks = new Map<Device, Network>();
    readonly #holders = new Map<Device, ReadonlyMap<string, Device>>();
    readonly #ports = new Map<Device, Device[]>();

    constructor(
        private readonly topology: Topology,
        private readonly underlay: Underlay,
    ) {
        for (const device of topology.devices) {
            const bridge = this.#bridgeOf(device);
            if (bridge) this.#ports.set(bridge, [...(this.#ports.get(bridge) ?? []), device]);
        }
    }

    #bridgeOf({ place, bridge }: Device): Device | undefined {
        const found = bridge === undefined ? undefined : this.topology.nodes.get(place)?.devices.get(bridge);
        return found?.kind === "bridge" ? found : undefined;
    }

    /** The ports of a bridge. */
    portsOf(bridge: Device): readonly Device[] {
        return this.#ports.get(bridge) ?? [];
    }

    /** The devices to which a frame that leaves this one comes next. */
    #next(device: Device, from: Device | undefined): Device[] {
        if (!device.isUp) return [];
        if (device.kind === "bridge") return this.portsOf(device).filter((port) => port !== from && port.isUp);
        const bridge = this.#bridgeOf(device);
        // What comes in by a port goes to its bridge, what comes from the bridge goes out.
        if (bridge && bridge !== from) return bridge.isUp ? [bridge] : [];
        if (device.kind === "veth") return device.peer?.isUp ? [device.peer] : [];
        return device.tunnel ? this.#farEnds(device) : [];
    }

    #farEnds(device: Device): Device[] {
        const { tunnel } = device;
        if (tunnel === undefined) return [];
        return this.topology.devices.filter((other) => {
            const far = other.tunnel;
            if (far === undefined || other === device || !other.isUp) return false;
            if (far.vni !== tunnel.vni || far.port !== tunnel.port || !tunnel.remotes.includes(far.local)) return false;
            // What was heard from a host is answered to it, even where it is not among the remotes.
            const isAnswered = far.remotes.includes(tunnel.local) || far.learning;
            return isAnswered && this.underlay(device, other);
        });
    }

    /** All that hears what the device sends, stations only: a port hands everything to its bridge. */
    #networkOf(device: Device): Network {
        const cached = this.#networks.get(device);
        if (cached) return cached;
        const stations = new Map<Device, readonly Crossing[]>();
        const tunnels: Device[] = [];
        const devices = new Set([device]);
        const seen = new Set<string>();
        const queue: { at: Device; from: Device | undefined; through: readonly Crossing[] }[] = [
            { at: device, from: this.#bridgeOf(device), through: [] },
        ];
        for (const { at, from, through: before } of queue) {
            const isEntry = at.tunnel !== undefined && from === this.#bridgeOf(at);
            if (isEntry && before.length === 0) tunnels.push(at);
            for (const next of this.#next(at, from)) {
                const key = `${next.place} ${next.name} ${at.kind === "bridge" ? "out" : "in"}`;
                if (seen.has(key) || next === device) continue;
                seen.add(key);
                devices.add(next);
                const through = isEntry ? [...before, { near: at, far: next }] : before;
                if (this.#bridgeOf(next) === undefined) stations.set(next, through);
                const isOnward = next.kind === "bridge" || this.#bridgeOf(next) !== undefined;
                if (isOnward) queue.push({ at: next, from: at, through });
            }
        }
        const network = { stations, tunnels, devices: [...devices] };
        this.#networks.set(device, network);
        return network;
    }

    /** The tunnels between a device and who hears it, in their order. */
    tunnelsBetween(device: Device, station: Device): readonly Crossing[] {
        return this.#networkOf(device).stations.get(station) ?? [];
    }

    /** All devices on the network of a device, bridges and ports too. */
    devicesOn(device: Device): readonly Device[] {
        return this.#networkOf(device).devices;
    }

    /** The near ends of all tunnels into which a device sends, whether or not they lead anywhere. */
    tunnelsFrom(device: Device): readonly Device[] {
        return this.#networkOf(device).tunnels;
    }

    /**
     * The device whose place answers for an address on the network of this one. A place answers for IPv4 addresses of all
     * of its devices (net.ipv4.conf.*.arp_ignore is 0), for IPv6 addresses only where they are (RFC 4861).
     */
    holderOf(device: Device, address: string): Device | undefined {
        let holders = this.#holders.get(device);
        if (holders === undefined) {
            holders = this.#holdersFrom(device);
            this.#holders.set(device, holders);
        }
        return holders.get(address);
    }

    #holdersFrom(device: Device): ReadonlyMap<string, Device> {
        const holders = new Map<string, Device>();
        for (const station of this.#networkOf(device).stations.keys()) {
            const others = [...(this.topology.nodes.get(station.place)?.devices.values() ?? [])];
            for (const one of [station, ...others.filter((other) => other !== station)]) {
                for (const { address, family } of one.addresses) {
                    if ((family === 4 || one === station) && !holders.has(address)) holders.set(address, station);
                }
            }
        }
        return holders;
    }

    /** Who has an address at all, wherever it is. */
    ownerOf(address: string): Device | undefined {
        const { address: canonical } = parseAddress(address);
        return this.topology.devices.find(({ addresses }) => addresses.some((one) => one.address === canonical));
    }
}
