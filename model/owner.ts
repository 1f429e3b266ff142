import { fingerprint } from "./name";

/** Whose an object is: the resource of one stack. */
export interface Owner {
    readonly project: string;
    readonly stack: string;
    readonly name: string;
}

/** `project/stack/name`; only the name may hold a slash. */
export const formatOwner = (owner: Owner): string => `${owner.project}/${owner.stack}/${owner.name}`;

export function parseOwner(text: string): Owner {
    const [project = "", stack = "", ...name] = text.split("/");
    return { project, stack, name: name.join("/") };
}

export const sameStack = (a: Owner, b: Owner): boolean => a.project === b.project && a.stack === b.stack;

const TAG = "linuxnet:";
/** An alias holds 255 bytes (IFALIASZ, linux/if.h). */
const TAG_BYTES = 200;

/** Percent-encodes what neither `ip -batch` nor an alias takes as it is (RFC 3986). */
const encode = (text: string): string =>
    encodeURI(text).replace(
        /[^A-Za-z0-9_.:/@%+=,-]/g,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
    );

/** The alias that tells a person, in `ip -d link`, whose a link is. */
export function ownerTag(owner: string): string {
    const text = TAG + encode(owner);
    if (text.length <= TAG_BYTES) return text;
    const start = text.slice(0, TAG_BYTES - 9).replace(/%[0-9A-F]?$/, "");
    return `${start}~${fingerprint(8, owner)}`;
}

/** Whose alias this is, for a message; undefined if it is none of ours. */
export function taggedOwner(alias: string | undefined): string | undefined {
    if (!alias?.startsWith(TAG)) return undefined;
    const text = alias.slice(TAG.length);
    try {
        return decodeURIComponent(text);
    } catch {
        return text; // cut within a character, or written by a person
    }
}

/** The number of a stack as a link's group: it is set atomically at creation, where an alias is not. */
export function stackGroup(owner: Owner): number {
    return 0x10000000 + Number.parseInt(fingerprint(7, owner.project, owner.stack), 16);
}

/** The groups of a stack's links: the one that they are made in, and that of those that are just going, together. */
export function stackGroups(owner: Owner): [number, number] {
    const group = stackGroup(owner);
    return [group, group + 0x10000000];
}

export const removalGroup = (owner: Owner): number => stackGroups(owner)[1];

/** Whether a link's group is one of the stack's. */
export const isStackGroup = (group: number, owner: Owner): boolean => stackGroups(owner).includes(group);

/** The same where it tells stacks apart in the name of a file. */
export const stackDigits = (owner: Owner): string => stackGroup(owner).toString(16);

/** A locally administered unicast MAC address (IEEE 802), always the same for the same object. */
export function stableMacAddress(...identity: string[]): string {
    const digits = fingerprint(10, ...identity).match(/../g) ?? [];
    return ["02", ...digits].join(":");
}
