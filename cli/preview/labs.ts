import { byNumber } from "../../model/order.js";
import type { Resource } from "../../model/topology/topology.js";
import { eventsOf, kindOf, type Metadata, nameOf, said } from "./changes.js";

/** One thing that the engine would do, in its order; without inputs it removes the resource. */
interface Step {
    readonly urn: string;
    readonly resource: Resource | undefined;
}

/** The lab as it is and as it would be, and what lies in between. */
export interface Labs {
    readonly before: ReadonlyMap<string, Resource>;
    readonly after: ReadonlyMap<string, Resource>;
    readonly steps: readonly Step[];
}

const SETS = ["create", "update", "create-replacement"];
const REMOVES = ["delete", "delete-replaced"];

function resourceOf({ urn, type }: Metadata, state: Metadata["old"]): Resource | undefined {
    const isOurs = kindOf(type) !== type;
    return isOurs && state?.inputs ? { kind: kindOf(type), name: nameOf(urn), inputs: said(state) } : undefined;
}

/** The engine comes to several at the same time, and its order is another one each time. */
const inOrder = (resources: ReadonlyMap<string, Resource>): ReadonlyMap<string, Resource> =>
    new Map([...resources].toSorted(([, a], [, b]) => byNumber(a.name, b.name) || byNumber(a.kind, b.kind)));

/** Reads the engine's events of a preview, one a line. */
export function readLabs(log: string): Labs {
    const before = new Map<string, Resource>();
    const after = new Map<string, Resource>();
    const steps: Step[] = [];
    for (const { resourcePreEvent } of eventsOf(log)) {
        const metadata = resourcePreEvent?.metadata;
        if (metadata === undefined || metadata.op === "refresh") continue;
        const { urn, op } = metadata;
        const [old, wanted] = [resourceOf(metadata, metadata.old), resourceOf(metadata, metadata.new)];
        if (old && op !== "create-replacement" && !before.has(urn)) before.set(urn, old);
        if (REMOVES.includes(op)) {
            after.delete(urn);
            steps.push({ urn, resource: undefined });
        } else if (wanted) {
            after.set(urn, wanted);
            if (SETS.includes(op)) steps.push({ urn, resource: wanted });
        }
    }
    return { before: inOrder(before), after: inOrder(after), steps };
}
