import type { Connection } from "../model/connection";
import { byNumber } from "../model/order";
import { formatOwner, type Owner, stackDigits } from "../model/owner";
import { LOCAL, type Place, placeOf } from "../model/place";
import { type Claimed, claimsOn, RECORDS } from "./claims";
import { readConnections, stacksWithSettings } from "./host/configuration";
import { ask, type Connections, configureMachines, machineNames } from "./host/machines";
import { wordFile } from "./host/place";
import { pairs, type Query } from "./host/query";
import { HostProblem } from "./problem";

export { HostProblem, stacksWithSettings };

/** What stands of one stack on a machine, as the records there say. */
export interface Lab {
    readonly project: string;
    readonly stack: string;
    readonly namespaces: number;
    readonly simulatedHosts: number;
    /** Links: a pair has two. */
    readonly devices: number;
    readonly routes: number;
    /** Addresses on devices that are not the stack's. */
    readonly addresses: number;
    /** Places that forward. */
    readonly forwarding: number;
    /** When the oldest part was recorded, and the newest: seconds since 1970, by the machine's clock. */
    readonly since: number;
    readonly changed: number;
    /** Somebody is changing something for it there. */
    readonly isAtWork: boolean;
}

/** A machine, and what stands there; or why that could not be seen. */
export type Site =
    | { readonly host: string; readonly labs: readonly Lab[] }
    | { readonly host: string; readonly problem: string };

const DEVICES: Readonly<Record<string, number>> = { VethPair: 2, Bridge: 1, Vxlan: 1 };

const WORDS = wordFile("*");

const timesQuery = (place: Place, pattern: string): Query<ReadonlyMap<string, string>> => ({
    source: "times",
    place,
    ask: pattern,
    read: pairs,
});

/** By the stack; an object that has two records is one. */
function byStack(claims: readonly Claimed[]): Claimed[][] {
    const stacks = new Map<string, Claimed[]>();
    for (const claim of claims) {
        const key = formatOwner({ ...claim.owner, name: "" });
        stacks.set(key, [...(stacks.get(key) ?? []), claim]);
    }
    return [...stacks].toSorted(([a], [b]) => byNumber(a, b)).map(([, found]) => found);
}

function labOf(claims: readonly Claimed[], times: ReadonlyMap<string, string>, words: ReadonlySet<string>): Lab {
    const { project = "", stack = "" }: Partial<Owner> = claims[0]?.owner ?? {};
    const objects = [...new Map(claims.map((claim) => [`${claim.kind} ${claim.owner.name}`, claim])).values()];
    const count = (kind: string): number => objects.filter((one) => one.kind === kind).length;
    const written = claims.map(({ path }) => Number(times.get(path))).filter(Number.isFinite);
    return {
        project,
        stack,
        namespaces: count("Namespace"),
        simulatedHosts: count("SimulatedHost"),
        devices: objects.reduce((sum, { kind }) => sum + (DEVICES[kind] ?? 0), 0),
        routes: count("Route"),
        addresses: count("Address"),
        forwarding: count("ForwardingSetting"),
        since: Math.min(...written),
        changed: Math.max(...written),
        isAtWork: words.has(wordFile(stackDigits({ project, stack, name: "" }))),
    };
}

/** What stands on a machine, whoever's it is. */
async function labsOn(machine: string): Promise<Lab[]> {
    const place = placeOf({ host: machine });
    const claims = await claimsOn(place);
    const questions = Object.fromEntries(RECORDS.map((pattern) => [pattern, timesQuery(place, pattern)]));
    const times = Object.values(await ask(place, questions)).flatMap((found) => [...found]);
    const { words } = await ask(place, { words: { source: "files", place, ask: WORDS, read: pairs } });
    return byStack(claims).map((found) => labOf(found, new Map(times), new Set(words.keys())));
}

/**
 * The machines of several stacks, each once, by the first name that it has; what two of them call by one name without meaning one
 * machine is `NAME@STACK`.
 */
export function connectionsOf(project: string, stacks: readonly string[]): Connections {
    const all = new Map<string, Connection>();
    const targets = new Set<string>();
    // Without a stack: the hosts that the project has for all of them.
    for (const stack of ["", ...stacks]) {
        for (const [name, connection] of readConnections({ project, stack, name: "" })) {
            const target = JSON.stringify(connection.ssh ?? LOCAL);
            if (targets.has(target)) continue;
            targets.add(target);
            all.set(all.has(name) ? `${name}@${stack}` : name, connection);
        }
    }
    return all;
}

/** Whose machines are looked at. */
export interface Scope {
    /** Undefined where there is none: then it is this machine. */
    readonly project: string | undefined;
    /** The machines of this stack alone; of all that have settings here where undefined. */
    readonly stack: string | undefined;
    /** Just this machine. */
    readonly isHere: boolean;
}

/** What stands where, by the names of the machines, this one first; asked of all of them at once. */
export async function sitesOf({ project, stack, isHere }: Scope): Promise<Site[]> {
    if (project !== undefined) {
        const connections =
            stack === undefined
                ? connectionsOf(project, stacksWithSettings(project))
                : readConnections({ project, stack, name: "" });
        configureMachines(() => connections);
    }
    const others = machineNames().filter((name) => name !== LOCAL);
    const hosts = isHere ? [LOCAL] : [LOCAL, ...others.toSorted(byNumber)];
    return Promise.all(
        hosts.map(async (host) => {
            try {
                return { host, labs: await labsOn(host) };
            } catch (error) {
                if (!(error instanceof HostProblem)) throw error;
                return { host, problem: error.message };
            }
        }),
    );
}
