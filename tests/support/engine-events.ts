/** What the engine did with one resource. */
interface Step {
    readonly name: string;
    /** Without the package: `VethPair`. */
    readonly type: string;
    /** `create`, `update`, `replace`, `delete`, `same`; `refresh` where an update that looks first got no further. */
    readonly op: string;
    /** The inputs that differ, lists and objects by their parts: `leftAddresses[1]`. */
    readonly changed: readonly string[];
    /** What the user is shown of it, in one line: `~leftAddresses`. */
    readonly shown: string | undefined;
    readonly failed: boolean;
}

interface Diagnostic {
    /** The resource that it is about; none for the program and the engine. */
    readonly name: string | undefined;
    readonly severity: string;
    readonly message: string;
}

export interface EngineEvents {
    readonly steps: readonly Step[];
    readonly diagnostics: readonly Diagnostic[];
    /** How many resources of each operation, the stack included, as the engine counts them. */
    readonly counts: Readonly<Record<string, number>>;
}

/** One line for each resource that was not left as it was: `update link1: leftAddresses`, `create to-ns2`. */
export function listChanges({ steps }: EngineEvents): readonly string[] {
    const changes = steps.filter(({ op }) => op !== "same" && op !== "refresh");
    return changes.map(
        ({ op, name, changed }) => `${op} ${name}${changed.length === 0 ? "" : `: ${changed.join(", ")}`}`,
    );
}

type Properties = Readonly<Record<string, unknown>>;

interface State {
    readonly inputs?: Properties;
}

interface Event {
    readonly resourcePreEvent?: { readonly metadata: Metadata };
    readonly resOutputsEvent?: { readonly metadata: Metadata };
    readonly resOpFailedEvent?: { readonly metadata: Metadata };
    readonly diagnosticEvent?: { readonly urn?: string; readonly severity: string; readonly message: string };
    readonly summaryEvent?: { readonly resourceChanges: Readonly<Record<string, number>> };
}

interface Metadata {
    readonly op: string;
    readonly urn: string;
    readonly type: string;
    readonly old: State | null;
    readonly new: State | null;
}

/**
 * Reads the engine's own account of an operation, one event a line, and what it has shown meanwhile. The stack itself and the
 * provider are left out.
 */
export function readEvents(log: string, screen: string): EngineEvents {
    const events = log
        .split("\n")
        .filter((line) => line !== "")
        .map((line): Event => JSON.parse(line));
    const steps = new Map<string, Step>();
    for (const { resourcePreEvent, resOutputsEvent, resOpFailedEvent } of events) {
        const metadata = (resourcePreEvent ?? resOutputsEvent ?? resOpFailedEvent)?.metadata;
        if (metadata === undefined || metadata.type.startsWith("pulumi:")) continue;
        const step = toStep(metadata, resOpFailedEvent !== undefined, screen);
        steps.set(metadata.urn, merge(steps.get(metadata.urn), step));
    }
    const diagnostics = events.flatMap(({ diagnosticEvent }): Diagnostic[] => {
        if (diagnosticEvent === undefined || diagnosticEvent.severity === "debug") return [];
        const { urn, severity, message } = diagnosticEvent;
        return [{ name: urn === undefined ? undefined : nameOf(urn), severity, message: message.trimEnd() }];
    });
    const counts =
        events.findLast(({ summaryEvent }) => summaryEvent !== undefined)?.summaryEvent?.resourceChanges ?? {};
    return { steps: [...steps.values()], diagnostics, counts };
}

function toStep(metadata: Metadata, failed: boolean, screen: string): Step {
    const { op, urn, type, old, new: wanted } = metadata;
    const name = nameOf(urn);
    const changed = old === null || wanted === null ? [] : changedInputs(old.inputs ?? {}, wanted.inputs ?? {});
    const shown = shownDifference(screen, ` ${type} ${name} `);
    return { name, type: type.split(":").at(-1) ?? type, op: plainOp(op), changed, shown, failed };
}

/** The engine works it out for its display alone: no event carries it. */
function shownDifference(screen: string, resource: string): string | undefined {
    const line = screen
        .split("\n")
        .findLast((candidate) => candidate.includes(resource) && candidate.includes("[diff: "));
    return /\[diff: ([^\]]*)\]/.exec(line ?? "")?.[1];
}

/** A replacement is three steps to the engine and one to us; an update that looked first, two. The last word counts. */
function merge(earlier: Step | undefined, later: Step): Step {
    if (earlier === undefined) return later;
    const changed = later.op === "replace" && later.changed.length === 0 ? earlier.changed : later.changed;
    return { ...later, changed, failed: earlier.failed || later.failed };
}

function plainOp(op: string): string {
    return op === "delete-replaced" || op === "create-replacement" ? "replace" : op;
}

function nameOf(urn: string): string {
    return urn.split("::").slice(3).join("::");
}

function changedInputs(before: Properties, after: Properties): readonly string[] {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => (name === "__provider" ? [] : changedParts(name, before[name], after[name])));
}

function changedParts(path: string, before: unknown, after: unknown): readonly string[] {
    if (Array.isArray(before) && Array.isArray(after)) {
        const indices = Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index);
        return indices.flatMap((index) => changedParts(`${path}[${index}]`, before[index], after[index]));
    }
    if (isObject(before) && isObject(after)) {
        const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
        return names.flatMap((name) => changedParts(`${path}.${name}`, before[name], after[name]));
    }
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [path];
}

function isObject(value: unknown): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
