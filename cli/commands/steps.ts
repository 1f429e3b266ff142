import type { Step } from "../../provider/commands.js";
import { eventsOf, isBeside, kindOf, type Metadata, nameOf } from "../preview/changes.js";

/** What the engine's words for a step come to on a machine. A replacement is a removal and a creation. */
const OPERATIONS: Readonly<Record<string, Step["operation"]>> = {
    create: "create",
    "create-replacement": "create",
    update: "update",
    delete: "delete",
    "delete-replaced": "delete",
};

function stepOf(metadata: Metadata): Step[] {
    const { op, urn, type, old, new: wanted } = metadata;
    const operation = OPERATIONS[op];
    if (operation === undefined || isBeside(metadata)) return [];
    const [before = {}, after = {}] = [old?.inputs, wanted?.inputs];
    return [{ operation, kind: kindOf(type), name: nameOf(urn), before, after }];
}

/** Reads the steps of a preview from the engine's events, in the order in which it would take them. */
export const readSteps = (log: string): Step[] =>
    eventsOf(log).flatMap(({ resourcePreEvent }) => (resourcePreEvent ? stepOf(resourcePreEvent.metadata) : []));
