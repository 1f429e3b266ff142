import * as v from "valibot";
import { hostPath, namespaceName, type SpecOf, schema } from "./schema";

const entries = {
    name: namespaceName,
    host: v.optional(hostPath),
    loopback: v.optional(v.picklist(["up", "down"], "up or down")),
};

export type NamespaceSpec = SpecOf<typeof entries>;
export const namespaceSchema = schema(entries);
