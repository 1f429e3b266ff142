import { parseAddress } from "../prefix";
import type { Device } from "./node";
import type { Topology } from "./topology";

/** Whether a packet from one place reaches an address of another: what a tunnel stands on. */
export type Underlay = (from: Device, to: Device) => boolean;

/** Whether anything sent over a device may arrive anywhere. */
export const hasCarrier = ({ isUp, kind, peer }: Device): boolean => isUp && (kind !== "veth" || peer?.isUp === true);

/** Who hears what a device sends: layer 2, over pairs, bridges and tunnels. */
export class LinkLayer {
    readonly #heard = new Map<Device, readonly Device[]>();
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
    heardFrom(device: Device): readonly Device[] {
        const cached = this.#heard.get(device);
        if (cached) return cached;
        const stations = new Set<Device>();
        const seen = new Set<string>();
        const queue: { at: Device; from: Device | undefined }[] = [{ at: device, from: this.#bridgeOf(device) }];
        for (const { at, from } of queue) {
            for (const next of this.#next(at, from)) {
                const key = `${next.place} ${next.name} ${at.kind === "bridge" ? "out" : "in"}`;
                if (seen.has(key) || next === device) continue;
                seen.add(key);
                if (this.#bridgeOf(next) === undefined) stations.add(next);
                const isOnward = next.kind === "bridge" || this.#bridgeOf(next) !== undefined;
                if (isOnward) queue.push({ at: next, from: at });
            }
        }
        const heard = [...stations];
        this.#heard.set(device, heard);
        return heard;
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
        for (const station of this.heardFrom(device)) {
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
