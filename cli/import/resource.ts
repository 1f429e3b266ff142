import type { AddressSpec } from "../../model/address";
import type { BridgeSpec } from "../../model/bridge";
import type { ForwardingSettingSpec } from "../../model/forwarding-setting";
import type { NamespaceSpec } from "../../model/namespace";
import type { RouteSpec } from "../../model/route";
import type { VethPairSpec } from "../../model/veth-pair";
import type { VxlanSpec } from "../../model/vxlan";

/** The kinds that are taken in, with what the engine is told of each. */
interface Specs {
    readonly Namespace: NamespaceSpec;
    readonly Bridge: BridgeSpec;
    readonly VethPair: VethPairSpec;
    readonly Vxlan: VxlanSpec;
    readonly Address: AddressSpec;
    readonly ForwardingSetting: ForwardingSettingSpec;
    readonly Route: RouteSpec;
}

export type KindName = keyof Specs;

export interface ResourceOf<Kind extends KindName> {
    readonly kind: Kind;
    readonly name: string;
    readonly spec: Specs[Kind];
    /** What of it the program leaves to the SDK. */
    readonly implied: readonly string[];
}

/** Something on the machine as a resource of the program that is written. */
export type Resource = { [Kind in KindName]: ResourceOf<Kind> }[KindName];

/** Without what is undefined: as it travels. */
export const specOf = <T extends object>(spec: T): T =>
    Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)) as T;
