/** What the engine would do with a resource. */
type Operation = "create" | "update" | "replace" | "delete";

export type Inputs = Readonly<Record<string, unknown>>;

/** A resource that would change. */
export interface Change {
    readonly operation: Operation;
    /** `VethPair`; of a resource that is not ours, its whole type. */
    readonly kind: string;
    readonly name: string;
    /** As it is on the machine, after a refresh; nothing of what is to be made. */
    readonly before: Inputs;
    /** As the program wants it. */
    readonly after: Inputs;
    /** The state knew it, and it is not there any more. */
    readonly isGone: boolean;
    /** What is there bears another name of the stack or the resource, and is to bear this one. */
    readonly isRenamed: boolean;
}

/** What the engine's account of a preview says. */
export interface Preview {
    readonly changes: readonly Change[];
    /** Resources that would stay as they are. */
    readonly unchanged: number;
    /** Errors and warnings, with the resource that each is about. */
    readonly problems: readonly string[];
    /** What the program has written itself: `console.log`, `pulumi.log.info`. */
    readonly remarks: readonly string[];
}

interface State {
    /** Before a change, that of its former name, if an alias tells it. */
    readonly urn?: string;
    /** Whether somebody makes it; a component is only the name of what is in it. */
    readonly custom?: boolean;
    readonly inputs?: Inputs;
}

export interface Metadata {
    readonly op: string;
    readonly urn: string;
    readonly type: string;
    readonly old: State | null;
    readonly new: State | null;
}

export interface Event {
    readonly resourcePreEvent?: { readonly metadata: Metadata };
    readonly resOutputsEvent?: { readonly metadata: Metadata };
    readonly diagnosticEvent?: {
        readonly urn?: string;
        /** What is written to the standard error is `info#err`. */
        readonly severity: string;
        readonly message: string;
        /** How far something has got; the next one is shown in its place. */
        readonly ephemeral?: boolean;
    };
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
    create: "create",
    update: "update",
    replace: "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    delete: "delete",
};

export const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");
export const kindOf = (type: string): string => /^pulumi-nodejs:linuxnet:(.+)$/.exec(type)?.[1] ?? type;

/** How the provider is found is nothing that a person has said. */
export const said = (state: State | null): Inputs =>
    Object.fromEntries(Object.entries(state?.inputs ?? {}).filter(([key]) => !key.startsWith("__")));

/** What says nothing of a network: the stack, providers, components. */
export const isBeside = ({ type, old, new: wanted }: Metadata): boolean =>
    type.startsWith("pulumi:") || !(wanted ?? old)?.custom;

/** The engine's account of an operation, one event a line. */
export const eventsOf = (log: string): Event[] =>
    log
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line));

/** A replacement is three steps to the engine, and one change. */
function merge(earlier: Change | undefined, metadata: Metadata, operation: Operation, isGone: boolean): Change {
    const { urn, type, old, new: wanted } = metadata;
    const isDeletion = metadata.op === "delete-replaced";
    // What is removed for another's replacement, and not made again, is gone.
    const isOnly = isDeletion && earlier?.operation !== "replace";
    return {
        operation: isOnly ? "delete" : operation,
        kind: kindOf(type),
        name: nameOf(urn),
        before: earlier && Object.keys(earlier.before).length > 0 ? earlier.before : said(old),
        after: isDeletion || wanted === null ? (earlier?.after ?? {}) : said(wanted),
        isGone,
        isRenamed: operation === "update" && old?.inputs?.["__provider"] !== wanted?.inputs?.["__provider"],
    };
}

export function problemOf({ diagnosticEvent }: Event): string[] {
    if (diagnosticEvent === undefined || !["error", "warning"].includes(diagnosticEvent.severity)) return [];
    const { urn, severity } = diagnosticEvent;
    const message = diagnosticEvent.message.replace(/^pulumi-nodejs:linuxnet:\S+ resource '.*' has a problem: /, "");
    const about = urn === undefined || urn === "" ? "" : `${nameOf(urn)}: `;
    return [`${severity}: ${about}${message.trim()}`];
}

export function remarkOf({ diagnosticEvent }: Event): string[] {
    if (diagnosticEvent === undefined || diagnosticEvent.ephemeral) return [];
    return /^info(#err)?$/.test(diagnosticEvent.severity) ? [diagnosticEvent.message.trimEnd()] : [];
}

/** Reads the engine's events, one a line. The stack itself, providers and components are left out. */
export function readPreview(log: string): Preview {
    const changes = new Map<string, Change>();
    const gone = new Set<string>();
    const same = new Set<string>();
    /** The names that something had which is made anew under another one: no change of their own. */
    const former = new Set<string>();
    const problems: string[] = [];
    const remarks: string[] = [];
    for (const event of eventsOf(log)) {
        problems.push(...problemOf(event));
        remarks.push(...remarkOf(event));
        const refreshed = event.resOutputsEvent?.metadata;
        if (refreshed?.op === "refresh" && refreshed.new === null) gone.add(refreshed.urn);
        const metadata = event.resourcePreEvent?.metadata;
        if (metadata === undefined || isBeside(metadata)) continue;
        if (metadata.op === "same") same.add(metadata.urn);
        const operation = OPERATIONS[metadata.op];
        if (operation === undefined) continue;
        const { urn, old } = metadata;
        if (metadata.op === "replace" && old?.urn !== undefined && old.urn !== urn) former.add(old.urn);
        changes.set(urn, merge(changes.get(urn), metadata, operation, gone.has(urn)));
    }
    for (const urn of former) changes.delete(urn);
    return { changes: [...changes.values()], unchanged: same.size, problems: [...new Set(problems)], remarks };
}
