import type { Feature } from "../../support/features";
import type { Inputs, KindName } from "../../support/provider";

/** What becomes of an operation of ours: it is refused in these words, or it does its work beside what is theirs. */
export type Outcome = RegExp | "works";

/** A resource that a program declares. */
export interface Declared {
    readonly kind: KindName;
    readonly inputs: Inputs;
}

export const declare = (kind: KindName, inputs: Inputs): Declared => ({ kind, inputs });

interface Scene {
    readonly title: string;
    readonly needs?: Feature;
    /** What both stand on, as commands of a shell. */
    readonly given?: string;
    /** What we want; the last one is in question, the others are there before. */
    readonly ours: readonly Declared[];
    /** What somebody else does, and how he takes it back. */
    readonly theirs?: string;
    readonly away?: string;
    /** What another stack has. */
    readonly others?: readonly Declared[];
    /** Of what is theirs, what the kernel changes when ours comes or goes. */
    readonly yields?: RegExp;
    /** Of what is theirs, what is void, and goes with ours. */
    readonly goes?: RegExp;
}

/** Theirs stands there when ours is to be made. */
export interface Before extends Scene {
    /** By the check, which every preview runs. */
    readonly check: Outcome;
    /** By the creation, for what has come after the check. */
    readonly create: Outcome;
}

/** Theirs comes while ours is there, or in its place. */
export interface After extends Scene {
    /** An up that changes something and has not looked before. */
    readonly update?: Outcome;
    /** An up with `refresh: always`: what the refresh shows, and what becomes of the up. */
    readonly refresh?: readonly [shows: readonly string[], up: Outcome];
    readonly destroy?: Outcome;
}

/** A pair that somebody has set up works a while after its ends are up: until then, the kernel changes things by itself. */
export const AT_REST = `
for end in eth7 eth8; do
    until ip link show dev $end | grep -q "state UP" && ip -6 route show table local | grep -q "^local fe80.*$end"; do
        sleep 0.05
    done
done`;

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const NOBODYS = "linuxnet did not create it";
const CURES = new Map([[NOBODYS, "remove it, or choose another"]]);

/** The check's words: what was given, what was found, whose it is, and what to do. */
export function told(what: string, whose = NOBODYS): RegExp {
    const cure = CURES.get(whose) ?? "choose another stack or name, or destroy that one";
    const found = `found ${literally(what)}: ${whose}; ${cure}`;
    return new RegExp(`^\\S+: given .*\\nexpected what nobody else has\\n${found}$`);
}

/** The same, behind the check. */
export function refused(what: string, whose = NOBODYS): RegExp {
    const cure = "Nothing was changed. Remove it, or choose another name or address for the resource, and run again.";
    return new RegExp(`^found ${literally(what)}: ${whose}\\.\\n${literally(cure)}$`);
}

export const inTheWay = (what: string, whose = NOBODYS) => ({
    check: told(what, whose),
    create: refused(what, whose),
});

export const BESIDE = { check: "works", create: "works" } as const;

/** Ours is gone and theirs stands in its place: seen as gone, refused, and not deleted. */
export const inItsPlace = (what: string): Pick<After, "update" | "refresh" | "destroy"> => ({
    update: refused(what),
    refresh: [["gone"], told(what)],
    destroy: "works",
});

/** Beside ours, which stays as it is. */
export const BESIDE_IT = { update: "works", refresh: [[], "works"], destroy: "works" } as const;
