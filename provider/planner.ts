import type { Owner } from "../model/owner";
import type { Place } from "../model/place";
import type { Command } from "./host/command";
import { survey } from "./host/machines";
import type { Answers, Queries } from "./host/query";
import type { Kind } from "./kind";
import { forEachKind } from "./kinds";
import { Conflict } from "./problem";
import type { DeclaredDevice } from "./program";
import { bootQuery, type FlatSpec, recordFile, recordQuery, tellStory } from "./record";

export type Properties = Readonly<Record<string, unknown>>;

/** What is to become of a resource: it is as it was before, and is wanted as after; nothing is wanted of what goes. */
export interface Wish {
    readonly before: Properties;
    readonly after: Properties | undefined;
    readonly owner: Owner;
    /** Those who come before it have taken away what there was of it. */
    readonly isGone: boolean;
    /** Devices that those who come before it have made. */
    readonly devices: readonly DeclaredDevice[];
}

/** What a kind would do for one of its resources; whatever it looks at, it touches nothing. */
export interface Planner {
    /** Where the object's record is, and what tells it from all others. */
    subject(properties: Properties): { readonly place: Place; readonly id: string };
    /** The place that it is, if it is one. */
    holds(properties: Properties): Place[];
    plan(wish: Wish): Promise<readonly Command[]>;
}

const REFUSED = "There are no commands for that. Remove it, or choose another name or address for the resource";

function plannerOf<Spec extends FlatSpec, Q extends Queries, State>(kind: Kind<Spec, Q, State>): Planner {
    async function look(spec: Spec, wanted: Spec | undefined, owner: Owner) {
        const { place, key } = kind.record(spec);
        const record = recordQuery(recordFile(place, kind.name, key));
        const [answers, found] = await Promise.all([
            survey(kind.queries(spec, owner)),
            survey({ record, boot: bootQuery(place) }),
        ]);
        const story = tellStory(owner, found.boot, found.record, wanted);
        return { answers: answers as Answers<Q>, story, ...kind.observe(answers as Answers<Q>, spec, story) };
    }

    return {
        subject(properties) {
            const { place, key } = kind.record(kind.schema.recall(properties));
            return { place, id: `${kind.name} ${place} ${key}` };
        },

        holds: (properties) => (kind.holds ? [kind.holds(kind.schema.recall(properties))] : []),

        async plan({ before, after, owner, isGone, devices }) {
            const wanted = after && kind.schema.parse(after);
            const spec = wanted ?? kind.schema.recall(before);
            const { answers, story, state, foreign } = await look(spec, wanted, owner);
            if (!wanted) return foreign && !state ? [] : kind.plan(state, wanted, spec, story);
            if (state && !isGone) return kind.plan(state, wanted, spec, story);
            if (foreign && !isGone) throw new Conflict(foreign, REFUSED);
            const foreseen = kind.foresee?.(wanted, answers, devices) ?? wanted;
            return kind.plan(kind.blank?.(spec, devices), foreseen, spec, tellStory(owner, "", undefined, foreseen));
        },
    };
}

/** By the names of the kinds. */
export const planners = forEachKind(plannerOf);
