import type { Resource } from "../../model/topology/topology.js";

/** One thing that the engine would do, in its order; without inputs it removes the resource. */
export interface Step {
    readonly urn: string;
    readonly resource: Resource | undefined;
}

/** The lab as it is and as it would be, and what lies in between. */
export interface Labs {
    readonly before: ReadonlyMap<string, Resource>;
    readonly after: ReadonlyMap<string, Resource>;
    readonly steps: readonly Step[];
}

interface State {
    readonly inputs?: Readonly<Record<string, unknown>>;
}

interface Metadata {
    readonly op: string;
    readonly urn: string;
    readonly type: string;
    readonly old: State | null;
    readonly new: State | null;
}

const SETS = ["create", "update", "create-replacement"];
const REMOVES = ["delete", "delete-replaced"];

function resourceOf({ urn, type }: Metadata, state: State | null): Resource | undefined {
    const kind = /^pulumi-nodejs:linuxnet:(.+)$/.exec(type)?.[1];
    if (kind === undefined || state?.inputs === undefined) return undefined;
    const inputs = Object.fromEntries(Object.entries(state.inputs).filter(([key]) => !key.startsWith("__")));
    return { kind, name: urn.split("::").slice(3).join("::"), inputs };
}

/** Reads the engine's events of a preview, one a line. */
export function readLabs(log: string): Labs {
    const before = new Map<string, Resource>();
    const after = new Map<string, Resource>();
    const steps: Step[] = [];
    for (const line of log.split("\n").filter((text) => text !== "")) {
        const event: { resourcePreEvent?: { metadata: Metadata } } = JSON.parse(line);
        const metadata = event.resourcePreEvent?.metadata;
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
    return { before, after, steps };
}
