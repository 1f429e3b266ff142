import { ip } from "./kernel";

/** A layer-2 network of the tests' host, which machines are plugged into, and the host itself with an address. */
export interface Wire {
    /** The bridge on the host. */
    readonly device: string;
    /** The host's address on it, without the prefix length. */
    readonly address: string;
    /** After the machines: it takes none of them along. */
    remove(): Promise<void>;
}

let made = 0;

/**
 * `makeWire("10.9.0.1/24")`. Nothing about it changes by itself: a bridge would change its hardware address with each machine, and
 * get an IPv6 address a while after it was made.
 */
export async function makeWire(address: string): Promise<Wire> {
    made += 1;
    const device = `wire${made}`;
    const hardware = `02:00:00:00:09:${made.toString(16).padStart(2, "0")}`;
    await ip("link", "add", "name", device, "address", hardware, "type", "bridge");
    await ip("address", "add", address, "dev", device);
    await ip("link", "set", "dev", device, "addrgenmode", "none", "up");
    return {
        device,
        address: withoutPrefix(address),
        remove: async () => {
            await ip("link", "del", "dev", device);
        },
    };
}

export function withoutPrefix(address: string): string {
    return address.split("/")[0] ?? address;
}
