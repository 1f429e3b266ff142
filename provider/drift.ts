import { parseOwner } from "../model/owner";
import { changedKeys } from "./dynamic";
import type { Queries } from "./host/query";
import { describeForeign, type Kind } from "./kind";
import { forEachKind } from "./kinds";
import { Lifecycle } from "./lifecycle";
import { HostProblem } from "./problem";
import type { FlatSpec } from "./record";
import { isSameInput } from "./same";

/** What has become of a resource's object since it was deployed; "unseen": its machine was not to be asked. */
type Standing = "as deployed" | "changed" | "gone" | "foreign" | "unseen";

export interface Finding {
    readonly standing: Standing;
    /** The inputs as they stand there: those of a changed one that differ are not as they were deployed. */
    readonly found: FlatSpec;
    /** What stands in its place, or why it was not seen. */
    readonly why?: string;
}

/** A resource as it was deployed. */
export interface Deployed {
    /** `VethPair` */
    readonly kind: string;
    /** `project/stack/name` */
    readonly owner: string;
    readonly inputs: Readonly<Record<string, unknown>>;
}

const comparing =
    <Spec extends FlatSpec, Q extends Queries, State>(kind: Kind<Spec, Q, State>) =>
    async ({ owner, inputs }: Deployed): Promise<Finding> => {
        const spec = kind.schema.recall(inputs);
        const { state, foreign } = await new Lifecycle(kind, parseOwner(owner), spec).look();
        if (state === undefined && foreign !== undefined)
            return { standing: "foreign", found: {}, why: describeForeign(foreign) };
        if (state === undefined || kind.intact?.(state) === false) return { standing: "gone", found: {} };
        const found = kind.inputs(state, spec);
        const isSame = changedKeys(kind.schema.keys, found, spec).length === 0;
        return isSame ? { standing: "as deployed", found } : { standing: "changed", found: onlyOther(spec, found) };
    };

/** Lists that ask for the same in another order are no difference. */
function onlyOther(spec: FlatSpec, found: FlatSpec): FlatSpec {
    const keys = Object.keys({ ...spec, ...found });
    const values = keys.map((key) => [key, isSameInput(key, found[key], spec[key]) ? spec[key] : found[key]]);
    return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

const kinds = forEachKind(comparing);

/**
 * Compares what stands on the machines with what was deployed, as a refresh does, and touches nothing: neither objects nor records. A
 * resource that is nothing on a machine (a Reachability) has no finding.
 */
export async function compare<R extends Deployed>(resources: readonly R[]): Promise<Map<R, Finding>> {
    const findings = resources.map(async (resource): Promise<[R, Finding] | undefined> => {
        try {
            const finding = await kinds.get(resource.kind)?.(resource);
            return finding && [resource, finding];
        } catch (error) {
            if (!(error instanceof HostProblem)) throw error;
            return [resource, { standing: "unseen", found: {}, why: error.message }];
        }
    });
    return new Map((await Promise.all(findings)).filter((one) => one !== undefined));
}
