import * as v from "valibot";
import { hostName, namespaceName, type SpecOf, schema } from "./schema";

const entries = { name: namespaceName, host: v.optional(hostName) };

export type NamespaceSpec = SpecOf<typeof entries>;
export const namespaceSchema = schema(entries);
