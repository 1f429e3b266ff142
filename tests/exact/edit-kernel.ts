import { readdir, stat } from "node:fs/promises";
import { type Json, parseList, readSetting, run } from "../support/kernel";
import type { Args } from "./edit";

/** What plain `ip`, `bridge` and `sysctl` say of a place. */
interface PlaceState {
    /** Another one, another namespace: its name alone may have been given to another, and its inode by the kernel. */
    readonly identity: string;
    readonly links: readonly Json[];
    readonly routes: readonly Json[];
    readonly forwarding: readonly Json[];
    readonly ipv4: string;
    readonly ipv6: string;
}

/** By the names of namespaces; undefined is the host. */
export type Kernel = ReadonlyMap<unknown, PlaceState>;

async function readPlace(where: string | undefined): Promise<PlaceState> {
    const input = "address show\nroute show table all\n";
    const [{ stdout }, fdb, ipv4, ipv6, { ino }] = await Promise.all([
        run(["ip", "-N", "-j", "-d", "-batch", "-"], { where, input }),
        run(["bridge", "-j", "fdb", "show"], { where }),
        readSetting("net.ipv4.ip_forward", where),
        readSetting("net.ipv6.conf.all.forwarding", where),
        stat(where === undefined ? "/proc/self/ns/net" : `/run/netns/${where}`),
    ]);
    const [links = [], routes = []] = stdout.trim().split("\n").map(parseList);
    return { identity: `${where} ${ino}`, links, routes, forwarding: parseList(fdb.stdout), ipv4, ipv6 };
}

export async function readKernel(): Promise<Kernel> {
    const names = await readdir("/run/netns").catch(() => []);
    const places = [undefined, ...names];
    return new Map(
        await Promise.all(places.map(async (where): Promise<[unknown, PlaceState]> => [where, await readPlace(where)])),
    );
}

/** A resource as the kernel has it: which object it is, and what its properties are, called as the engine calls them. */
export interface View {
    readonly identity: string;
    /** The device that has the address which it is sent from: the kernel takes a route away with it. */
    readonly source?: unknown;
    readonly values: Args;
}

export const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : []);

export const find = (place: PlaceState, name: unknown) => place.links.find(({ ifname }) => ifname === name);
