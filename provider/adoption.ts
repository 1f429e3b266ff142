import { formatOwner, type Owner } from "../model/owner";
import { address } from "./address";
import { adopt, lookBeforeAdoption, Taken } from "./adopt";
import { bridge } from "./bridge";
import { toFailures } from "./dynamic";
import { forwardingSetting } from "./forwarding-setting";
import type { Queries } from "./host/query";
import { workFor } from "./index";
import type { Kind } from "./kind";
import { mistakesInProgram } from "./mistakes";
import { namespace } from "./namespace";
import { Failure } from "./problem";
import { Program } from "./program";
import type { FlatSpec } from "./record";
import { route } from "./route";
import { vethPair } from "./veth-pair";
import { vxlan } from "./vxlan";

export { type Inventory, namespaceNames, takeInventory } from "./inventory";
export { Failure, workFor };

/** A resource of a program that describes what stands on the machine already. */
export interface Candidate {
    /** `VethPair` */
    readonly kind: string;
    readonly name: string;
    readonly spec: FlatSpec;
}

/** A kind with what is done with it here, whatever its types are. */
interface Adopting {
    readonly name: string;
    problems(candidate: Candidate, owner: Owner, program: Program): Promise<readonly string[]>;
    look(spec: FlatSpec, owner: Owner): Promise<unknown>;
    adopt(spec: FlatSpec, owner: Owner): Promise<void>;
}

function adopting<Spec extends FlatSpec, Q extends Queries, State>(kind: Kind<Spec, Q, State>): Adopting {
    return {
        name: kind.name,
        /** As the engine's check would find them. */
        async problems({ spec }, owner, program) {
            const { inputs, problems } = kind.schema.check({ ...spec });
            const found = [
                ...problems,
                ...(problems.length > 0 ? [] : (kind.mistakes?.(inputs as Partial<Spec>, []) ?? [])),
            ];
            const declaration = { kind: kind.name, owner: formatOwner(owner), known: inputs, unknown: [] };
            if (found.length === 0) found.push(...(await mistakesInProgram(program, declaration, owner)));
            return toFailures(found).map(({ reason }) => reason);
        },
        look: (spec, owner) => lookBeforeAdoption(kind, kind.schema.parse({ ...spec }), owner),
        adopt: (spec, owner) => adopt(kind, kind.schema.parse({ ...spec }), owner),
    };
}

const kinds = [
    adopting(namespace),
    adopting(bridge),
    adopting(vethPair),
    adopting(vxlan),
    adopting(address),
    adopting(forwardingSetting),
    adopting(route),
];

function kindOf({ kind }: Candidate): Adopting {
    const found = kinds.find(({ name }) => name === kind);
    if (found === undefined) throw new Error(`no such kind: ${kind}`);
    return found;
}

/** What keeps a resource from being adopted. */
export interface Obstacle {
    readonly candidate: Candidate;
    readonly why: string;
    /** It is another stack's. */
    readonly isTaken: boolean;
}

/** Looks at all that is to be adopted, and touches nothing. */
export async function obstaclesTo(stack: Owner, candidates: readonly Candidate[]): Promise<Obstacle[]> {
    const program = new Program();
    const found: Obstacle[] = [];
    for (const candidate of candidates) {
        const owner = { ...stack, name: candidate.name };
        try {
            await kindOf(candidate).look(candidate.spec, owner);
            const problems = await kindOf(candidate).problems(candidate, owner, program);
            found.push(...problems.map((why) => ({ candidate, why, isTaken: false })));
        } catch (error) {
            if (!(error instanceof Failure)) throw error;
            found.push({ candidate, why: error.message, isTaken: error instanceof Taken });
        }
    }
    return found;
}

/** Marks it all as the stack's: nothing else of it changes. Run again where it was interrupted. */
export async function adoptAll(stack: Owner, candidates: readonly Candidate[]): Promise<void> {
    for (const candidate of candidates) {
        await kindOf(candidate).adopt(candidate.spec, { ...stack, name: candidate.name });
    }
}
