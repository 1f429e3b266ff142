import * as v from "valibot";
import { hostPath, namespaceName, type SpecOf, schema } from "./schema";

const entries = { name: namespaceName, host: v.optional(hostPath) };

export type SimulatedHostSpec = SpecOf<typeof entries>;
export const simulatedHostSchema = schema(entries);
