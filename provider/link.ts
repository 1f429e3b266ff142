import * as v from "valibot";
import { isInterfaceName } from "../model/name";
import { formatOwner, isStackGroup, type Owner, ownerTag, taggedOwner } from "../model/owner";
import { type Place, where } from "../model/place";
import { type DeviceAddress, isLinkLocal, parsePrefix } from "../model/prefix";
import { type IpCommand, ip } from "./host/command";
import { type Query, remember } from "./host/query";
import type { Foreign } from "./kind";

/** What `ip -N -j -d addr show` says of a device; the rest of it is not looked at. */
const linkJson = v.object({
    ifindex: v.number(),
    ifname: v.string(),
    ifalias: v.optional(v.string()),
    altnames: v.optional(v.array(v.string()), []),
    flags: v.array(v.string()),
    mtu: v.number(),
    master: v.optional(v.string()),
    group: v.string(),
    address: v.optional(v.string(), ""),
    /** Nothing, in words, where a tunnel stands on no device. */
    link: v.nullish(v.string()),
    link_index: v.optional(v.number()),
    linkinfo: v.optional(
        v.object({
            info_kind: v.optional(v.string()),
            info_data: v.optional(
                v.object({
                    stp_state: v.optional(v.number()),
                    id: v.optional(v.number()),
                    local: v.optional(v.string()),
                    local6: v.optional(v.string()),
                    port: v.optional(v.number()),
                    link: v.optional(v.string()),
                    learning: v.optional(v.boolean()),
                }),
            ),
            info_slave_data: v.optional(v.object({ state: v.optional(v.string()) })),
        }),
    ),
    addr_info: v.optional(
        v.array(
            v.object({
                family: v.string(),
                local: v.optional(v.string()),
                /** The peer's, where it has one. */
                address: v.optional(v.string()),
                prefixlen: v.optional(v.number()),
                secondary: v.optional(v.boolean(), false),
                tentative: v.optional(v.boolean(), false),
                dadfailed: v.optional(v.boolean(), false),
                dynamic: v.optional(v.boolean(), false),
            }),
        ),
        [],
    ),
});

/** An address as the kernel has it on a device. */
export interface LinkAddress extends DeviceAddress {
    readonly tentative: boolean;
    readonly duplicate: boolean;
    /** The kernel's own: link-local, or from a router's advertisement. */
    readonly automatic: boolean;
}

/** What makes a link a VXLAN: ip-link(8). */
export interface VxlanState {
    readonly vni: number;
    readonly local: string | undefined;
    readonly port: number;
    readonly device: string | undefined;
    readonly learning: boolean;
}

/** A network device as the kernel has it. */
export interface LinkState {
    readonly name: string;
    readonly index: number;
    readonly kind: string;
    readonly alias: string | undefined;
    /** Other names of it, which no other link can have then (ip-link(8), property). */
    readonly altnames?: readonly string[];
    readonly group: number;
    readonly mtu: number;
    readonly macAddress: string;
    readonly up: boolean;
    readonly carrier: boolean;
    readonly master: string | undefined;
    /** Of a veth: its peer, by its index where that is elsewhere, by its name where it is in the same namespace. */
    readonly peerIndex: number | undefined;
    readonly peerName?: string | undefined;
    readonly stp: boolean;
    readonly vxlan?: VxlanState | undefined;
    /** As the port of a bridge: disabled, listening, learning, forwarding, blocking. */
    readonly portState: string | undefined;
    readonly addresses: readonly LinkAddress[];
}

const familyNames = ["inet", "inet6"];

function toVxlan({ linkinfo }: v.InferOutput<typeof linkJson>): VxlanState | undefined {
    const data = linkinfo?.info_data;
    if (linkinfo?.info_kind !== "vxlan" || data?.id === undefined || data.port === undefined) return undefined;
    const { id, local, local6, port, link, learning } = data;
    return { vni: id, local: local ?? local6, port, device: link, learning: learning ?? true };
}

function toLink(json: v.InferOutput<typeof linkJson>): LinkState {
    return {
        name: json.ifname,
        index: json.ifindex,
        kind: json.linkinfo?.info_kind ?? "device",
        alias: json.ifalias,
        altnames: json.altnames,
        group: Number(json.group),
        mtu: json.mtu,
        macAddress: json.address,
        up: json.flags.includes("UP"),
        carrier: json.flags.includes("LOWER_UP"),
        master: json.master,
        peerIndex: json.link_index,
        peerName: json.link ?? undefined,
        stp: json.linkinfo?.info_data?.stp_state === 1,
        vxlan: toVxlan(json),
        portState: json.linkinfo?.info_slave_data?.state,
        addresses: json.addr_info.flatMap(({ family, local, address, prefixlen, ...rest }) => {
            if (!familyNames.includes(family) || local === undefined || prefixlen === undefined) return [];
            const prefix = parsePrefix(`${local}/${prefixlen}`);
            const { tentative, dadfailed: duplicate, dynamic } = rest;
            const peer = address === undefined ? {} : { peer: parsePrefix(`${address}/${prefixlen}`).text };
            return [{ ...prefix, ...peer, tentative, duplicate, automatic: dynamic || isLinkLocal(prefix) }];
        }),
    };
}

/** `ip` prints an empty object for what it was told to leave out. */
const linksJson = v.pipe(
    v.array(v.record(v.string(), v.unknown())),
    v.transform((links) => links.filter((link) => Object.keys(link).length > 0)),
    v.array(linkJson),
);

/** All devices in an answer of `ip -j addr show`. */
export const parseLinks = remember((answer): readonly LinkState[] =>
    answer === undefined ? [] : v.parse(linksJson, JSON.parse(answer)).map(toLink),
);

/** All devices of a place. */
export const linksQuery = (place: Place): Query<readonly LinkState[]> => ({
    source: "ip",
    place,
    ask: "addr show",
    read: parseLinks,
});

/** Those of a group. */
export const groupQuery = (place: Place, group: number): Query<readonly LinkState[]> => ({
    source: "ip",
    place,
    ask: `addr show group ${group}`,
    read: parseLinks,
});

/** By what a device of ours is known when a person has renamed it. */
export interface Mark {
    readonly owner: Owner;
    readonly macAddress: string;
}

/**
 * The device of exactly this name (`ip` also answers to altnames). A survey also finds the marked device under another
 * name; and where one is to be made, whatever has the name as an altname is in the way.
 */
export const linkQuery = (place: Place, name: string, mark?: Mark): Query<LinkState | undefined> => ({
    source: "ip",
    place,
    ask: `addr show dev ${name}`,
    survey: "addr show",
    read(answer) {
        const links = parseLinks(answer);
        const tag = mark && ownerTag(formatOwner(mark.owner));
        const isMarked = (link: LinkState) =>
            link.alias === tag && link.macAddress === mark?.macAddress && isInterfaceName(link.name);
        const isInTheWay = (link: LinkState) => link.altnames?.includes(name);
        return links.find((link) => link.name === name) ?? (mark && (links.find(isMarked) ?? links.find(isInTheWay)));
    },
});

/** Whether a link carries our tag. Killed between creation and alias, it has the group alone; then the record decides. */
export function isOurs(link: LinkState, owner: Owner, recorded: boolean): boolean {
    if (link.alias === ownerTag(formatOwner(owner))) return true;
    return link.alias === undefined && recorded && isStackGroup(link.group, owner);
}

/** A link that stands where ours should. */
export function foreignLink(property: string, link: LinkState, place: Place): Foreign {
    const owner = taggedOwner(link.alias);
    const article = /^[aeiou]/.test(link.kind) ? "an" : "a";
    const alias = link.alias && !owner ? ` (alias "${link.alias}")` : "";
    const altnames = link.altnames?.length ? ` (altname "${link.altnames.join('", "')}")` : "";
    return { property, what: `${article} ${link.kind} named ${link.name} ${where(place)}${altnames}${alias}`, owner };
}

export const device = (place: Place, name: string, ...words: (string | number)[]): IpCommand =>
    ip(place, "link", "set", "dev", name, ...words);
