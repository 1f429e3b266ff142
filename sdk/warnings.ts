import * as pulumi from "@pulumi/pulumi";
import { type Check, type Finding, warnings } from "../model/checks";
import { AddressProblem } from "../model/prefix";
import { explain } from "../model/problem";
import { UNKNOWN } from "../model/schema";
import { Topology } from "../model/topology/topology";

interface Declared {
    readonly kind: string;
    readonly name: string;
    readonly resource: pulumi.Resource;
    readonly inputs: Record<string, unknown>;
    readonly silence: readonly Check[];
}

const declared: Declared[] = [];

/**
 * Keeps a resource for the warnings that only the whole program shows. They are given when nothing more is declared, that is, when
 * the process has nothing more to do, and in previews alone: an update comes behind one.
 */
export function watch(
    kind: string,
    name: string,
    resource: pulumi.Resource,
    inputs: pulumi.Inputs,
    silence: readonly Check[],
): void {
    if (!pulumi.runtime.isDryRun()) return;
    if (declared.length === 0) process.once("beforeExit", warn);
    const known: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(inputs)) {
        known[key] = typeof value === "object" ? UNKNOWN : value;
        if (typeof value !== "object") continue;
        pulumi.output(value).apply((plain) => {
            known[key] = plain;
        });
    }
    declared.push({ kind, name, resource, inputs: known, silence });
}

/** What is malformed is told by the checks of its own resource. */
function found(): Finding[] {
    try {
        return warnings(new Topology(declared));
    } catch (error) {
        if (error instanceof AddressProblem) return [];
        throw error;
    }
}

function warn(): void {
    for (const finding of found()) {
        const { kind, resource: name, check } = finding;
        const one = declared.find((other) => other.kind === kind && other.name === name);
        if (one === undefined || one.silence.includes(check)) continue;
        pulumi.log.warn(`${explain(finding)}\nsilence: ["${check}"] on it, if it is meant so`, one.resource);
    }
}
