import * as v from "valibot";
import { objects } from "./answer";

/** What is beside a device's state: what the resources of this package say nothing of. */
export interface LinkExtras {
    /** Of a veth whose peer is elsewhere: the number of that namespace in this one. */
    readonly peerNamespace: number | undefined;
    /** What it has that no program could say, so that it cannot be taken in. */
    readonly obstacles: readonly string[];
    /** What it has beside what a program says of it. */
    readonly peculiarities: readonly string[];
}

const linkJson = v.object({
    ifname: v.string(),
    link_netnsid: v.optional(v.number()),
    linkinfo: v.optional(
        v.object({
            info_data: v.optional(
                v.object({
                    vlan_filtering: v.optional(v.number(), 0),
                    group: v.optional(v.string()),
                    group6: v.optional(v.string()),
                    external: v.optional(v.boolean(), false),
                }),
            ),
        }),
    ),
    addr_info: v.optional(v.array(v.object({ local: v.optional(v.string()), address: v.optional(v.string()) })), []),
});

type LinkJson = v.InferOutput<typeof linkJson>;

function toExtras({ link_netnsid: peerNamespace, linkinfo, addr_info: addresses }: LinkJson): LinkExtras {
    const data = linkinfo?.info_data;
    const group = data?.group ?? data?.group6;
    const withPeer = addresses.find(({ local, address }) => local !== undefined && address !== undefined);
    return {
        peerNamespace,
        peculiarities: data?.vlan_filtering ? ["filters VLANs"] : [],
        obstacles: [
            ...(group === undefined ? [] : [`sends to the multicast group ${group}`]),
            ...(data?.external ? ["takes its tunnels from somewhere else (external)"] : []),
            ...(withPeer ? [`has the address ${withPeer.local} with the peer ${withPeer.address}`] : []),
        ],
    };
}

const parse = objects(linkJson);

/** What is beside the state of each device in an answer of `ip -j -d addr show`, by its name. */
export const parseExtras = (answer: string | undefined): ReadonlyMap<string, LinkExtras> =>
    new Map(parse(answer).map((link) => [link.ifname, toExtras(link)]));
