import { formatOwner, type Owner } from "../../model/owner";
import { parsePrefix } from "../../model/prefix";
import { type Command, describe as typed } from "../../provider/host/command";
import type { LinkAddress, LinkState } from "../../provider/link";
import { type Claim, type FlatSpec, type Story, tellStory } from "../../provider/record";

/** The resource that the plans are for, and what the kernel's objects carry of it. */
export const owner: Owner = { project: "lab", stack: "dev", name: "link1" };
export const TAG = "linuxnet:lab/dev/link1";
export const GROUP = 318347106;
export const OTHERS = "lab/other/theirs";

/** An address as the kernel has it on a device. */
export const address = (text: string, more: Partial<LinkAddress> = {}): LinkAddress => ({
    ...parsePrefix(text),
    tentative: false,
    duplicate: false,
    automatic: false,
    ...more,
});

/** A device of ours that is up and whole. */
export const link = (more: Partial<LinkState> = {}): LinkState => ({
    name: "br0",
    index: 2,
    kind: "bridge",
    alias: TAG,
    group: GROUP,
    mtu: 1500,
    macAddress: "02:00:00:00:00:01",
    up: true,
    carrier: true,
    master: undefined,
    peerIndex: undefined,
    stp: false,
    portState: undefined,
    addresses: [],
    ...more,
});

interface Recorded {
    /** What our claim says. */
    readonly mine?: FlatSpec;
    /** What it said before a change that is not done. */
    readonly previous?: FlatSpec;
    readonly others?: readonly Claim[];
    readonly before?: Readonly<Record<string, string>>;
    /** Written before the last boot. */
    readonly stale?: boolean;
}

/** What is recorded of an object, told to one that wants this of it. */
export function story(wanted: FlatSpec | undefined, recorded?: Recorded): Story {
    if (recorded === undefined) return tellStory(owner, "boot", undefined, wanted);
    const { mine, previous, others = [], before = {}, stale = false } = recorded;
    const claim = mine && { owner: formatOwner(owner), spec: mine, ...(previous ? { previous } : {}) };
    const claims = [...others, ...(claim ? [claim] : [])];
    return tellStory(owner, "boot", { boot: stale ? "earlier" : "boot", kind: "", claims, before }, wanted);
}

/** A plan as a person would type it. */
export const lines = (plan: readonly Command[]): string[] => plan.map(typed);

/** What every device of ours is given before it carries its tag. */
export const quiet = (name: string, place = ""): string[] =>
    [
        `net.ipv4.conf.${name}.promote_secondaries=1`,
        `net.ipv4.conf.${name}.arp_notify=1`,
        `net.ipv6.conf.${name}.accept_dad=0`,
        `net.ipv6.conf.${name}.ndisc_notify=1`,
    ].map((setting) => `${place === "" ? "" : `ip netns exec ${place} `}sysctl -w ${setting}`);
