import { randomBytes } from "node:crypto";
import type { dynamic } from "@pulumi/pulumi";
import { formatOwner, type Owner, parseOwner, sameStack } from "../model/owner";
import { explain } from "../model/problem";
import { ownerIn } from "../model/provider-text";
import { type Problem, SILENCE, splitList, UNKNOWN } from "../model/schema";
import { nothingIn } from "./host/machines";
import type { Queries } from "./host/query";
import { inherit } from "./inherit";
import { describeForeign, type Kind } from "./kind";
import { Lifecycle, Unfinished } from "./lifecycle";
import { mistakesInProgram } from "./mistakes";
import { Failure, HostProblem } from "./problem";
import type { Program } from "./program";
import type { FlatSpec } from "./record";
import { isSameInput } from "./same";
import { succeed } from "./succession";
import { turnOf } from "./turns";

type Properties = Record<string, unknown>;

/** What the engine calls, for one resource. Inputs and outputs are flat; see docs/architecture.md, "On the wire". */
export type Provider = Required<Omit<dynamic.ResourceProvider, "configure">> & {
    /** There is no operation any more, and nothing is to be begun. */
    end?(): void;
};

/** Marks a run of create or update: what depends on it (a Reachability) runs again. */
export const newRevision = (): string => randomBytes(4).toString("hex");

const hasUnknown = (values: Properties): boolean => Object.values(values).includes(UNKNOWN);

/** A create or update that got half-way: the engine keeps what there is and updates it the next time. */
class PartialFailure extends Failure {
    readonly reasons: string[];

    constructor(
        message: string,
        readonly id: string,
        readonly properties: Properties,
    ) {
        super(message);
        this.reasons = [message];
    }
}

/** The property as the user wrote it: `left.addresses` travels as `leftAddresses`. */
const userProperty = (key: string): string =>
    key.replace(/^(left|right|from)([A-Z])/, (_, side: string, first: string) => `${side}.${first.toLowerCase()}`);

/** Without a property of its own: the engine would print its flat name and value once more, in front. */
export const toFailures = (problems: readonly Problem[]) =>
    problems.map((problem) => ({
        property: "",
        reason: explain({ ...problem, property: userProperty(problem.property) }),
    }));

/**
 * What no program says anything of: what a namespace's `lo` shows as when a person has set it down, and devices that do not forward
 * as their namespace does.
 */
const FOUND = ["loopback", "exceptions"];

/** The inputs of a kind that differ; `olds` are the old outputs, which hold the inputs. */
export function changedKeys(keys: readonly string[], olds: Properties, news: Properties): string[] {
    return [...new Set([...keys, ...FOUND])].filter((key) => !isSameInput(key, olds[key], news[key]));
}

/** The provider of one resource of a kind. */
export function provider<Spec extends FlatSpec, Q extends Queries, State>(
    kind: Kind<Spec, Q, State>,
    program: Program,
    ownerText: string,
): Provider {
    const owner = parseOwner(ownerText);
    /** Who it was in the state: a resource, or its stack, may have been renamed since. */
    const formerOwner = (olds: Properties): Owner => parseOwner(ownerIn(olds["__provider"]) ?? ownerText);
    const isRenamed = (olds: Properties): boolean => formatOwner(formerOwner(olds)) !== ownerText;
    const lifecycle = (spec: Spec) => new Lifecycle(kind, owner, spec);

    const outs = (spec: Spec, properties: Properties, state: State | undefined): Properties => ({
        ...Object.fromEntries(kind.schema.keys.flatMap((key) => (spec[key] === undefined ? [] : [[key, spec[key]]]))),
        ...(state === undefined ? {} : JSON.parse(JSON.stringify(kind.outputs(state, spec)))),
        revision: newRevision(),
        __provider: properties["__provider"],
    });

    /** Something that is not ours where our object is to be, told before anything is deleted for it. */
    async function conflicts(olds: Properties, inputs: Properties): Promise<Problem[]> {
        const isNew = Object.keys(olds).length === 0;
        const moved = isNew || kind.identity.some((key) => olds[key] !== inputs[key]);
        if (!moved || hasUnknown(inputs)) return [];
        const spec = kind.schema.parse(inputs);
        const { state, foreign } = await lifecycle(spec).look({ isCheck: true });
        const place = kind.holds?.(spec);
        if (place !== undefined && state === undefined && foreign === undefined) nothingIn(place);
        // Another resource of this stack may be about to give the place up.
        const found = foreign?.owner === undefined ? undefined : parseOwner(foreign.owner);
        const isOurs = found && [owner, formerOwner(olds)].some((one) => sameStack(one, found));
        if (foreign === undefined || isOurs) return [];
        const { property } = foreign;
        const cure = foreign.owner
            ? "choose another stack or name, or destroy that one"
            : "remove it, or choose another";
        const advice = `found ${describeForeign(foreign)}; ${cure}`;
        const given = JSON.stringify(inputs[property] ?? kind.id(spec));
        return [{ property, given, expected: "what nobody else has", advice }];
    }

    return {
        async check(olds: Properties, news: Properties) {
            const { inputs, problems } = kind.schema.check(news);
            if (problems.length > 0) return { inputs: news, failures: toFailures(problems) };
            const unknown = Object.keys(inputs).filter((key) => inputs[key] === UNKNOWN);
            const known = Object.fromEntries(Object.entries(inputs).filter(([key]) => !unknown.includes(key)));
            const found = [...(kind.mistakes?.(known as Partial<Spec>, unknown) ?? [])];
            program.own(formerOwner(olds));
            program.checked.add(turnOf(kind.name, owner));
            try {
                const silence = splitList(String(news[SILENCE] ?? ""));
                const declaration = { kind: kind.name, owner: ownerText, known, unknown, silence };
                if (found.length === 0) found.push(...(await mistakesInProgram(program, declaration, owner)));
                if (found.length === 0) found.push(...(await conflicts(olds, inputs)));
            } catch (error) {
                if (!(error instanceof HostProblem)) throw error;
                return { inputs, failures: [{ property: "", reason: error.message }] };
            }
            return { inputs, failures: toFailures(found) };
        },

        async diff(_id, olds: Properties, news: Properties) {
            const changed = changedKeys(kind.schema.keys, olds, news);
            const named = changed.filter((key) => (kind.identity as readonly string[]).includes(key));
            const [before, after] = [olds, news].map((all) => kind.implied?.(all as Partial<Spec>));
            // What is not told, as of a route that a person has replaced, is no other one.
            const isAnother = !hasUnknown(news) && before !== undefined && after !== undefined && before !== after;
            const replaces = named.length === 0 && isAnother ? changed : named;
            return { changes: changed.length > 0 || isRenamed(olds), replaces, deleteBeforeReplace: true };
        },

        async create(inputs: Properties) {
            const spec = kind.schema.parse(inputs);
            const id = kind.id(spec);
            const make = () => lifecycle(spec).converge(spec, true);
            try {
                const state = await succeed(kind, spec, owner, program, make);
                return { id, outs: outs(spec, inputs, state) };
            } catch (error) {
                if (!(error instanceof Unfinished) || (error.state === undefined && !error.isUnseen)) throw error;
                throw new PartialFailure(error.message, id, outs(spec, inputs, error.state as State));
            }
        },

        async update(id, olds: Properties, news: Properties) {
            const spec = kind.schema.parse(news);
            if (isRenamed(olds)) await inherit(kind, kind.schema.recall(olds), formerOwner(olds), owner);
            try {
                const state = await lifecycle(spec).converge(spec);
                return { outs: outs(spec, news, state) };
            } catch (error) {
                if (!(error instanceof Unfinished)) throw error;
                throw new PartialFailure(error.message, id, outs(spec, news, error.state as State));
            }
        },

        async read(id, properties: Properties = {}) {
            const spec = kind.schema.recall(properties);
            const { state, claimed } = await lifecycle(spec).look();
            const isGone = state === undefined || kind.intact?.(state) === false;
            if (claimed && isGone && (state === undefined || kind.unmarked)) await lifecycle(spec).release();
            if (isGone) return {};
            const inputs: Properties = { ...kind.inputs(state, spec) };
            const looked = [...kind.schema.keys, ...FOUND];
            const known = Object.fromEntries(Object.entries(properties).filter(([key]) => !looked.includes(key)));
            return { id, props: { ...known, ...inputs }, inputs };
        },

        async delete(_id, properties: Properties) {
            await lifecycle(kind.schema.recall(properties)).converge(undefined);
        },
    };
}
