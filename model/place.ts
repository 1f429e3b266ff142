import * as v from "valibot";
import { hostName, namespaceName } from "./schema";

/** The inputs that say where something lives: a namespace's name, or nothing for the host's own. */
export const placeEntries = { namespace: v.optional(namespaceName), host: v.optional(hostName) };
