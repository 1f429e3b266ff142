import * as v from "valibot";
import { mtuMistake } from "./mtu";
import { placeEntries } from "./place";
import { flag, interfaceAddresses, interfaceName, macAddress, mtu, type Problem, type SpecOf, schema } from "./schema";

const entries = {
    ...placeEntries,
    name: interfaceName,
    addresses: v.optional(interfaceAddresses),
    mtu: v.optional(mtu),
    macAddress: v.optional(macAddress),
    stp: v.optional(flag),
    up: v.optional(flag),
};

export type BridgeSpec = SpecOf<typeof entries>;
export const bridgeSchema = schema(entries);

export const bridgeMistakes = (inputs: Partial<BridgeSpec>): Problem[] =>
    mtuMistake("mtu", inputs.mtu, inputs.addresses);
