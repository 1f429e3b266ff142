import { ipJson, type Where } from "../support/kernel";

/** What the tests look at of a device. */
export interface Link {
    readonly index: number;
    readonly mtu: number;
    readonly mac: string;
    readonly master: string | undefined;
    readonly up: boolean;
    readonly alias: string | undefined;
    readonly group: string;
    /** Without the link-local ones; IPv4 before IPv6, each in the kernel's order. */
    readonly addresses: readonly string[];
}

export async function findLink(where: Where, name: string): Promise<Link | undefined> {
    const links = await ipJson(...(where === undefined ? [] : ["-n", where]), "-d", "address", "show");
    const link = links.find(({ ifname }) => ifname === name);
    if (link === undefined) return undefined;
    const { ifindex, mtu, address, master, flags, ifalias, group, addr_info: list } = link;
    const addresses: readonly Record<string, unknown>[] = Array.isArray(list) ? list : [];
    const text = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));
    return {
        index: Number(ifindex),
        mtu: Number(mtu),
        mac: String(address),
        master: text(master),
        up: Array.isArray(flags) && flags.includes("UP"),
        alias: text(ifalias),
        group: String(group),
        addresses: addresses
            .filter(({ scope }) => scope !== "link")
            .map(({ local, prefixlen }) => `${String(local)}/${String(prefixlen)}`),
    };
}

export async function linkOf(where: Where, name: string): Promise<Link> {
    const link = await findLink(where, name);
    if (link === undefined) throw new Error(`There is no ${name} in ${where ?? "the host"}.`);
    return link;
}
