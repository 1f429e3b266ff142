import { refuseToBeTheProgram } from "./not-a-program";

export { Address, type AddressArgs } from "./address";
export { Bridge, type BridgeArgs } from "./bridge";
export type { Device, DeviceInput } from "./device";
export { ForwardingSetting, type ForwardingSettingArgs } from "./forwarding-setting";
export { Namespace, type NamespaceArgs } from "./namespace";
export type { Place } from "./place";
export { Reachability, type ReachabilityArgs } from "./reachability";
export { Route, type RouteArgs, type RouteNexthop } from "./route";
export { type Endpoint, VethPair, type VethPairArgs } from "./veth-pair";

refuseToBeTheProgram(module.parent?.filename);
