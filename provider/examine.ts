import type { Owner } from "../model/owner";
import { placeOf } from "../model/place";
import { examination } from "./host/examination";
import { machineAt, machineNames } from "./host/machines";
import { ending } from "./host/step";
import { workFor } from "./index";
import { HostProblem } from "./problem";

/** What a machine says of itself, by key: `uid`, `tool.ip`, `feature.veth`; or why it says nothing. */
export interface Examined {
    /** As the stack's settings call it: `local`, `left`. */
    readonly name: string;
    readonly facts: ReadonlyMap<string, string>;
    /** It is not reached, or does not answer. */
    readonly problem?: string;
}

function readFacts(text: string): Map<string, string> {
    const facts = new Map<string, string>();
    for (const line of text.split("\n")) {
        const [, key, value] = /^([a-z][\w./-]*) (.*)$/.exec(line) ?? [];
        // What a tool says may have several lines; the first is enough.
        if (key !== undefined && value !== undefined && !facts.has(key)) facts.set(key, value);
    }
    return facts;
}

async function examine(name: string): Promise<Examined> {
    const place = placeOf({ host: name });
    try {
        const [reply] = await machineAt(place).examine([examination(place)]);
        if (reply === undefined || reply.code !== 0) {
            return { name, facts: new Map(), problem: reply ? ending(reply) : "no answer" };
        }
        return { name, facts: readFacts(reply.stdout) };
    } catch (error) {
        if (!(error instanceof HostProblem)) throw error;
        return { name, facts: new Map(), problem: error.message };
    }
}

/** Looks at each machine that the stack's settings name, this one first. Nothing on them is changed. */
export async function examineMachines(stack: Owner): Promise<Examined[]> {
    workFor(stack);
    return Promise.all(machineNames().map(examine));
}
