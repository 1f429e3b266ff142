import type { Owner } from "../model/owner";
import type { Place } from "../model/place";
import type { Problem, Schema } from "../model/schema";
import type { Command } from "./host/command";
import type { Answers, Queries } from "./host/query";
import type { DeclaredDevice } from "./program";
import type { FlatSpec, Story } from "./record";

/** What is found where a resource's object should be. */
export interface Found<State> {
    /** The object, as far as it is there and ours. */
    readonly state: State | undefined;
    /** What stands there instead and is not ours. */
    readonly foreign?: Foreign | undefined;
}

/** Something in the way of a resource. */
export interface Foreign {
    /** The input that names it. */
    readonly property: string;
    /** What it is, for a person to read: `a veth named br0 on the host`. */
    readonly what: string;
    /** The resource of whatever stack that it belongs to, if it is one of ours. */
    readonly owner?: string | undefined;
}

/** What was found, and whose it is. */
export const describeForeign = ({ what, owner }: Foreign): string =>
    `${what}: ${owner === undefined ? "linuxnet did not create it" : `it belongs to ${owner}`}`;

/**
 * A kind of resource. It never says "create" or "delete": it says what it sees and what would have to be run so that
 * the wanted is there (or, wanted undefined, nothing of it). Nothing in here touches a machine.
 */
export interface Kind<Spec extends FlatSpec, Q extends Queries, State> {
    /** `VethPair` */
    readonly name: string;
    readonly schema: Schema<Spec>;
    /** A change of one of these replaces the object, deleting it first. */
    readonly identity: readonly (keyof Spec & string)[];
    /** What identifies the object, too, and follows from other inputs. */
    implied?(inputs: Partial<Spec>): string | number | undefined;
    /** Several resources, of other stacks too, may want the same object. */
    readonly shared?: true;
    /** To make one where something is already fails as a whole, by the kernel's word: nobody has to look before. */
    readonly exclusive?: true;
    /** Changes something beside its object for a moment: one at a time, and what was there is recorded before. */
    readonly alone?: true;
    /** Its objects are devices: another one can have neither their names, nor stay where it lives on one that goes. */
    readonly isLink?: true;
    /** Its removal may take routes of others along: those that still have a way come back. */
    readonly spares?: true;
    /** Nothing in the kernel tells whose the object is: once it is gone, so is our claim. */
    readonly unmarked?: true;
    /** Mistakes that only several properties together show. What is not known yet is absent, and named. */
    mistakes?(inputs: Partial<Spec>, unknown: readonly string[]): Problem[];
    /** The name under which people know the object: `veth-ns1@ns1`. */
    id(spec: Spec): string;
    /** Where its record is kept: the namespace that takes it along, and its key among its kind. */
    record(spec: Spec): { place: Place; key: string };
    queries(spec: Spec, owner: Owner): Q;
    observe(answers: Answers<Q>, spec: Spec, story: Story): Found<State>;
    plan(state: State | undefined, wanted: Spec | undefined, spec: Spec, story: Story): readonly Command[];
    /** What was there before us, to be recorded before a change. */
    before?(answers: Answers<Q>, wanted: Spec | undefined, story: Story): Readonly<Record<string, string>>;
    /** The place whose records go with that of an object that is gone. */
    forgets?(spec: Spec): Place;
    /** What bears a former owner's name, to be taken away: it is made anew under the new one. */
    leave?(state: State, spec: Spec, former: Owner): readonly Command[];
    /**
     * What stands there and is nobody's, made ours: what marks it beside the tags of links, and what is seen then; undefined
     * where that cannot be done. Nothing of it for a kind whose links' tags are all its marks.
     */
    adopt?(answers: Answers<Q>, spec: Spec): { answers: Answers<Q>; marks: readonly Command[] } | undefined;
    /** Whether the object is whole; one that is not counts as gone, and is made anew. */
    intact?(state: State): boolean;
    /** The inputs as the kernel has them: what the user has set, and what stands against a default. */
    inputs(state: State, spec: Spec): FlatSpec;
    /** Computed properties, beside the inputs. */
    outputs(state: State, spec: Spec): Record<string, unknown>;
    /** The place that it is: what lives in there goes with it. */
    holds?(spec: Spec): Place;
    /** What to plan from while the place, or the declared device, that it stands on is not there yet either. */
    blank?(spec: Spec, declared: readonly DeclaredDevice[]): State | undefined;
    /** The wanted of a new object, with what is otherwise seen only when it is there. */
    foresee?(wanted: Spec, answers: Answers<Q>, declared: readonly DeclaredDevice[]): Spec;
    /** Devices whose routes a change of ours may take away. */
    disturbs?(spec: Spec): readonly { place: Place; name: string }[];
}
