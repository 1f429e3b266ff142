import type { Connection } from "../../model/connection";
import { HOST, LOCAL, type Place, placeParts } from "../../model/place";
import { HostProblem } from "../problem";
import { Machine } from "./machine";
import type { Answers, Queries, Query } from "./query";
import type { Restoration } from "./watchdog";

export type Connections = ReadonlyMap<string, Connection>;

/** How the machines of this process's stack are reached: asked for when one is needed that is not simply this one. */
let connections: () => Connections = () => new Map([[LOCAL, { sudo: false }]]);
const machines = new Map<string, Machine>();
let isOver = false;

/** What tells this process's stack from others, and what is put back where a change of it has cut a machine off. */
let stackName: string | undefined;
let restoration: ((place: Place) => Promise<Restoration>) | undefined;

/**
 * Says where the connections are to be had, and for which stack things are changed; called again, machines are connected to
 * anew. Without a stack, nobody is kept from working at the same time.
 */
export function configureMachines(source: () => Connections, stack?: string, restore?: typeof restoration): void {
    connections = source;
    stackName = stack;
    restoration = restore;
    for (const machine of machines.values()) machine.close();
    machines.clear();
}

function connectionOf(name: string): Connection {
    const known = connections();
    const connection = known.get(name);
    if (name === LOCAL && process.getuid?.() === 0) return { ...connection, sudo: false };
    if (connection !== undefined) return connection;
    const names = [...known.keys()].map((one) => JSON.stringify(one)).join(", ");
    throw new HostProblem(
        `host: given ${JSON.stringify(name)}\nexpected a host of the stack's configuration: ${names}\n` +
            `pulumi config set --path linuxnet:hosts.${name}.connection ssh://root@ADDRESS`,
    );
}

/** Whoever has begun something lets it end; nothing is begun any more, as in a process that is no more. */
export function closeMachines(): void {
    isOver = true;
    for (const machine of machines.values()) machine.close();
}

/** The machines that the stack knows. */
export const machineNames = (): string[] => [...connections().keys()];

/** The machine that a place is on. */
export function machineAt(place: Place): Machine {
    if (isOver) throw new HostProblem("the operation is over");
    const { machine: name } = placeParts(place);
    const known = machines.get(name);
    if (known !== undefined) return known;
    const machine = new Machine(name, connectionOf(name), stackName, restoration);
    machines.set(name, machine);
    return machine;
}

/** Asks a place, now. */
export const ask = <Q extends Queries>(place: Place, queries: Q): Promise<Answers<Q>> =>
    machineAt(place).session((session) => session.ask(queries));

/** Asks by surveys, each question on its own machine; a check goes by what was there at its first. */
export async function survey<Q extends Queries>(queries: Q, { isCheck = false } = {}): Promise<Answers<Q>> {
    const byMachine = new Map<Machine, Record<string, Query<unknown>>>();
    for (const [name, query] of Object.entries(queries)) {
        const machine = machineAt(query.place);
        byMachine.set(machine, { ...byMachine.get(machine), [name]: query });
    }
    const answers = Array.from(byMachine, ([machine, all]) => machine.survey(all, isCheck));
    return Object.assign({}, ...(await Promise.all(answers))) as Answers<Q>;
}

/** A check has found that the place is not there: it goes by that from then on. */
export const nothingIn = (place: Place): void => machineAt(place).nothingIn(place);

/** What was surveyed anywhere may be untrue by now. */
export function forgetAll(): void {
    for (const machine of machines.values()) machine.forget();
}

/** This machine. */
export const local = (): Machine => machineAt(HOST);
