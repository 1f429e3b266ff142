import { placeEntries } from "./place";
import { deviceName, interfaceAddress, type SpecOf, schema } from "./schema";

const entries = { ...placeEntries, device: deviceName, address: interfaceAddress };

export type AddressSpec = SpecOf<typeof entries>;
export const addressSchema = schema(entries);
